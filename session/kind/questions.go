package kind

import "net/http"

// Questions are what all questions to the site itself have in common, whatever they ask.
type Questions struct {
	// Site passes a request on to the site as it does with the visitors' own, so that Host, cookies and X-Forwarded headers
	// arrive as on any page: a reverse proxy that inserts nothing.
	Site http.Handler

	// Foreign lists beginnings of the names of cookies that are not the site's, and so say nothing about its sessions.
	Foreign []string

	// Client tells visitors apart by where they come from: those who come from one place have one share of the questions that are
	// asked at the same time. Nil: by the address of the peer.
	Client func(*http.Request) string

	// Harm is told, once each, what the site's answers may do to guests. Nil: nobody needs it.
	Harm func(Harm)
}

// A Harm is what the question about a guest may do to the guest, as the site's answer shows.
type Harm string
