package cookie

// A Reader reads the value of a Cookie header as one web framework does: the cookies that its sites see, each name once,
// with the value that they see. Frameworks differ in which of several cookies of a name they take, in what they take off a value,
// and in what they take for a cookie at all. Whoever can set a cookie for the site, such as a neighbour below the same domain,
// could use that to have a page name somebody other than the site does.
//
// A request with several Cookie headers counts as one with all of them, in their order, joined by a semicolon and a blank. The
// proxy joins them so for the site, too: servers join them in different ways.
type Reader func(header string) Cookies

// Any lists the readers for a site of which the framework is not known, one of each. What they agree about, the site sees.
func Any() []Reader {
	return []Reader{phpSpelled, werkzeugCookies, DjangoCookies, rackCookies, NodeCookies, oldNodeCookies, keygripCookies,
		nextCookies, goCookies}
}

// A cookieJar collects cookies of which each name counts once.
type cookieJar struct {
	cookies Cookies
	at      map[string]int // the place of each name
}

// first adds a cookie unless there is one of the name.
func (j *cookieJar) first(name, value string) {
	if _, there := j.at[name]; !there {
		j.last(name, value)
	}
}

// last adds a cookie, or gives the one of the name another value.
func (j *cookieJar) last(name, value string) {
	if at, there := j.at[name]; there {
		j.cookies[at].Value = value
		return
	}
	if j.at == nil {
		j.at = map[string]int{}
	}
	j.at[name] = len(j.cookies)
	j.cookies = append(j.cookies, Cookie{name, value})
}
