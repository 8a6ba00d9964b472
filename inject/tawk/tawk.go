// Package tawk knows what the tawk.to chat widget wants to hear: the secure-mode hash of a user id, the script that calls
// Tawk_API.login and Tawk_API.logout, and the sources which the widget needs under a Content-Security-Policy.
//
//	Visitor ──► login.go     what may be sent, within the vendor's limits
//	            hash.go      the proof, and the mark by which the browser tells users apart
//	            data.go      both as JSON, for the page or for the script that asks
//	            script.js    the constant text that acts on it in the browser, and file.go how it gets there
//	            own.go       the addresses under which the browser reaches the proxy
//	            handler.go   what it hears there
//	            csp.go       what a Content-Security-Policy has to allow
//
// What tawk.to documents and what was only observed of its widget is told apart in the comments: "documented" and "observed".
package tawk

import "sync"

// A Visitor is the person in front of the page, as support staff should see them. Only the ID is required.
type Visitor struct {
	ID         string
	Name       string
	Email      string
	Phone      string
	Attributes map[string]string
}

// An Identity is the answer to "who is logged in?", and there are three. The zero value is the third: it cannot be told.
type Identity struct {
	Known   bool    // whether the site's session could be read at all
	Visitor Visitor // if Known: the user, or nobody when the ID is empty
}

// A Widget is a tawk.to chat widget and how the login script shall treat it. It must not be copied or changed after its first use.
type Widget struct {
	PropertyID string // 24 hex digits
	WidgetID   string // letters and digits
	Key        string // the property's secret key, as text
	Origin     string // where the widget comes from: https://embed.tawk.to
	Embed      bool   // load the widget, unless the page already does
	Once       bool   // log in only when the user or their details change, not on every page
	Own        string // path under which all is the proxy's own, with a slash at both ends: /.tawkproxy/; see Owns

	// Omitted is told, in words, of each detail of a user that tawk.to would refuse and which is left out for that reason. The
	// words repeat names of attributes, which the operator chose, but no value. Nil: nobody is told.
	Omitted func(detail string)

	fixing   sync.Once // of what follows
	constant fixed
}
