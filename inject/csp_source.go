package inject

import (
	"slices"
	"strings"
)

// has reports whether the list has this keyword.
func has(sources []string, keyword string) bool {
	return slices.ContainsFunc(sources, func(s string) bool { return strings.EqualFold(s, keyword) })
}

// quoted returns what stands between the prefix, such as 'nonce-, and the closing quote, if that is a base64-value of CSP3:
// letters, digits, + / - _ and up to two = at the end.
func quoted(source, prefix string) (string, bool) {
	if len(source) <= len(prefix) || !strings.EqualFold(source[:len(prefix)], prefix) {
		return "", false
	}
	value, closed := strings.CutSuffix(source[len(prefix):], "'")
	body := strings.TrimSuffix(strings.TrimSuffix(value, "="), "=")
	odd := strings.ContainsFunc(body, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && !strings.ContainsRune("+/-_", c)
	})
	return value, closed && body != "" && !odd
}

// nonceOf returns the first nonce in the list, "" if it has none.
func nonceOf(sources []string) string {
	for _, s := range sources {
		if nonce, ok := quoted(s, "'nonce-"); ok {
			return nonce
		}
	}
	return ""
}

// hashes reports whether the source is a hash.
func hashes(source string) bool {
	for _, prefix := range []string{"'sha256-", "'sha384-", "'sha512-"} {
		if _, ok := quoted(source, prefix); ok {
			return true
		}
	}
	return false
}

// hasHash reports whether the list has this SHA-256, in either alphabet of base64.
func hasHash(sources []string, hash string) bool {
	want, _ := quoted(hash, "'sha256-")
	return slices.ContainsFunc(sources, func(s string) bool {
		value, ok := quoted(s, "'sha256-")
		return ok && strings.NewReplacer("-", "+", "_", "/").Replace(value) == want
	})
}

// inlineOff reports whether a nonce or a hash in the list switches its 'unsafe-inline' off.
func inlineOff(sources []string) bool {
	return nonceOf(sources) != "" || slices.ContainsFunc(sources, hashes)
}

// inlineScripts and inlineStyles report whether the list allows whatever stands in the page (CSP3, "does a source list allow
// all inline behavior").
func inlineScripts(sources []string) bool {
	return inlineStyles(sources) && !has(sources, "'strict-dynamic'")
}

func inlineStyles(sources []string) bool {
	return has(sources, "'unsafe-inline'") && !inlineOff(sources)
}

// A urlSource is a source that is neither keyword, nonce nor hash, taken apart: scheme:, host, scheme://*.host:port/path …
type urlSource struct{ scheme, host, port, path string }

func parseURLSource(source string) urlSource {
	if scheme, ok := strings.CutSuffix(source, ":"); ok {
		return urlSource{scheme: strings.ToLower(scheme), host: "*", port: "*"}
	}
	scheme, rest, ok := strings.Cut(source, "://")
	if !ok {
		scheme, rest = "", source
	}
	host, path := rest, ""
	if at := strings.IndexByte(rest, '/'); at >= 0 {
		host, path = rest[:at], rest[at:]
	}
	host, port, _ := strings.Cut(strings.ToLower(host), ":")
	return urlSource{strings.ToLower(scheme), host, port, path}
}

// covers reports whether every URL that the needed source stands for is matched by the listed one already (CSP3, "does url
// match expression"). Where that depends on the page's own address the answer is no: an addition too many is harmless.
func covers(listed, needed string) bool {
	if strings.HasPrefix(listed, "'") || strings.HasPrefix(needed, "'") {
		return strings.EqualFold(listed, needed) || listed == "*" && strings.EqualFold(needed, "'self'")
	}
	l, n := parseURLSource(listed), parseURLSource(needed)
	if listed == "*" {
		return slices.Contains([]string{"", "http", "https", "ws", "wss"}, n.scheme)
	}
	scheme := l.scheme == n.scheme || n.scheme == "https" && (l.scheme == "http" || l.scheme == "") ||
		n.scheme == "wss" && l.scheme == "ws"
	suffix, wild := strings.CutPrefix(l.host, "*")
	host := l.host == n.host || wild && suffix == "" || wild && suffix[0] == '.' && strings.HasSuffix(n.host, suffix)
	port := l.port == n.port || l.port == "*"
	path := l.path == n.path || l.path == "" || l.path == "/"
	return scheme && host && port && path
}
