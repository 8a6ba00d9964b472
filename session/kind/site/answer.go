package site

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// maxAnswer bounds the site's answer, in bytes.
const maxAnswer = 1 << 20

// received is the site's answer as it arrives. It implements http.ResponseWriter.
type received struct {
	set      http.Header // by the handler; what comes after the header is a trailer
	header   http.Header
	status   int
	body     bytes.Buffer
	tooLarge bool
}

func (a *received) Header() http.Header { return a.set }

func (a *received) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
		a.header = a.set.Clone()
	}
}

func (a *received) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if a.body.Len()+len(p) > maxAnswer {
		a.tooLarge = true
		return 0, errors.New("the answer is too large")
	}
	return a.body.Write(p)
}

// receive passes a question on to the site. The error says that there is no answer, or not all of it.
func receive(site http.Handler, q *http.Request) (*received, error) {
	a := &received{set: http.Header{}}
	// A handler that cannot go on panics, as httputil.ReverseProxy does.
	failure := caught(func() { site.ServeHTTP(a, q) })
	switch {
	case a.tooLarge:
	case q.Context().Err() != nil:
		return nil, q.Context().Err()
	case failure != nil:
		return nil, errors.New("the answer broke off")
	}
	a.WriteHeader(http.StatusOK)
	return a, nil
}

// outline says what an answer is, without what it says.
func (a *received) outline() string {
	parts := []string{fmt.Sprintf("the site answered with %d %s", a.status, http.StatusText(a.status))}
	if kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";"); kind != "" {
		parts = append(parts, kind)
	}
	if to, err := url.Parse(a.header.Get("Location")); err == nil && to.Path != "" {
		parts = append(parts, "to "+to.Path)
	}
	var names []string
	for _, line := range a.header["Set-Cookie"] {
		name, _, _ := strings.Cut(line, "=")
		names = append(names, strings.TrimSpace(name))
	}
	if len(names) > 0 {
		parts = append(parts, "setting "+strings.Join(names, ", "))
	}
	return strings.Join(parts, ", ")
}

// caught does something and returns what it panicked with, or nil.
func caught(do func()) (failure any) {
	defer func() { failure = recover() }()
	do()
	return nil
}

// An answerReader makes a tree of the site's answer.
type answerReader struct {
	accept string // the header of that name in the question
	read   func(a *received) (any, error)
}

// newAnswerReader makes the reader of one kind of answer.
func newAnswerReader(kind string, m session.Mapping) (answerReader, error) {
	switch kind {
	case "json":
		return answerReader{"application/json", func(a *received) (any, error) {
			return record.ParseJSON(bytes.TrimPrefix(a.body.Bytes(), []byte("\xef\xbb\xbf"))) // PHP files often begin with a BOM
		}}, nil
	case "html":
		page, err := newPage(m.Paths())
		return answerReader{"text/html", func(a *received) (any, error) {
			return page.read(a.body.Bytes(), a.header.Get("Content-Type"))
		}}, err
	case "headers":
		headers, err := recipe.NewNamedHeaders(m, session.Ambiguous)
		return answerReader{"*/*", func(a *received) (any, error) { return headers.Tree(a.header) }}, err
	}
	return answerReader{}, fmt.Errorf("the site's answer is json, html or headers, not %q", kind)
}

// tree judges the site's answer and reads it.
func (r answerReader) tree(asked *http.Request, a *received) (any, error) {
	switch {
	case a.status == http.StatusLoopDetected:
		return nil, errors.New("asking the site: the question came back; the site's address leads to tawkproxy itself")
	case a.status >= 500, a.status == http.StatusRequestTimeout, a.status == http.StatusTooEarly,
		a.status == http.StatusTooManyRequests:
		return nil, fmt.Errorf("asking the site: it answered with status %d", a.status)
	case a.status >= 300 && a.status < 400:
		return nil, &session.Nobody{Reason: session.NoUser, Err: redirected(asked, a)}
	case a.status == http.StatusNotFound, a.status == http.StatusMethodNotAllowed, a.status == http.StatusGone:
		return nil, &session.Nobody{Reason: session.NoUser, Err: notFound(a.status)}
	case a.status == http.StatusBadRequest, a.status == http.StatusNotAcceptable, a.status == http.StatusUnsupportedMediaType:
		return nil, &session.Nobody{Reason: session.NoUser, Err: unwelcome(a.status)}
	case a.status != http.StatusOK:
		return nil, session.Nobodyf(session.NoUser, "the site answered with status %d %s, which means nobody", a.status, http.StatusText(a.status))
	case a.tooLarge:
		return nil, session.Nobodyf(session.Malformed, "the site's answer is larger than %d bytes", maxAnswer)
	case Cached(a.header):
		return nil, session.Nobodyf(session.Untrusted, "the answer came out of a cache, which may have kept it for somebody else")
	case a.header.Get("Content-Encoding") != "":
		return nil, session.Nobodyf(session.Malformed, "the site's answer is compressed, although that was not asked for")
	}
	tree, err := r.read(a)
	if err != nil && r.accept == "application/json" {
		return nil, &session.Nobody{Reason: session.Malformed, Err: notJSON(asked, a)}
	}
	if _, certain := session.NobodyReason(err); err != nil && !certain {
		return nil, session.Nobodyf(session.Malformed, "the site's answer: %w", err)
	}
	return tree, err
}
