package site

import (
	"bytes"
	"io"
	"net/http"
	"slices"

	"tawkproxy/session/recipe"
)

// A lookout sees whether a page that goes to a visitor has a field for a password.
type lookout struct {
	replies *replies
	session keyedHash // with which the visitor goes
	tail    []byte    // of what was seen
	found   bool
}

// longestField bounds how much of the text of an element is looked at, in bytes.
const longestField = 512

// Look returns what is to see the text of a page that goes to a visitor, or nil. The visitor's request has passed
// [Asker.Guard].
func (a *Asker) Look(answer *http.Response) io.Writer {
	visit, ok := answer.Request.Context().Value(askedKey{}).(*askedVisit)
	if !ok {
		return nil
	}
	dest := visit.request.Header.Get("Sec-Fetch-Dest")
	own := a.cookies(visit.request, answer.Header, recipe.Now(a.clock))
	if dest != "" && dest != "document" || len(own) == 0 {
		return nil
	}
	visit.page = &lookout{replies: a.replies, session: a.session(visit.request, own)}
	return visit.page
}

// passwordWords are how people write the type of such a field.
var passwordWords = [][]byte{[]byte("password"), []byte("Password"), []byte("PASSWORD")}

// Write takes the next part of the page.
func (l *lookout) Write(p []byte) (int, error) {
	if l.found {
		return len(p), nil
	}
	seen := append(l.tail, p...)
	// The regular expression is slow, the word is rare.
	if slices.ContainsFunc(passwordWords, func(word []byte) bool { return bytes.Contains(seen, word) }) && passwordField.Match(seen) {
		l.found = true
		l.replies.form(l.session, true)
	}
	l.tail = bytes.Clone(seen[max(0, len(seen)-longestField):])
	return len(p), nil
}

// end says that there was no more of the page.
func (l *lookout) end() { l.replies.form(l.session, l.found) }
