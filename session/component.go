package session

import "net/url"

// unescapeComponent decodes a cookie's value as the Node library cookie does: without quotation marks around it, by
// decodeURIComponent. A plus is a plus, and a value with a broken escape is left as it is.
func unescapeComponent(value []byte) []byte {
	value = unquote(value)
	text, err := url.PathUnescape(string(value))
	if err != nil {
		return value
	}
	return []byte(text)
}
