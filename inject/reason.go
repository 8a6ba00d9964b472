package inject

// A Reason says in one word, from this closed list, what became of an answer.
type Reason string

// Inserted: the page went out with the element. Unmodified: the browser has the page with the element, and both are as they
// would be now. Every other reason says why an answer went out as it came.
const (
	Inserted   Reason = "inserted"
	Unmodified Reason = "unmodified"

	// Known from the request and the answer's header.
	NotPage      Reason = "not_page"       // the type is not text/html, or none is given, or two disagree
	Status       Reason = "status"         // no page for a person is expected under this status
	Subresource  Reason = "subresource"    // asked for by a script, an image, a worker …: not a navigation
	Frame        Reason = "frame"          // a page inside another page
	PartialPage  Reason = "partial_page"   // the request asks for a part of a page: htmx, Turbo frame, pjax, XMLHttpRequest
	Attachment   Reason = "attachment"     // a download
	NoTransform  Reason = "no_transform"   // Cache-Control forbids changes
	Upgrade      Reason = "upgrade"        // 101, event streams and the like
	NoBody       Reason = "no_body"        // HEAD, or an empty answer
	Encoding     Reason = "encoding"       // a content coding that cannot be decoded, or is not what the header says
	Charset      Reason = "charset"        // an encoding in which ASCII bytes may mean something else
	Excluded     Reason = "excluded"       // the operator's path rules
	CrossOrigin  Reason = "cross_origin"   // readable by scripts of other origins
	Sandboxed    Reason = "sandboxed"      // the page's policy allows no script at all
	Policy       Reason = "policy"         // a Content-Security-Policy that cannot be read, or too long to be edited
	NothingToSay Reason = "nothing_to_say" // the caller had no data for this page

	// Known from the first bytes.
	Fragment      Reason = "fragment"       // no sign of a whole document
	NoPlace       Reason = "no_place"       // ends before anything that belongs into a head or behind it
	WindowFull    Reason = "window"         // the place lies beyond the window
	CharsetWindow Reason = "charset_window" // the page's charset declaration would be pushed out of the browser's sight
	AlreadyThere  Reason = "already_there"  // the page has the element

	// Failures.
	Timeout Reason = "timeout" // the first bytes took too long
	Broken  Reason = "broken"  // the site's answer broke off or could not be decoded
	Fault   Reason = "fault"   // a fault of ours
)

// Reasons lists them all.
func Reasons() []Reason {
	return []Reason{
		Inserted, Unmodified,
		NotPage, Status, Subresource, Frame, PartialPage, Attachment, NoTransform, Upgrade, NoBody, Encoding, Charset, Excluded,
		CrossOrigin, Sandboxed, Policy, NothingToSay,
		Fragment, NoPlace, WindowFull, CharsetWindow, AlreadyThere,
		Timeout, Broken, Fault,
	}
}
