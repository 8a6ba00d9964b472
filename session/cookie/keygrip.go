package cookie

import "strings"

// keygripCookies reads cookies as the Node library cookies does since 0.9, and so cookie-session and Koa (pillarjs/cookies,
// index.js, getPattern): the first of a name counts, whose equals sign must follow at once. A quotation mark at the beginning is
// taken off with the last character. Nothing is decoded.
func keygripCookies(header string) Cookies {
	var jar cookieJar
	for _, c := range oldKeygripCookies(header) {
		if strings.HasPrefix(c.Value, `"`) {
			c.Value = c.Value[1:max(1, len(c.Value)-1)]
		}
		jar.first(c.Name, c.Value)
	}
	return jar.cookies
}

// oldKeygripCookies reads them as before, with the quotation marks.
func oldKeygripCookies(header string) Cookies {
	var jar cookieJar
	for pair := range strings.SplitSeq(header, ";") {
		if name, value, found := strings.Cut(strings.TrimLeft(pair, " "), "="); found {
			jar.first(name, value)
		}
	}
	return jar.cookies
}

// Keygrip are those of a site that signs its cookies with the library.
func Keygrip() []Reader { return []Reader{keygripCookies, oldKeygripCookies} }
