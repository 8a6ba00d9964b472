package session

import "context"

// unquoted is the step that takes off the quotation marks which Python's cookie readers, http.cookies and Werkzeug, take off.
// The escapes within them stand for characters that no session of Python's frameworks holds.
func unquoted(_ context.Context, _ *Visit, s State) (State, error) {
	if n := len(s.Data); n >= 2 && s.Data[0] == '"' && s.Data[n-1] == '"' {
		s.Data = s.Data[1 : n-1]
	}
	return s, nil
}

// parsePython is the [Parser] of what Django and older Flask sites write: JSON, or a pickle. No pickle of a session begins with
// a brace.
func parsePython(record []byte) (any, error) {
	if len(record) > 0 && record[0] == '{' {
		return parseJSON(record)
	}
	return parsePickle(record)
}
