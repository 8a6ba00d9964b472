package inject

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
)

// isJSON reports whether a page begins as an object or an array of JSON (RFC 8259) and goes on so for as far as evidence of a
// document is looked for. What stands in its strings may be pages; what follows the end of a value must be JSON too. It
// reports false as the second while more bytes could change that.
//
// A page that begins with a bracket is often a template or a message of the site's: what JSON does not allow comes within a
// few bytes there.
func isJSON(page []byte, end ending) (is, ok bool) {
	first, ok := significant(page)
	switch {
	case !ok:
		return false, end != open
	case first != '{' && first != '[':
		return false, true
	}
	text := page[bytes.IndexByte(page, first):]
	text = text[:min(len(text), evidenceBytes)]
	suffice := end != open || len(text) == evidenceBytes
	// A blank behind the bytes takes the blame for what is missing.
	for text = append(slices.Clip(text), ' '); ; {
		var value json.RawMessage
		wrong, _ := errors.AsType[*json.SyntaxError](json.Unmarshal(text, &value))
		if wrong == nil || wrong.Offset == int64(len(text)) {
			return true, suffice
		}
		at := wrong.Offset - 1
		if next := text[at]; next != '{' && next != '[' || !json.Valid(text[:at]) {
			return false, true
		}
		text = text[at:] // one more value
	}
}
