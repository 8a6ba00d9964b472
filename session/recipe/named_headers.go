package recipe

import (
	"mime"
	"net/http"
	"unicode/utf8"

	"tawkproxy/session"
)

// NamedHeaders are the headers in which somebody names a user.
type NamedHeaders struct {
	id       string // the name of the one with the user's id
	Names    []string
	repeated session.Reason // to refuse a header that is there twice; an honest sender sets it once
}

// NewNamedHeaders takes the mapping's paths as names of headers, and refuses what cannot be a header about a user.
func NewNamedHeaders(m session.Mapping, repeated session.Reason) (NamedHeaders, error) {
	n := NamedHeaders{m.ID, m.Paths(), repeated}
	for _, name := range n.Names {
		switch http.CanonicalHeaderKey(name) {
		case "Cookie", "Authorization", "Host", "Connection", "Content-Type", "Set-Cookie", "Keep-Alive", "Proxy-Connection",
			"Proxy-Authorization", "Proxy-Authenticate", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length":
			return n, &session.PathError{Path: name, What: "is a header that does not name a user"}
		}
		if !isHeaderName(name) {
			return n, &session.PathError{Path: name, What: "is not the name of a header, which is made of letters, digits and dashes"}
		}
	}
	return n, nil
}

// Tree returns the value of each header under its name. All but the id may be written in words of RFC 2047, as those do who
// are not sure of UTF-8; if ids could be, two of them might become one.
func (n NamedHeaders) Tree(h http.Header) (any, error) {
	tree := make(map[string]any, len(n.Names))
	for _, name := range n.Names {
		values := h.Values(name)
		switch {
		case len(values) > 1:
			return nil, session.Nobodyf(n.repeated, "the header %s is there %d times", name, len(values))
		case len(values) == 1 && name == n.id:
			tree[name] = values[0]
		case len(values) == 1:
			tree[name] = decodeWords(values[0])
		}
	}
	return tree, nil
}

// decodeWords decodes words of RFC 2047. A text that has none, or damaged ones, stays as it is.
func decodeWords(text string) string {
	decoded, err := new(mime.WordDecoder).DecodeHeader(text)
	if err != nil || !utf8.ValidString(decoded) {
		return text
	}
	return decoded
}
