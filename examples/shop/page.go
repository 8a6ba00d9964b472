package shop

import (
	"net/http"
	"net/url"
)

// A Page is one thing that the shop serves.
type Page struct {
	Method string     // GET or POST
	Path   string     // with the query, if it has one
	Form   url.Values // what the shop's own form posts there

	// Chat tells that the answer is a whole page for a person to look at, so that the chat belongs on it.
	Chat bool

	About string // what is awkward about it

	serve http.HandlerFunc
}

// Pages lists everything that the shop serves.
func Pages() []Page { return new(shop).everything() }

func (s *shop) everything() []Page {
	const get, post = http.MethodGet, http.MethodPost
	const chat, none = true, false
	ada := url.Values{"person": {"ada"}}
	return []Page{
		{get, "/", nil, chat, "tags in capitals, tables in tables, a script that wants document.write", s.show("front", utf8)},
		{get, "/catalogue", nil, chat, "more than 64 KB, of a length not told beforehand", s.show("catalogue", chunked)},
		{get, "/teapot?no=3", nil, chat, "a form", s.teapot},
		{get, "/basket", nil, chat, "not to be stored", s.show("basket", private)},
		{post, "/basket", url.Values{"no": {"3"}, "count": {"2"}}, chat, "a form answered by a page, no redirect", s.putIntoBasket},
		{get, "/basket/line", nil, none, "a piece of a page, fetched by the shop's own script", s.show("line", utf8)},

		{get, "/login", nil, chat, "one click for each customer", s.show("login", utf8)},
		{post, "/login", ada, chat, "a login answered by a page", s.loginHere},
		{post, "/enter", ada, none, "a login answered by a redirect", s.loginAndGo},
		{get, "/logout", nil, none, "a logout that deletes the cookie and redirects", s.logoutAndGo},
		{post, "/goodbye", url.Values{}, chat, "a logout answered by a page; the session and its basket stay", s.logoutHere},
		{get, "/account", nil, chat, "ISO-8859-1, and personal", s.show("account", latin1)},

		{get, "/guestbook", nil, chat, "neither html, head nor body tags", s.show("guestbook", utf8)},
		{get, "/links", nil, chat, "no head, no title, no doctype", s.show("links", utf8)},
		{get, "/hours", nil, chat, "a byte order mark", s.show("hours", utf8BOM)},
		{get, "/bargains", nil, chat, "an interpreter's warning in front of the doctype", s.show("bargains", utf8)},
		{get, "/letter", nil, chat, "windows-1252, declared by the page alone", s.show("letter", windows1252)},
		{get, "/frames", nil, chat, "a frameset", s.show("frames", utf8)},
		{get, "/frames/menu", nil, chat, "a page for one of its frames", s.show("menu", utf8)},

		{get, "/news", nil, chat, "compressed with gzip", s.show("news", compressed)},
		{get, "/terms", nil, chat, "ETag and Last-Modified", s.show("terms", validated)},
		{get, "/about", nil, chat, "Cache-Control: public", s.show("about", public)},
		{get, "/kiln", nil, chat, "the head is sent first, the rest later", s.show("kiln", s.slow)},
		{get, "/checkout", nil, chat, "a Content-Security-Policy without inline scripts", s.show("checkout", strict)},
		{get, "/contact", nil, chat, "may hold the chat's own embed code, pasted by hand", s.show("contact", utf8)},
		{get, "/map", nil, chat, "this list", s.show("map", utf8)},
		{get, "/nowhere", nil, chat, "404", s.show("nowhere", notFound)},

		{get, "/photograph", nil, chat, "an upload form", s.show("photograph", utf8)},
		{post, "/photograph", url.Values{"teapot": {"brown"}}, chat, "takes uploads of any size", s.takePhotograph},
		{get, "/wallpaper.bmp", nil, none, "a download of 6 MB", wallpaper},
		{get, "/pricelist.html", nil, none, "a page to be saved, not shown", s.show("pricelist", attachment)},
		{get, "/stock.json", nil, none, "JSON", stock},
		{get, "/parrot", nil, chat, "talks to the next two", s.show("parrot", utf8)},
		{get, "/parrot/says", nil, none, "an event stream", s.parrotSays},
		{get, "/parrot/echo", nil, none, "a websocket; 400 to those who do not upgrade", parrotEcho},

		{get, "/style.css", nil, none, "a style sheet", asset},
		{get, "/shop.js", nil, none, "a script", asset},
		{get, "/pictures/teapot.gif?colour=red", nil, none, "a picture made on the spot", picture},
		{get, "/pictures/parrot.gif", nil, none, "a picture", picture},
		{get, "/pictures/new.gif", nil, none, "a picture that blinks", picture},
		{get, "/pictures/counter.gif", nil, none, "the visitors so far, always the same", picture},
		{get, "/pictures/tile.gif", nil, none, "a background", picture},
		{get, "/pictures/stripes.gif", nil, none, "a background", picture},
		{get, "/pictures/badge.gif", nil, none, "a badge", picture},
	}
}
