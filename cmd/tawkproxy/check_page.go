package main

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"tawkproxy/inject"
	"tawkproxy/inject/tawk"
)

// mostRedirects is how many redirects of one page are followed.
const mostRedirects = 5

// page opens a page as a guest does, and says what becomes of it.
func (c *checker) page(page *url.URL) {
	for n := 0; ; n++ {
		e := c.open(page, cookieLine(c.guest))
		if e.broken != nil {
			c.add(checked{Step: "page", State: stateFailed, Says: page.Path + ": " + e.broken.Error() + ", after " + checkPage.String() + " at most",
				Remedy: "the site's own log may say why; is another page faster? tawkproxy check /PATH"})
			return
		}
		c.keep(e.answer)
		to, leads := redirect(page, e)
		switch {
		case !leads:
			c.answer(page, e)
			return
		case to.Host != page.Host || to.Scheme != page.Scheme:
			c.add(checked{Step: "page", State: stateWarning, Says: fmt.Sprintf("%s: %s, to %s", page.Path, status(e), shown(to)),
				Remedy: "check the page as browsers know it: tawkproxy check " + shown(to)})
			return
		case n == mostRedirects:
			c.add(checked{Step: "page", State: stateFailed, Says: page.Path + ": one redirect after the other",
				Remedy: "check the page as browsers know it: tawkproxy check https://www.example.com" + page.Path})
			return
		}
		c.add(checked{Step: "page", Says: fmt.Sprintf("%s: %s, to %s", page.Path, status(e), to.Path)})
		page = to
	}
}

// redirect returns where an answer leads.
func redirect(page *url.URL, e exchange) (*url.URL, bool) {
	location := e.answer.Get("Location")
	if e.status < 300 || e.status >= 400 || location == "" {
		return nil, false
	}
	to, err := page.Parse(location)
	if err != nil {
		return nil, false
	}
	return to, true
}

// shown is an address without what may be a secret in it.
func shown(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

func status(e exchange) string {
	return strings.TrimSpace(fmt.Sprint(e.status, " ", http.StatusText(e.status)))
}

// keep remembers the site's cookies, as a guest's browser does.
func (c *checker) keep(header http.Header) {
	for _, cookie := range (&http.Response{Header: header}).Cookies() {
		c.guest = slices.DeleteFunc(c.guest, func(old *http.Cookie) bool { return old.Name == cookie.Name })
		if cookie.MaxAge >= 0 {
			c.guest = append(c.guest, cookie)
		}
	}
}

// cookieLine is the Cookie header of a browser that has these.
func cookieLine(cookies []*http.Cookie) string {
	pairs := make([]string, len(cookies))
	for i, cookie := range cookies {
		pairs[i] = cookie.Name + "=" + cookie.Value
	}
	return strings.Join(pairs, "; ")
}

// answer says what a page was answered with, and then what becomes of it.
func (c *checker) answer(page *url.URL, e exchange) {
	says := page.Path + ": " + status(e)
	if kind, _, err := mime.ParseMediaType(e.answer.Get("Content-Type")); err == nil {
		says += ", " + kind
	}
	if coding := e.answer.Get("Content-Encoding"); coding != "" {
		says += ", " + coding
	}
	step := checked{Step: "page", Says: says}
	switch {
	case e.status >= 500:
		step.State, step.Remedy = stateFailed, "the site's own log says why; does another page work? tawkproxy check /PATH"
	case e.status == http.StatusUnauthorized:
		step.State, step.Remedy = stateWarning, "the site asks for a password before any page; name one that guests see: tawkproxy check /PATH"
	case e.status >= 400:
		step.State, step.Remedy = stateWarning, "name a page that guests see: tawkproxy check /PATH; if the site knows its pages by its host "+
			"alone: tawkproxy check https://www.example.com/PATH"
	}
	c.add(step)
	if step.State == stateFailed {
		return
	}
	c.place(page, e)
	if e.verdict == inject.Inserted {
		if c.cfg.Widget.Embed == "never" && !loadsChat(e.text) {
			c.add(checked{Step: "widget", State: stateWarning, Says: page.Path + ": TAWK_EMBED=never, and the page does not seem to load the chat itself",
				Remedy: "set TAWK_EMBED=auto, unless a tag manager or a script of the site loads it"})
		}
		c.caching(page, e)
		c.policies(page, e)
	}
}

// A pageFault is a verdict in words.
type pageFault struct {
	state        state
	says, remedy string
}

// pageFaults has those which a page that somebody opens may come to. Where [remedies] has a remedy, that is it.
var pageFaults = map[inject.Reason]pageFault{
	inject.NotPage:       {stateWarning, "it is not an HTML page", "name one: tawkproxy check /PATH; a page of the site's must say Content-Type: text/html"},
	inject.Status:        {stateWarning, "browsers show no page under this status", "name another: tawkproxy check /PATH"},
	inject.Attachment:    {stateWarning, "it is a download", "name a page: tawkproxy check /PATH"},
	inject.Upgrade:       {stateWarning, "it is a stream of events", "name a page: tawkproxy check /PATH"},
	inject.NoTransform:   {stateFailed, "the site forbids changes by Cache-Control: no-transform", "take no-transform out of the site's Cache-Control"},
	inject.NoBody:        {stateWarning, "the answer is empty", "name a page: tawkproxy check /PATH"},
	inject.Encoding:      {stateFailed, "it is compressed in a way that cannot be undone", ""},
	inject.Charset:       {stateFailed, "its encoding is one in which nothing can be inserted safely, such as UTF-16", "let the site send its pages in UTF-8"},
	inject.Excluded:      {stateWarning, "TAWK_INCLUDE and TAWK_EXCLUDE keep the script out of it", "name a page that gets it: tawkproxy check /PATH"},
	inject.CrossOrigin:   {stateFailed, "scripts of other sites may read it, so it must not say who is logged in", "take Access-Control-Allow-Origin away from the site's pages"},
	inject.Sandboxed:     {stateFailed, "a policy with sandbox forbids every script", "add allow-scripts and allow-same-origin to the policy, at the site"},
	inject.Policy:        {stateFailed, "its Content-Security-Policy cannot be read, or is longer than 16 KiB", "mend the policy, at the site"},
	inject.NothingToSay:  {stateWarning, "nothing is inserted for a visitor who has not agreed: TAWK_CONSENT_COOKIE, TAWK_RESPECT_GPC", "check with the cookie: --cookie 'name=value'"},
	inject.Fragment:      {stateFailed, "there is no sign of a whole page: no doctype, html, head or body at its beginning", "let the site's pages begin with <!DOCTYPE html>; if this is a part of a page on purpose, name another: tawkproxy check /PATH"},
	inject.NoPlace:       {stateFailed, "it ends before anything that belongs into a head or behind it", "let the page have a head, or anything visible"},
	inject.WindowFull:    {stateFailed, "its head begins too far down", ""},
	inject.CharsetWindow: {stateFailed, "the script would push the page's declaration of its charset out of browsers' sight", ""},
	inject.AlreadyThere:  {stateFailed, "it has the script already: another tawkproxy stands behind this one", "let TAWK_UPSTREAM be the site itself"},
	inject.Timeout:       {stateFailed, "its beginning did not come in time", ""},
	inject.Broken:        {stateFailed, "the answer broke off", ""},
	inject.Fault:         {stateFailed, "a fault in tawkproxy", ""},
}

// place says where in the page the script goes, or why nowhere.
func (c *checker) place(page *url.URL, e exchange) {
	if e.verdict == inject.Inserted {
		lines, at := around(e.text)
		says := page.Path + ": the script goes into the page"
		if at >= 0 {
			says = fmt.Sprintf("%s, %d bytes behind its beginning", says, at)
		}
		c.add(checked{Step: "place", Says: says, Lines: lines})
		return
	}
	fault, known := pageFaults[e.verdict]
	if !known {
		fault = pageFault{stateWarning, "nothing is inserted: " + string(e.verdict), ""}
	}
	if fault.remedy == "" {
		fault.remedy = remedies[e.verdict]
	}
	if e.fault != nil {
		fault.says += fmt.Sprintf(" (%v)", e.fault)
	}
	c.add(checked{Step: "place", State: fault.state, Says: page.Path + ": " + fault.says, Remedy: fault.remedy})
}

const (
	linesAround = 2  // before the script, and behind it
	lineWidth   = 90 // characters of each
)

// secretLike is what in a page may be a token: long, and of letters and digits.
var secretLike = regexp.MustCompile(`[A-Za-z0-9+/=_-]{20,}`)

// elementIn returns where in a page the element begins and ends; ok is false if it is not there.
func elementIn(page []byte) (at, end int, ok bool) {
	mark := bytes.Index(page, []byte(" data-"+tawk.Name))
	if mark < 0 {
		return 0, 0, false
	}
	at = bytes.LastIndex(page[:mark], []byte("<script"))
	end = bytes.Index(page[mark:], []byte("</script>"))
	return at, mark + end + len("</script>"), at >= 0 && end >= 0
}

// loadsChat tells whether a page loads the chat by itself.
func loadsChat(page []byte) bool {
	at, end, _ := elementIn(page)
	own := slices.Concat(page[:at], page[end:])
	return bytes.Contains(own, []byte("Tawk_API")) || bytes.Contains(own, []byte("tawk.to/"))
}

// around shows the element in a page, shortened, and the lines around it; at is where it stands, -1 if it is not there.
func around(page []byte) (lines []string, at int) {
	at, end, ok := elementIn(page)
	if !ok {
		return nil, -1
	}
	before := strings.Split(string(page[:at]), "\n")
	for _, line := range before[max(0, len(before)-linesAround):] {
		lines = append(lines, oneLine(line, true))
	}
	opening := "<script"
	if bytes.HasPrefix(page[at:], []byte("<script async src=")) {
		opening += " async src=…"
	}
	lines = append(lines, "+ "+opening+" data-"+tawk.Name+"=…></script>")
	behind := strings.Split(string(page[end:]), "\n")
	for _, line := range behind[:min(len(behind), linesAround)] {
		lines = append(lines, oneLine(line, false))
	}
	return slices.DeleteFunc(lines, func(line string) bool { return line == "" }), at
}

// oneLine shows a line of a page, without what may be secret in it. Of a long one that leads to the script the end is shown.
func oneLine(line string, end bool) string {
	line = strings.Join(strings.Fields(strings.ToValidUTF8(line, "�")), " ")
	line = secretLike.ReplaceAllStringFunc(line, func(word string) string {
		if strings.ContainsAny(word, "0123456789") && strings.Trim(word, "0123456789") != "" {
			return "…"
		}
		return word
	})
	if n := utf8.RuneCountInString(line); n > lineWidth {
		runes := []rune(line)
		if end {
			return "  …" + string(runes[n-lineWidth:])
		}
		return "  " + string(runes[:lineWidth]) + "…"
	}
	if line == "" {
		return ""
	}
	return "  " + line
}

// caching says what the page's rules for caches mean for who is logged in.
func (c *checker) caching(page *url.URL, e exchange) {
	control := strings.Join(e.header["Cache-Control"], ", ")
	if control == "" {
		control = "no Cache-Control"
	} else {
		control = "Cache-Control: " + control
	}
	step := checked{Step: "caching"}
	switch stale := c.about.Stale != nil && c.about.Stale(e.header); {
	case stale:
		step.State = stateWarning
		step.Says = "the page came out of a cache between here and the site, which may have kept it for another visitor: nobody is named on it"
		step.Remedy = "let TAWK_UPSTREAM be the site itself, or the site send Cache-Control: private with pages that name somebody"
	case e.shared && c.about.Mute:
		step.State = stateWarning
		step.Says = control + ": caches may share the page, so it names nobody, and there is nobody to ask: no chat on it knows its visitor"
		step.Remedy = "let the site send Cache-Control: private, or set TAWK_SESSION_URL"
	case e.shared && e.told:
		step.State = stateWarning
		step.Says = control + ": caches may share the page as the site sends it; with TAWK_IDENTITY=page it names its visitor, so none may any more"
		step.Remedy = "set TAWK_IDENTITY=auto, and the page stays as it is for caches"
	case e.shared:
		step.State = stateWarning
		step.Says = control + ": caches may share the page, so it names nobody, and its script asks who is logged in"
		step.Remedy = "none, if the page is the same for everybody; if it greets its visitor, let the site send Cache-Control: private"
	case e.told:
		step.Says = control + ": the page says itself who is logged in, and goes out as Cache-Control: " + e.answer.Get("Cache-Control")
	default:
		step.Says = control + ": stays as it is; the page's script asks who is logged in"
	}
	step.Says = page.Path + ": " + step.Says
	c.add(step)
}

// policies says what the page's policies mean for the widget.
func (c *checker) policies(page *url.URL, e exchange) {
	if len(e.warnings) == 0 {
		says := "there is no Content-Security-Policy"
		switch {
		case e.header["Content-Security-Policy"] == nil:
		case c.cfg.Page.CSP == "extend":
			says = "the Content-Security-Policy is extended by what the chat needs"
		default:
			says = "the Content-Security-Policy lets the chat in"
		}
		c.add(checked{Step: "policy", Says: page.Path + ": " + says})
		return
	}
	for i, subject := range cspSubjects {
		var texts []string
		blocks := false
		for _, w := range e.warnings {
			if subjectOf(w) == i {
				texts = append(texts, w.String())
				blocks = blocks || strings.HasPrefix(w.Directive, "script-src") || w.Directive == "require-trusted-types-for"
			}
		}
		if texts == nil {
			continue
		}
		step := checked{Step: "policy", Says: page.Path + ": " + strings.TrimSuffix(subject.says, "; this is said once"), Lines: slices.Compact(texts),
			Remedy: subject.remedy}
		switch {
		case blocks:
			step.State = stateFailed
		case subject.level > 0:
			step.State = stateWarning
		}
		c.add(step)
	}
}
