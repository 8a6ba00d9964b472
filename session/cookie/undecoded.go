package cookie

import (
	"crypto/rand"
	"strconv"
	"strings"
)

// Undecoded reads cookies as another reader does, but for escapes in values, which stay as the browser sends them: for sites of which the
// framework is not known, and so not whether it decodes.
func Undecoded(read Reader) Reader {
	return func(header string) Cookies {
		if !strings.ContainsAny(header, "%+") {
			return read(header)
		}
		// What could be decoded is given a name that nobody knows, while the reader looks.
		name := rand.Text()
		var values []string
		pairs := strings.Split(header, ";")
		for i, pair := range pairs {
			before, value, found := strings.Cut(pair, "=")
			bare := strings.Trim(value, " \t")
			if !found || !strings.ContainsAny(bare, "%+") || strings.ContainsFunc(bare, func(c rune) bool { return !isOctet(c) }) {
				continue
			}
			pairs[i] = before + "=" + strings.Replace(value, bare, name+strconv.Itoa(len(values)), 1)
			values = append(values, bare)
		}
		cookies := read(strings.Join(pairs, ";"))
		for i, c := range cookies {
			number, ours := strings.CutPrefix(c.Value, name)
			if n, err := strconv.Atoi(number); ours && err == nil && n < len(values) {
				cookies[i].Value = values[n]
			}
		}
		return cookies
	}
}

// isOctet tells whether a character may stand in a value (RFC 6265 section 4.1.1, cookie-octet): of others, frameworks make different things.
func isOctet(c rune) bool {
	return c > ' ' && c <= '~' && !strings.ContainsRune(`",;\`, c)
}

// AnyUndecoded lists the readers of [Any] without escapes decoded.
func AnyUndecoded() []Reader {
	readers := Any()
	for i, read := range readers {
		readers[i] = Undecoded(read)
	}
	return readers
}
