// Package cookie reads the cookies of a visit: as the browser would send them after the site's answer (cookie.go, answer.go, date.go),
// and as the site's framework takes them, of which each has a file. Frameworks differ in which of several cookies of one name counts,
// and in what they take off a value; who can plant a cookie could use that.
package cookie

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Cookies are the cookies of one visit, in the order in which the browser sent them. Values are raw: net/http's own reader
// drops values with quotes, backslashes and non-ASCII bytes, which sites do send.
type Cookies []Cookie

// A Cookie is one name and its raw value.
type Cookie struct{ Name, Value string }

// Read returns the cookies of request r (RFC 6265 section 5.4), overlaid with what the site's answer sets and deletes at the
// time now, see [Header]. There may be several of a name: which of them the site sees, a [Reader] knows.
func Read(r *http.Request, answer http.Header, now time.Time) Cookies {
	var jar Cookies
	for pair := range strings.SplitSeq(Header(r, answer, now), ";") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			jar = append(jar, Cookie{strings.TrimSpace(name), strings.TrimSpace(value)})
		}
	}
	return jar
}

// Values returns the values of every cookie of that name.
func (c Cookies) Values(name string) []string {
	var values []string
	for _, cookie := range c {
		if cookie.Name == name {
			values = append(values, cookie.Value)
		}
	}
	return values
}

// Header returns the cookies as the value of a Cookie header.
func (c Cookies) Header() string {
	var b strings.Builder
	for i, cookie := range c {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(cookie.Name + "=" + cookie.Value)
	}
	return b.String()
}

// parseSetCookie reads one Set-Cookie header (RFC 6265 section 5.2). Max-Age wins over Expires; a path that does not begin
// with a slash counts as none.
func parseSetCookie(line string, now time.Time) (c setCookie, ok bool) {
	pair, attributes, _ := strings.Cut(line, ";")
	name, value, ok := strings.Cut(pair, "=")
	c.Cookie = Cookie{strings.TrimSpace(name), strings.TrimSpace(value)}
	if !ok || c.Name == "" {
		return c, false
	}
	var expired, aged, ageSet bool
	for attributes != "" {
		var attribute string
		attribute, attributes, _ = strings.Cut(attributes, ";")
		key, val, _ := strings.Cut(attribute, "=")
		val = strings.TrimSpace(val)
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "max-age":
			if n, err := strconv.ParseInt(val, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
				aged, ageSet = n <= 0, true
			}
		case "expires":
			if date, ok := parseCookieDate(val); ok {
				expired = !now.Before(date)
			}
		case "path":
			c.path = ""
			if strings.HasPrefix(val, "/") {
				c.path = val
			}
		case "domain":
			c.domain = strings.ToLower(strings.TrimPrefix(val, "."))
		}
	}
	c.deleted = aged || expired && !ageSet
	return c, true
}

// pathMatches implements path-match of RFC 6265 section 5.1.4.
func pathMatches(page, cookie string) bool {
	return cookie == page ||
		strings.HasPrefix(page, cookie) && (strings.HasSuffix(cookie, "/") || page[len(cookie)] == '/')
}
