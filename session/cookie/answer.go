package cookie

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Header returns the cookies of request r as one header's value, as they came but for what the site's answer sets and deletes
// at the time now. A nil answer changes nothing.
//
// The request does not tell the paths and domains of its cookies, so that of those whose name the answer uses none is left: what
// the site has just said is what it goes by on this page, and stands where the first of them was. Among its own words it is as in browsers (RFC 6265 section 5.3 and 5.4):
// a cookie replaces or deletes the one of its name, domain and path, and those with longer paths come first.
func Header(r *http.Request, answer http.Header, now time.Time) string {
	header := strings.Join(r.Header["Cookie"], "; ")
	set, used := cookiesAfter(r, answer, now)
	if len(used) == 0 {
		return header
	}
	var kept []string
	for pair := range strings.SplitSeq(header, ";") {
		name, _, _ := strings.Cut(pair, "=") // some frameworks take a name alone for a cookie
		name = strings.TrimSpace(name)
		if !used[name] {
			kept = append(kept, pair)
			continue
		}
		set = slices.DeleteFunc(set, func(c setCookie) bool {
			if c.Name == name {
				kept = append(kept, c.pair())
			}
			return c.Name == name
		})
	}
	for _, c := range set {
		kept = append(kept, c.pair())
	}
	return strings.TrimLeft(strings.Join(kept, ";"), " ")
}

// A setCookie is what one Set-Cookie header says.
type setCookie struct {
	Cookie
	path    string // the default path of the page, unless the header says another
	domain  string // "": that of the page alone
	deleted bool
}

func (c setCookie) pair() string { return " " + c.Name + "=" + c.Value }

// cookiesAfter lists the cookies that an answer leaves in the browser for the page of r, in the order in which the browser sends them, and
// the names that the answer uses for it.
func cookiesAfter(r *http.Request, answer http.Header, now time.Time) (set []setCookie, used map[string]bool) {
	for _, line := range answer["Set-Cookie"] {
		c, ok := parseSetCookie(line, now)
		if c.path == "" {
			c.path = defaultPath(r.URL.Path)
		} else if !pathMatches(r.URL.Path, c.path) {
			continue
		}
		if !ok {
			continue
		}
		if used == nil {
			used = map[string]bool{}
		}
		used[c.Name] = true
		at := slices.IndexFunc(set, func(other setCookie) bool {
			return c.Name == other.Name && c.path == other.path && c.domain == other.domain
		})
		switch {
		case at < 0 && !c.deleted:
			set = append(set, c)
		case at >= 0 && c.deleted:
			set = slices.Delete(set, at, at+1)
		case at >= 0:
			set[at] = c // in its old place, since it was made then
		}
	}
	slices.SortStableFunc(set, func(a, b setCookie) int { return len(b.path) - len(a.path) })
	return set, used
}

// defaultPath is the path of a cookie that is set without one (RFC 6265 section 5.1.4): the folder of the page.
func defaultPath(page string) string {
	end := strings.LastIndexByte(page, '/')
	if end <= 0 {
		return "/"
	}
	return page[:end]
}
