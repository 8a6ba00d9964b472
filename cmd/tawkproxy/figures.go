package main

import (
	"strconv"
	"time"

	"tawkproxy/inject"
	"tawkproxy/inject/tawk"
	"tawkproxy/proxy/admin"
	"tawkproxy/session"
)

// newFigures makes what is counted, out of the closed lists of the rooms. It outlives a facade.
func newFigures() *admin.Figures {
	lists := admin.Lists{
		Pages: []admin.Label{
			{First: admin.Inserted, Second: admin.User, Meaning: "it names the user"},
			{First: admin.Inserted, Second: admin.Nobody, Meaning: "nobody is logged in"},
			{First: admin.Inserted, Second: admin.Ask, Meaning: "its script asks who is logged in"},
			{First: admin.Inserted, Second: admin.Unknown, Meaning: "it says nothing: nobody could tell"},
		},
		Identities: []admin.Label{
			{First: admin.User, Second: recognised, Meaning: "somebody is logged in"},
			{First: admin.Unknown, Second: unsettled, Meaning: "the site may be writing the session just now: the script asks"},
			{First: admin.Unknown, Second: cookieKept, Meaning: "the browser may have a session cookie that it did not send here"},
			{First: admin.Unknown, Second: gone, Meaning: "the browser had left"},
			{First: admin.Unknown, Second: failed, Meaning: "a store, the database or the site did not answer"},
		},
	}
	for _, verdict := range inject.Reasons() {
		if result := resultOf(verdict); result != admin.Inserted {
			lists.Pages = append(lists.Pages, admin.Label{First: result, Second: string(verdict), Meaning: verdictMeanings[verdict]})
		}
	}
	for _, reason := range session.Reasons() {
		lists.Identities = append(lists.Identities, admin.Label{First: admin.Nobody, Second: string(reason), Meaning: reasonMeanings[reason]})
	}
	for _, report := range tawk.ReportKinds() {
		lists.Reports = append(lists.Reports, admin.Label{First: report.Stage, Second: strconv.Itoa(report.Code), Meaning: report.Remedy()})
	}
	for _, place := range session.Places() {
		lists.Caches = append(lists.Caches, string(place))
		if place != session.Tokens {
			lists.Stores = append(lists.Stores, string(place))
		}
	}
	return admin.NewFigures(version(), lists)
}

// resultOf says in which group of verdicts one is.
func resultOf(verdict inject.Reason) string {
	switch verdict {
	case inject.Inserted:
		return admin.Inserted
	case inject.Unmodified:
		return admin.Unmodified
	case inject.NotPage, inject.Status, inject.Subresource, inject.Frame, inject.PartialPage, inject.Attachment, inject.Upgrade,
		inject.NoBody, inject.Fragment:
		return admin.NoPage
	}
	return admin.Skipped
}

// verdictMeanings says what the verdicts mean, to a person.
var verdictMeanings = map[inject.Reason]string{
	inject.Unmodified:    "the browser has the page as it would be now",
	inject.NotPage:       "not HTML, or nobody can tell",
	inject.Status:        "no page is expected under its status, as with a redirect",
	inject.Subresource:   "asked for by a script, an image or the like",
	inject.Frame:         "a page inside another page",
	inject.PartialPage:   "a part of a page, for htmx, Turbo or the like",
	inject.Attachment:    "a download",
	inject.NoTransform:   "Cache-Control: no-transform forbids changes",
	inject.Upgrade:       "a stream, or an upgraded connection",
	inject.NoBody:        "an empty answer, or one to HEAD",
	inject.Encoding:      "compressed in a way that cannot be undone here",
	inject.Charset:       "in an encoding that does not contain ASCII",
	inject.Excluded:      "TAWK_INCLUDE or TAWK_EXCLUDE",
	inject.CrossOrigin:   "scripts of other sites may read it",
	inject.Sandboxed:     "its policy allows no script at all",
	inject.Policy:        "a Content-Security-Policy that cannot be read or changed",
	inject.NothingToSay:  "no consent yet, or the visitor's signal against it",
	inject.Fragment:      "not a whole page",
	inject.NoPlace:       "ends before the place of the script",
	inject.WindowFull:    "its head begins too far down: TAWK_PAGE_WINDOW",
	inject.CharsetWindow: "its charset stands too late for a script in front of it",
	inject.AlreadyThere:  "has the script already",
	inject.Timeout:       "came too slowly: TAWK_PAGE_TIMEOUT",
	inject.Broken:        "broke off, or was damaged",
	inject.Fault:         "a fault of tawkproxy: please report it",
}

// The reasons of who is logged in that the source itself does not give.
const (
	recognised = "recognised"
	unsettled  = "unsettled"
	cookieKept = "cookie_kept"
	gone       = "gone"
	failed     = "failed"
)

// reasonMeanings says what the reasons for nobody mean.
var reasonMeanings = map[session.Reason]string{
	session.NoCookie:  "the visit carries no session",
	session.NoRecord:  "the site's store does not know the session: it has ended",
	session.NoUser:    "a session in which nobody is logged in",
	session.Unmet:     "TAWK_SESSION_REQUIRE does not hold: a login half finished",
	session.Expired:   "genuine, but too old",
	session.Forged:    "no key of ours made this signature",
	session.Malformed: "not of the format, or damaged",
	session.Ambiguous: "several sessions that lead to different users",
	session.Untrusted: "said by somebody whose word is not taken",
}

// watch counts what it takes to know who is logged in.
func watch(f *admin.Figures) *session.Watch {
	return &session.Watch{
		Asked:  func(at session.Place, took time.Duration) { f.Store(string(at), took) },
		Looked: func(at session.Place, known bool) { f.Cache(string(at), known) },
	}
}
