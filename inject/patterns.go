package inject

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
)

// A Pattern names pages by their address, with the rules of tawk.to's own plugins (tawk/tawk-url-utils), so that lists can be
// carried over:
//
//   - "/…" or "*…" is a path, anything else a URL: its scheme, host and port must be the page's as far as it has them.
//   - Paths are compared segment by segment, case-sensitive, as they stand in the address (percent-encoded or not); the query,
//     empty segments and segments "0" do not count.
//   - A segment "*" stands for any one segment. At the end it stands for one or more, unless a slash follows; at the start,
//     too, unless a slash precedes. "*" and "/*" alone match everything.
type Pattern struct {
	scheme, host, port string   // empty: any
	segments           []string // of the path
	openStart, openEnd bool     // more segments may precede or follow
}

const anySegment = "*"

// ParsePattern reads one entry of a list of patterns. It is an error if no page could ever match.
func ParsePattern(text string) (Pattern, error) {
	var p Pattern
	path, _, _ := strings.Cut(text, "#")
	path, _, _ = strings.Cut(path, "?")
	if path != "" && path[0] != '/' && path[0] != '*' {
		if scheme, rest, found := strings.Cut(path, "://"); found {
			p.scheme, path = scheme, rest
		}
		address := path
		if slash := strings.IndexByte(path, '/'); slash >= 0 {
			address, path = path[:slash], path[slash:]
		} else {
			path = ""
		}
		p.host, p.port = splitHost(address)
		if p.host == "" || strings.ContainsAny(p.host, " \t*@") || (p.scheme != "" && p.scheme != "http" && p.scheme != "https") {
			return Pattern{}, fmt.Errorf("pattern %q: begin with / or *, or write http://host/path", text)
		}
	}
	p.segments = segments(path)
	if n := len(p.segments); n > 0 {
		p.openEnd = p.segments[n-1] == anySegment && !strings.HasSuffix(path, "*/")
		p.openStart = p.segments[n-1] != anySegment && p.segments[0] == anySegment && !strings.HasPrefix(path, "/*")
	}
	return p, nil
}

// matches reports whether p names the page that r asks for.
func (p Pattern) matches(r *http.Request) bool {
	scheme, address := origin(r)
	host, port := splitHost(address)
	for _, pair := range [][2]string{{p.scheme, scheme}, {p.host, host}, {p.port, port}} {
		if pair[0] != "" && pair[1] != "" && pair[0] != pair[1] {
			return false
		}
	}
	return p.matchesPath(segments(r.URL.EscapedPath()))
}

func (p Pattern) matchesPath(path []string) bool {
	switch surplus := len(path) - len(p.segments); {
	case len(path) == 0 && len(p.segments) == 1 && p.openEnd:
		return true
	case surplus < 0:
		return false
	case p.openEnd:
		path = path[:len(p.segments)]
	case p.openStart:
		path = path[surplus:]
	}
	return slices.EqualFunc(p.segments, path, func(want, got string) bool { return want == anySegment || want == got })
}

func segments(path string) []string {
	return slices.DeleteFunc(strings.Split(path, "/"), func(s string) bool { return s == "" || s == "0" })
}

func splitHost(address string) (host, port string) {
	if host, port, err := net.SplitHostPort(address); err == nil {
		return host, port
	}
	return address, ""
}

// origin returns the scheme and the authority under which the browser asked: Host goes to the site as it came, and what is in
// front of the site says X-Forwarded-Proto.
func origin(r *http.Request) (scheme, address string) {
	scheme = r.Header.Get("X-Forwarded-Proto")
	if scheme == "" {
		scheme = r.URL.Scheme
	}
	address = r.Host
	if address == "" {
		address = r.URL.Host
	}
	return scheme, address
}
