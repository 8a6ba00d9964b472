// Package site is the kinds of sites that say themselves who is logged in: when they are asked, or by headers of their pages.
//
//	question ─► one at a time ─► the site ─► answer ─► user
//	question.go turn.go flight.go  edit.go    answer.go page.go
//	            place.go                      reply.go remembers it
//
// A question must not harm a guest: harm.go, lookout.go. guard.go stands in front of the site.
package site

import (
	"net/url"
	"strings"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// Site is the kind of any site that can be asked.
func Site() kind.Kind {
	return kind.Kind{
		Name: "site", Title: "Any site, by asking it",
		Guide:   "any site that has a page or an API which says who is logged in: needs no key",
		Needs:   []string{"TAWK_SESSION_URL", "TAWK_USER_ID"},
		Ageless: true,
		Signs: kind.Signs{
			Cookies: []string{"JSESSIONID", "ASP.NET_SessionId", ".ASPXAUTH", ".AspNetCore.*", "ASPSESSIONID*", "CFID", "CFTOKEN", "SESSION"},
			Headers: []string{"X-Powered-By: ASP.NET", "X-Powered-By: Servlet", "X-Aspnet-Version: ", "X-Aspnetmvc-Version: "},
		},
		New: func() kind.Settings { return new(AskOptions) },
	}
}

// AskOptions describe a site that is asked itself who is logged in, by a path of it that answers for the visitor whose
// cookies come with the request.
type AskOptions struct {
	kind.Questions

	// What the site is asked: a path of it, such as `/api/me`, that answers for the visitor whose cookies come with the
	// request; 204, 401, 403, 404 or a redirect for nobody. Required for `site`. For `response`, a path that answers with the
	// headers to scripts; without it, only pages that no cache may keep tell who is logged in.
	Path string `env:"TAWK_SESSION_URL"` // may have a query

	// Headers that are sent along with the question, as `X-Requested-With=XMLHttpRequest,Accept=application/json`, for a site that
	// answers its own scripts alone, or in another way. None by which the site would know somebody: it would take all visitors for
	// them.
	Headers setting.Headers `env:"TAWK_SESSION_HEADERS"`

	// What `TAWK_SESSION_URL` answers with: `json`, or `html`, an ordinary page of the site; then `TAWK_USER_ID` and the like
	// are CSS selectors, which stand for the text of an element, as `.user-name`, or with `@` for an attribute of it, as
	// `input[name=uid]@value`. A regular expression between slashes behind that stands for what its one group matches there, as
	// `script@/user:"([^"]+)"/` or `a.profile@href/id=(\d+)/`.
	Answer string `env:"TAWK_SESSION_ANSWER" envDefault:"json" values:"json html"` // or headers, which Mapping names

	// Mapping says where in the answer the user stands.
	Mapping session.Mapping

	// Cookie is the name of the site's session cookie: who does not send it is nobody, without a question. If it is empty, the
	// site is asked about everybody who sends any cookie.
	Cookie string

	Timeout time.Duration    // for each answer; 0: 5 s
	Keep    time.Duration    // how long an answer counts for the same question; 0: 3 s
	Now     func() time.Time // nil: time.Now
	Watch   *session.Watch   // nil: nobody wants to know
}

func (o *AskOptions) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_SESSION_URL"}, Check: func() error { return sitePath(o.Path, common.OwnPrefix) }},
		setting.NoQuery(common),
		{Settings: []string{"TAWK_SESSION_HEADERS"}, Check: func() error { return sendable(o.Headers) }},
		o.dotted("TAWK_USER_ID", common.User.ID), o.dotted("TAWK_USER_NAME", common.User.Name), o.dotted("TAWK_USER_EMAIL", common.User.Email),
		o.inPages("TAWK_USER_ID", common.User.ID), o.inPages("TAWK_USER_NAME", common.User.Name), o.inPages("TAWK_USER_EMAIL", common.User.Email),
	}
}

// inPages finds a selector with an expression where no page is read.
func (o *AskOptions) inPages(name, path string) setting.Rule {
	return setting.Rule{Settings: []string{name, "TAWK_SESSION_ANSWER"}, Check: func() error {
		if o.Answer == "json" && expressed(path) {
			return setting.Wrong("set TAWK_SESSION_ANSWER=html", "is an expression for pages, but TAWK_SESSION_URL is taken to answer with JSON")
		}
		return nil
	}}
}

// dotted is the advice about a path into JSON that is written as other languages do. A key may hold such characters, but seldom does.
func (o *AskOptions) dotted(name, path string) setting.Rule {
	return setting.Rule{Settings: []string{name}, Advice: true, Check: func() error {
		if o.Answer == "json" && (strings.ContainsAny(path, "$[]/") || strings.Contains(path, "->")) {
			return setting.Wrong("write the names on the way to it with dots between, such as user.id or users.0.id",
				"is not written as a path into JSON is here")
		}
		return nil
	}}
}

func (o *AskOptions) Open(at kind.Site) (session.Source, error) {
	o.Questions, o.Cookie, o.Mapping, o.Now, o.Watch = at.Questions, at.Cookie, at.Mapping, at.Now, at.Watch
	return NewAsker(*o)
}

// sitePath checks what the site is asked: a path, because a question with the visitors' cookies goes nowhere else. Own is the
// path under which tawkproxy answers itself.
func sitePath(path, own string) error {
	u, err := url.Parse(path)
	switch {
	case path == "":
		return nil
	case err != nil:
		return setting.Wrong("write a path of the site, such as /api/me", "is not a path")
	case u.Host != "" && strings.HasPrefix(u.Path, "/"):
		return setting.Wrong("write "+u.RequestURI(), "is more than a path; the site is the one of TAWK_UPSTREAM")
	case !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, "#"):
		return setting.Wrong("write a path of the site, such as /api/me", "is not a path")
	case isOwn(u.Path, own):
		return setting.Wrong("write a path of the site, such as /api/me", "is a path of tawkproxy itself")
	}
	return nil
}

// isOwn tells whether tawkproxy answers a path itself: all below own, and what the script asks below pages. It does not where the
// last segment of own is an ordinary word: there the script is known by a header, which a question to the site lacks.
func isOwn(path, own string) bool {
	segment := own[strings.LastIndex(strings.TrimSuffix(own, "/"), "/"):]
	below := strings.HasPrefix(segment, "/.") &&
		(strings.HasSuffix(path, segment+"user") || strings.HasSuffix(path, segment+"report"))
	return below || strings.HasPrefix(path, own)
}
