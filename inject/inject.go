// Package inject puts one script element into the head of other people's pages and changes nothing else.
//
// It is an [http.RoundTripper] between a reverse proxy and the site. Life of a page:
//
//	request   navigations ask the site only for what can be decoded          encoding.go
//	answer    is it a page for a person?                                     eligible.go
//	          read the first bytes, bounded in size and time                 window.go
//	          where does the element go, and may it?                         place.go, charset.go
//	          what does it say? only now is [Transport.Data] asked           (the caller)
//	          lengths, policies, validators made true before they leave      header.go, policy.go
//	body      first bytes + element + the rest, copied                       body.go
//
// The page that goes out is the page that came in plus one contiguous run of ASCII bytes. Whatever goes wrong on the way costs
// the insertion, never the page: the answer passes as it came, and [Transport.Observe] hears the [Reason].
//
// The package knows nothing of chat widgets, users or sessions.
package inject

import (
	"net/http"
	"time"
)

// Transport is the round-tripper that inserts. Base, Script and Data are required; the zero value of every other field works.
type Transport struct {
	Base   http.RoundTripper
	Script Script

	// Data says what the element tells this page. It is called once for every page that can be inserted into, after the site
	// has answered and before the page's header leaves; answer.Request is the request as it went to the site. Shared is set
	// when the site lets shared caches keep the page: what is returned then must not be Private.
	Data func(answer *http.Response, shared bool) Payload

	Window  int           // bytes of a page, decoded, in which the place must be found; 0: 64 KiB
	Timeout time.Duration // how long a page's first bytes may take before it passes untouched; 0: 5 s

	// Observe hears the verdict on every answer that might have been a page: [Inserted] or why not. err has the details when
	// something failed. Nil: nobody listens.
	Observe func(r *http.Request, verdict Reason, err error)
}

// A Script is the constant part of the element to insert:
//
//	<script data-NAME='DATA'>TEXT</script>
//
// The text is the same for every page, so that one hash allows it under any Content-Security-Policy; what belongs to the page
// or its reader stands in the data.
type Script struct {
	Name string // of the data attribute, without "data-": lower-case letters. It also marks pages that already have the element
	Text []byte // JavaScript: ASCII, without CR, "</script" and "<!--"
}

// A Payload is what the element says on one page.
type Payload struct {
	Data    []byte // JSON in ASCII without ' < > and &, which a JSON string can escape; nil: insert nothing here
	Private bool   // the data belong to one reader: no shared cache may keep the page
}
