// Package inject puts one script element into the head of other people's pages and changes nothing else.
//
// It is an [http.RoundTripper] between a reverse proxy and the site. Life of a page:
//
//	request   navigations ask the site only for what can be decoded          encoding.go
//	answer    is it a page for a person?                                     eligible.go
//	          read the first bytes, bounded in size and time                 window.go
//	          where does the element go, and may it?                         place.go, charset.go
//	          what is it? only now is [Transport.Script] asked               (the caller)
//	          lengths, policies, validators made true before they leave      header.go, policy.go
//	body      first bytes + element + the rest, copied                       body.go
//
// The page that goes out is the page that came in plus one contiguous run of ASCII bytes. Whatever goes wrong on the way costs
// the insertion, never the page: the answer passes as it came, and [Transport.Observe] hears the [Reason].
//
// The package knows nothing of chat widgets, users or sessions.
package inject

// A Script is the element to insert into one page:
//
//	<script data-NAME='DATA'>TEXT</script>
//
// The text is the same for every page, so that one hash allows it under any Content-Security-Policy; what belongs to the page
// or its reader stands in the data.
type Script struct {
	Name string // of the data attribute, without "data-": lower-case letters. It also marks pages that already have the element
	Text []byte // JavaScript: ASCII, no CR, no "</script" or "<!--"; checked when the Transport is first used
	Data []byte // ASCII without ' < > and &; the renderer escapes them

	// Private is set if Data belongs to one reader, so that no shared cache may keep the page.
	Private bool
}
