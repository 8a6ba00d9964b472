package session

// parsePython is the [Parser] of what Django and older Flask sites write: JSON, or a pickle. No pickle of a session begins with
// a brace.
func parsePython(record []byte) (any, error) {
	if len(record) > 0 && record[0] == '{' {
		return parseJSON(record)
	}
	return parsePickle(record)
}
