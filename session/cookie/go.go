package cookie

import (
	"net/http"
	"strings"
)

// goCookies reads cookies as Go's net/http does (Request.Cookie): the first valid one of a name counts. Names must be tokens, and
// values ASCII without quotation marks, but for one around, and without backslashes.
func goCookies(header string) Cookies {
	var jar cookieJar
	r := http.Request{Header: http.Header{"Cookie": {header}}}
	for _, cookie := range r.Cookies() {
		jar.first(cookie.Name, cookie.Value)
	}
	return jar.cookies
}

// oldGoCookies reads them as the Go of some years ago did, for which a name with a blank behind it was none.
func oldGoCookies(header string) Cookies {
	var kept []string
	for pair := range strings.SplitSeq(header, ";") {
		name, _, _ := strings.Cut(strings.TrimLeft(pair, " \t"), "=")
		if !strings.HasSuffix(name, " ") && !strings.HasSuffix(name, "\t") {
			kept = append(kept, pair)
		}
	}
	return goCookies(strings.Join(kept, ";"))
}

// Go are those of a site in Go.
func Go() []Reader { return []Reader{goCookies, oldGoCookies} }
