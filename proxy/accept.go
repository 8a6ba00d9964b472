package proxy

import (
	"mime"
	"strconv"
	"strings"
)

// A form is one in which visitors are told that there is no page.
type form int

const (
	formText form = iota // for whoever names none of the others
	formJSON
	formHTML
)

// accepted returns the form that the lines of an Accept header prefer (RFC 9110 section 12.5.1); of two that are equally welcome
// the one for people.
func accepted(lines []string) form {
	var quality [3]float64 // by form
	for part := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		kind, parameters, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if text, ok := parameters["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				continue
			}
		}
		if f, ok := formOf(kind); ok {
			quality[f] = max(quality[f], q)
		}
	}
	switch {
	case quality[formHTML] > 0 && quality[formHTML] >= max(quality[formJSON], quality[formText]):
		return formHTML
	case quality[formJSON] > 0 && quality[formJSON] >= quality[formText]:
		return formJSON
	}
	return formText
}

func formOf(kind string) (form, bool) {
	switch {
	case kind == "text/html", kind == "application/xhtml+xml":
		return formHTML, true
	case kind == "application/json", strings.HasSuffix(kind, "+json"):
		return formJSON, true
	case kind == "text/plain":
		return formText, true
	}
	return 0, false
}
