package cookie

import "strings"

// nextCookies reads cookies as Next.js does where its function cookies() is used (next/dist/compiled/@edge-runtime/cookies,
// parseCookie): the last of a name counts that decodeURIComponent does not refuse, and a name without a value is "true".
func nextCookies(header string) Cookies {
	var jar cookieJar
	for i, pair := range strings.Split(header, ";") {
		if i > 0 {
			pair = strings.TrimLeft(pair, " ")
		}
		if pair == "" {
			continue
		}
		name, value, found := strings.Cut(pair, "=")
		if !found {
			value = "true"
		}
		if value, ok := decodeComponent(value); ok {
			jar.last(name, value)
		}
	}
	return jar.cookies
}

// Next are those of a site with Next.js, or another that reads cookies as one of its parts does.
func Next() []Reader { return append(Node(), nextCookies) }
