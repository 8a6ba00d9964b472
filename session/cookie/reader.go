package cookie

import "slices"

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
	at      map[string]int // the place of each name; nil while there are few
}

// fewCookies are found sooner by looking through them than by a map.
const fewCookies = 16

// find returns the place of a name, or -1.
func (j *cookieJar) find(name string) int {
	if j.at == nil {
		return slices.IndexFunc(j.cookies, func(c Cookie) bool { return c.Name == name })
	}
	if at, there := j.at[name]; there {
		return at
	}
	return -1
}

// first adds a cookie unless there is one of the name.
func (j *cookieJar) first(name, value string) {
	if j.find(name) < 0 {
		j.add(name, value)
	}
}

// last adds a cookie, or gives the one of the name another value.
func (j *cookieJar) last(name, value string) {
	if at := j.find(name); at >= 0 {
		j.cookies[at].Value = value
		return
	}
	j.add(name, value)
}

func (j *cookieJar) add(name, value string) {
	j.cookies = append(j.cookies, Cookie{name, value})
	switch {
	case j.at != nil:
		j.at[name] = len(j.cookies) - 1
	case len(j.cookies) == fewCookies:
		j.at = make(map[string]int, 2*fewCookies)
		for at, c := range j.cookies {
			j.at[c.Name] = at
		}
	}
}
