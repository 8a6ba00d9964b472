package main

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"tawkproxy/session/cookie"
)

// privacy is what a visitor must have said, and not said, before anything is inserted for them.
type privacy struct {
	consent string // the cookie that says that they agreed: name or name=value; "": they need not
	gpc     bool   // the signal of Global Privacy Control is respected
}

// matters tells whether a page for one visitor may be wrong for another, so that caches must not share it.
func (p privacy) matters() bool { return p.consent != "" || p.gpc }

// allows tells whether something may be inserted into the answer to r. A nil answer has not come yet.
func (p privacy) allows(r *http.Request, answer http.Header) bool {
	if p.gpc && r.Header.Get("Sec-Gpc") == "1" {
		return false
	}
	if p.consent == "" {
		return true
	}
	name, want, exactly := strings.Cut(p.consent, "=")
	for _, value := range cookie.Read(r, answer, time.Now()).Values(name) {
		plain, _ := url.PathUnescape(value)
		if !exactly && value != "" || exactly && (value == want || plain == want) {
			return true
		}
	}
	return false
}
