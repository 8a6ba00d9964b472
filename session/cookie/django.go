package cookie

import "strings"

// DjangoCookies reads cookies as Django does since 1.8.15 and 1.9.10 (django/http/cookie.py, parse_cookie): the last of a name counts,
// quotation marks are taken off, and blanks around are those of Unicode.
func DjangoCookies(header string) Cookies {
	var jar cookieJar
	for pair := range strings.SplitSeq(header, ";") {
		name, value, found := strings.Cut(pair, "=")
		if !found {
			name, value = "", pair
		}
		name, value = strings.TrimFunc(name, isPythonBlank), strings.TrimFunc(value, isPythonBlank)
		if name != "" || value != "" {
			jar.last(name, pythonUnquote(value))
		}
	}
	return jar.cookies
}

// Django are those of a site with Django.
func Django() []Reader { return []Reader{DjangoCookies} }
