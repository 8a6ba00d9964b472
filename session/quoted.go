package session

import "context"

// unquote takes off the quotation marks around a cookie's value which the cookie readers of Python (http.cookies, Werkzeug), Node
// (cookie, cookies) and Go (net/http) take off. Python's escapes within them stand for characters that no session holds.
func unquote(value []byte) []byte {
	if n := len(value); n >= 2 && value[0] == '"' && value[n-1] == '"' {
		return value[1 : n-1]
	}
	return value
}

// unquoted is unquote as a step.
func unquoted(_ context.Context, _ *Visit, s State) (State, error) {
	s.Data = unquote(s.Data)
	return s, nil
}
