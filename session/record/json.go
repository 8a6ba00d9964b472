package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// ParseJSON is the [Parser] of JSON (RFC 8259). Numbers keep all their digits. Of two members of one name the last counts, as
// in the languages of all frameworks. encoding/json bounds the depth.
func ParseJSON(record []byte) (any, error) {
	if !utf8.Valid(record) {
		return nil, errors.New("JSON that is not UTF-8") // encoding/json would make different ids alike
	}
	var values valueCount
	if err := values.more(jsonValues(record)); err != nil {
		return nil, err
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

// jsonValues tells how many values a record may hold before any is made: each follows a bracket, a brace or a comma. It says 0 of
// records that are too short to hold too many.
func jsonValues(record []byte) int {
	const most = 2 // values in a byte
	if len(record) <= MaxValues/most {
		return 0
	}
	n := 1
	for i := 0; i < len(record); i++ {
		switch record[i] {
		case '[', ',':
			n++
		case '{':
			n += mapValues
		case '"':
			for i++; i < len(record) && record[i] != '"'; i++ {
				if record[i] == '\\' {
					i++
				}
			}
		}
	}
	return n
}
