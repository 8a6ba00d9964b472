package main

import (
	"bytes"
	"errors"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"tawkproxy/inject/tawk"
	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/kind/site"
)

// sessionCookie compares the cookies that the site gives to guests with the one that is looked for.
func (c *checker) sessionCookie() {
	if c.about.Cookie == "" {
		return
	}
	var names, others []string
	for _, cookie := range c.guest {
		switch {
		case cookie.Name == markerName:
		case c.about.IsSession(cookie.Name):
			names = append(names, cookie.Name)
		case cookie.HttpOnly || sessionLike.MatchString(cookie.Name):
			others = append(others, cookie.Name)
		}
	}
	others, _ = presentable(others, sessionLike.MatchString)
	switch {
	case len(names) > 0:
		c.add(checked{Step: "cookie", Says: "the site sets " + list(names)})
	case len(others) > 0:
		c.add(checked{Step: "cookie", State: stateWarning, Says: "the site does not set " + c.about.Cookie + ", which is looked for; it sets " + list(others),
			Remedy: c.mend(&session.Nobody{Reason: session.NoCookie})})
	default:
		c.add(checked{Step: "cookie", Says: "the site sets no session cookie for guests on these pages; looked for is " + c.about.Cookie})
	}
}

// question puts the question of TAWK_SESSION_URL to the site for a guest, who must not come to harm.
func (c *checker) question() {
	if c.about.Ask == nil {
		return
	}
	t, r := withTrace(c.request(c.pages[0], cookieLine(c.guest)).WithContext(c.ctx))
	_, harms, err := c.about.Ask(r)
	step := checked{Step: "question", Lines: t.soFar().steps, State: stateFailed, Remedy: c.mend(err)}
	reason, nobody := session.NobodyReason(err)
	odd, isOdd := errors.AsType[*session.OddError](err)
	switch {
	case err == nil:
		step.Says = "the site names a user to somebody who is not logged in"
		step.Remedy = "let TAWK_USER_ID be the path of something that only members have"
	case !nobody:
		step.Says = "for a guest: " + err.Error()
	case (reason == session.NoUser || reason == session.Unmet) && !(isOdd && odd.Certain):
		step.State, step.Says, step.Remedy = stateOK, "for a guest: nobody, as it should be", ""
	default:
		step.Says = "for a guest: " + cause(err)
	}
	c.add(step)
	for _, harm := range harms {
		c.add(harmful(kind.Harm(harm)))
	}
}

// harmful says what asking the site may do.
func harmful(harm kind.Harm) checked {
	step := checked{Step: "question", State: stateWarning, Says: "asking may harm guests: " + harms[harm], Remedy: guestRemedies}
	switch harm {
	case site.HarmManySessions:
		step.Says = "asking begins a session at the site for each guest who has none"
		step.Remedy = "let TAWK_SESSION_COOKIE name the cookie that it sets: who does not send that is not asked about"
	case site.HarmLoginBox:
		step.Says = "there is a field for a password on the page; if guests get that in the place of the page, and not beside it, asking may harm them"
	}
	return step
}

// visitor opens a page with the cookie that was given, and says who would be logged in, or at which step nobody.
func (c *checker) visitor() {
	if c.cookie == "" {
		c.add(checked{Step: "visitor", Says: c.unasked()})
		return
	}
	page := c.pages[0]
	opened := c.open(page, c.cookie)
	asked := c.ask(page, c.cookie)
	e := asked
	if opened.told && !errors.Is(opened.err, session.ErrUnsettled) { // it has filled what is remembered
		e = opened
	}
	switch {
	case !e.told && asked.broken != nil:
		c.add(checked{Step: "visitor", State: stateFailed, Says: "who is logged in was asked in vain: " + asked.broken.Error()})
		return
	case !e.told:
		c.add(checked{Step: "visitor", State: stateFailed, Says: "who is logged in was not asked: " + status(asked),
			Remedy: "is TAWK_CONSENT_COOKIE among the cookies that were given?"})
		return
	}
	step := checked{Step: "visitor", Lines: e.steps}
	reason, nobody := session.NobodyReason(e.err)
	switch {
	case e.err == nil:
		step.Says = shownUser(e.user) + " would be logged in"
	case reason == session.NoCookie:
		step.State, step.Says, step.Remedy = stateFailed, c.noCookie(), c.mend(e.err)
	case nobody:
		step.State, step.Says, step.Remedy = stateFailed, "nobody would be logged in: "+string(reason)+": "+cause(e.err), c.mend(e.err)
	case c.unread:
		step.State, step.Says = stateFailed, "cannot tell who is logged in as long as what is named above cannot be read"
	default:
		step.State, step.Says, step.Remedy = stateFailed, "cannot tell who is logged in: "+e.err.Error(), c.mend(e.err)
	}
	c.add(step)
	if e.err == nil {
		c.details(e.user)
		c.shares(page, opened, e.user)
	}
}

// shares says when caches may share a page on which the site itself greets the visitor.
func (c *checker) shares(page *url.URL, e exchange, u session.User) {
	if !e.shared {
		return
	}
	for _, detail := range []string{u.Name, u.Email} {
		text := html.EscapeString(detail)
		if at := bytes.Index(e.text, []byte(text)); at >= 0 && utf8.RuneCountInString(detail) > 3 {
			c.add(checked{Step: "caching", State: stateFailed, Says: page.Path + ": the site names its visitor on a page that it lets caches share: " +
				"Cache-Control: " + e.header.Get("Cache-Control"), Remedy: "let the site send Cache-Control: private with pages that differ from visitor to visitor"})
			return
		}
	}
}

// mend is the remedy for what a source says. The keys that a debug log would name are here.
func (c *checker) mend(err error) string {
	if odd, ok := errors.AsType[*session.OddError](err); ok {
		return odd.Remedy
	}
	if reason, nobody := session.NobodyReason(err); nobody {
		return regexp.MustCompile(`\s*TAWK_LOG_LEVEL=debug (names|says)[^;]*`).ReplaceAllString(c.remedies.all()[reason], "")
	}
	return c.remedies.unknown(err)
}

// unasked says how check can look at somebody who is logged in.
func (c *checker) unasked() string {
	if c.cfg.Session.Kind == "header" {
		return "not looked at: the proxy in front says who is logged in, when somebody comes through it"
	}
	name := c.about.Cookie
	if name == "" || strings.Contains(name, "…") {
		name = "NAME"
	}
	return "not looked at: --cookie '" + name + "=VALUE', of somebody who is logged in, tells who that would be"
}

// cause is why somebody is nobody, in words.
func cause(err error) string {
	if nobody, ok := errors.AsType[*session.Nobody](err); ok && nobody.Err != nil {
		return nobody.Err.Error()
	}
	return err.Error()
}

// noCookie says which cookies were given in place of the session's.
func (c *checker) noCookie() string {
	names := cookieNames(&http.Request{Header: http.Header{"Cookie": {c.cookie}}})
	names = slices.DeleteFunc(names, func(name string) bool { return len(name) > longestName || !cookieToken.MatchString(name) })
	looked := c.about.Cookie
	if looked == "" {
		looked = "a session"
	}
	return "nobody would be logged in: looked for is " + looked + "; given was " + list(names)
}

// shownUser is a user as support staff would see them.
func shownUser(u session.User) string {
	parts := []string{"id " + u.ID}
	for _, detail := range []string{u.Name, u.Email, u.Phone} {
		if detail != "" {
			parts = append(parts, detail)
		}
	}
	for name, value := range u.Attributes {
		parts = append(parts, name+" "+value)
	}
	slices.Sort(parts[min(4, len(parts)):])
	return strings.Join(parts, ", ")
}

// details says which of the user's details are missing, or would be refused by tawk.to.
func (c *checker) details(u session.User) {
	for _, d := range newLacks(c.cfg, nil).details {
		if d.of(u) != "" {
			continue
		}
		step := checked{Step: "visitor", Says: d.setting + ": nothing is at " + d.path, Remedy: d.remedy}
		if d.path == "" {
			step.Says = d.setting + " brings neither a name nor an e-mail address"
		}
		if d.often {
			step.State = stateWarning
		}
		c.add(step)
	}
	widget := newWidget(c.cfg, nil)
	widget.Omitted = func(detail string) {
		c.add(checked{Step: "visitor", State: stateWarning, Says: "tawk.to takes no such detail: " + detail,
			Remedy: "change it at the site, or the setting that names it"})
	}
	widget.Answer(tawk.Identity{Known: true, Visitor: tawk.Visitor(u)})
}
