package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// parseJSON is the [Parser] of JSON (RFC 8259). Numbers keep all their digits. Of two members of one name the last counts, as
// in the languages of all frameworks. encoding/json bounds the depth.
func parseJSON(record []byte) (any, error) {
	if !utf8.Valid(record) {
		return nil, errors.New("JSON that is not UTF-8") // encoding/json would make different ids alike
	}
	decoder := json.NewDecoder(bytes.NewReader(record))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, errors.New("not JSON") // the error of encoding/json would quote the session
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("JSON with something after it")
	}
	return tree, nil
}
