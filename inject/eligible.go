package inject

import (
	"iter"
	"net/http"
	"slices"
	"strings"
)

// vetoRequest says why the answer to r cannot become a page for a person that the operator wants to be touched, or "" if it may.
func (t *Transport) vetoRequest(r *http.Request) Reason {
	switch {
	case r.Method == http.MethodConnect, r.Method == http.MethodOptions, r.Method == http.MethodTrace:
		return NotPage
	case r.Header.Get("Upgrade") != "":
		return Upgrade
	case asksForFragment(r.Header):
		return PartialPage
	}
	switch r.Header.Get("Sec-Fetch-Dest") {
	case "document":
	case "": // an old browser, or an address without TLS
		if !accepts(r.Header, "text/html", "*/*") {
			return Subresource
		}
	case "empty": // scripts that fetch whole pages to show them say so
		if !asksForPage(r.Header) {
			return Subresource
		}
	case "iframe", "frame", "fencedframe", "object", "embed":
		if !t.Frames {
			return Frame
		}
	default:
		return Subresource
	}
	matches := func(p Pattern) bool { return p.matches(r) }
	if slices.ContainsFunc(t.Exclude, matches) || len(t.Include) > 0 && !slices.ContainsFunc(t.Include, matches) {
		return Excluded
	}
	return ""
}

// asksForPage reports whether HTML is what a request is for, not just something that it would take.
func asksForPage(h http.Header) bool {
	switch h.Get("Sec-Fetch-Dest") {
	case "", "empty":
		return wholePage(h) || h.Get("Accept") != "" && accepts(h, "text/html", "application/xhtml+xml")
	}
	return true
}

// isNavigation reports whether a browser says that a person is about to see the answer. Scripts cannot set these fields.
func isNavigation(h http.Header) bool {
	switch h.Get("Sec-Fetch-Dest") {
	case "", "empty":
		return false
	}
	return h.Get("Sec-Fetch-Mode") == "navigate"
}

// asksForFragment recognises the libraries that put parts of pages into pages.
func asksForFragment(h http.Header) bool {
	switch {
	case h.Get("HX-Request") != "":
		return !wholePage(h)
	case strings.EqualFold(h.Get("X-Requested-With"), "XMLHttpRequest"): // an Android app sends its own name
		return true
	}
	return slices.ContainsFunc(fragmentFields, func(field string) bool { return h.Get(field) != "" })
}

// fragmentFields are sent by Turbo frames, pjax, unpoly, Datastar, Inertia, Alpine AJAX and Livewire.
var fragmentFields = []string{
	"Turbo-Frame", "X-Pjax", "X-Up-Target", "Datastar-Request", "X-Inertia", "X-Alpine-Request", "X-Livewire",
}

// wholePage reports whether htmx asks for a document: a link that it follows in the browser's place, or the history.
func wholePage(h http.Header) bool {
	return h.Get("HX-Boosted") != "" || h.Get("HX-History-Restore-Request") != ""
}

// accepts reports whether Accept has one of the types. Having none means to take everything.
func accepts(h http.Header, types ...string) bool {
	accept := h["Accept"]
	if len(accept) == 0 {
		return true
	}
	for element := range elements(accept) {
		essence, parameters, _ := strings.Cut(element, ";")
		if slices.Contains(types, strings.ToLower(strings.TrimSpace(essence))) && quality(parameters) > 0 {
			return true
		}
	}
	return false
}

// vetoAnswer says why an answer is not a page for a person that may be changed, or "" if it looks like one.
func vetoAnswer(answer *http.Response) Reason {
	h := answer.Header
	switch isHTML := isHTML(h); {
	case answer.StatusCode == http.StatusSwitchingProtocols, !isHTML && isStream(h):
		return Upgrade
	case !isHTML:
		return NotPage
	case !pageStatus(answer.StatusCode):
		return Status
	case isDownload(h.Get("Content-Disposition")):
		return Attachment
	case hasDirective(h, "no-transform"):
		return NoTransform
	}
	if _, known := codingOf(h); !known {
		return Encoding
	}
	if answer.ContentLength == 0 || answer.Body == nil || answer.Body == http.NoBody {
		return NoBody
	}
	return ""
}

// isHTML reports whether every Content-Type that a browser could take is text/html. Browsers take the last valid one (WHATWG
// Fetch, "extract a MIME type"), other readers the first.
func isHTML(h http.Header) bool {
	found := false
	for element := range elements(h["Content-Type"]) {
		essence, _, _ := strings.Cut(element, ";")
		switch essence = strings.ToLower(strings.TrimSpace(essence)); {
		case essence == "text/html":
			found = true
		case strings.Contains(essence, "/") && essence != "*/*":
			return false
		}
	}
	return found
}

// isStream reports whether an answer is a connection rather than a document.
func isStream(h http.Header) bool {
	kind := strings.ToLower(h.Get("Content-Type"))
	return strings.HasPrefix(kind, "text/event-stream") || strings.HasPrefix(kind, "multipart/") ||
		strings.HasPrefix(kind, "application/grpc")
}

// pageStatus reports whether browsers show the body under a status.
func pageStatus(status int) bool {
	switch status {
	case http.StatusNoContent, http.StatusResetContent, http.StatusPartialContent:
		return false
	}
	return status >= 200 && status <= 206 || status >= 400 && status <= 599
}

// isDownload reads a Content-Disposition as browsers do: what is not "inline" is a download, and a field that begins with a
// parameter is inline (RFC 6266 section 4.2).
func isDownload(disposition string) bool {
	kind, _, _ := strings.Cut(disposition, ";")
	kind = strings.TrimSpace(kind)
	return kind != "" && !strings.EqualFold(kind, "inline") && !strings.Contains(kind, "=")
}

// readableElsewhere reports whether scripts of other origins may read an answer.
func readableElsewhere(r *http.Request, h http.Header) bool {
	allowed := h["Access-Control-Allow-Origin"]
	if len(allowed) == 0 || isNavigation(r.Header) {
		return false
	}
	scheme, address := origin(r)
	return len(allowed) > 1 || !strings.EqualFold(strings.TrimSpace(allowed[0]), scheme+"://"+address)
}

// elements yields the members of a comma-separated list (RFC 9110 section 5.6.1), which may stand in several fields and hold
// quoted strings.
func elements(fields []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, field := range fields {
			start, quoted := 0, false
			for i := 0; i <= len(field); i++ {
				switch {
				case i == len(field), field[i] == ',' && !quoted:
					if element := strings.TrimSpace(field[start:i]); element != "" && !yield(element) {
						return
					}
					start = i + 1
				case field[i] == '"':
					quoted = !quoted
				case field[i] == '\\' && quoted:
					i = min(i+1, len(field)-1)
				}
			}
		}
	}
}
