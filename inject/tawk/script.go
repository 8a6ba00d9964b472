package tawk

import (
	"bytes"
	_ "embed" // of script.js
)

//go:embed script.js
var script []byte

// Script returns the text of the script element: script.js without its indentation, its empty lines and its comments, which
// stand on lines of their own. It is the same for every widget, so one hash allows it under any Content-Security-Policy.
func Script() []byte {
	var text []byte
	for line := range bytes.Lines(script) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && !bytes.HasPrefix(line, []byte("//")) {
			text = append(append(text, line...), '\n')
		}
	}
	return text
}
