package kind

import (
	"net/http"
	"time"

	"tawkproxy/session"
)

// AskOptions describe a site that is asked itself who is logged in, by a path of it that answers for the visitor whose
// cookies come with the request.
type AskOptions struct {
	// Site passes a request on to the site as it does with the visitors' own, so that Host, cookies and X-Forwarded headers
	// arrive as on any page: a reverse proxy that inserts nothing.
	Site http.Handler

	Path   string // of the site, such as /api/me; may have a query
	Answer string // what the path answers with: json (also ""), html or headers

	// Mapping says where in the answer the user stands. For html a path is a CSS selector, which means the text of the element,
	// or selector@attribute, such as input[name=uid]@value. For headers a path is the name of one.
	Mapping session.Mapping

	// Cookie is the name of the site's session cookie: who does not send it is nobody, without a question. If it is empty, the
	// site is asked about everybody who sends any cookie.
	Cookie string

	// Foreign lists beginnings of the names of cookies that are not the site's, and so say nothing about its sessions.
	Foreign []string

	// Client tells visitors apart by where they come from: those who come from one place have one share of the questions that are
	// asked at the same time. Nil: by the address of the peer.
	Client func(*http.Request) string

	// Harm is told, once each, what the site's answers may do to guests. Nil: nobody needs it.
	Harm func(Harm)

	Timeout time.Duration    // for each answer; 0: 5 s
	Keep    time.Duration    // how long an answer counts for the same question; 0: 3 s
	Now     func() time.Time // nil: time.Now
}

// A Harm is what the question about a guest may do to the guest, as the site's answer shows.
type Harm string
