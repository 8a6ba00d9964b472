package main

import (
	"context"
	"io"
	"net/http"
	"slices"
	"sync"

	"tawkproxy/inject"
	"tawkproxy/session"
)

// A trace takes what becomes of one request, for [check], which sends it through all that a visitor's passes. It travels in the
// request's context, and may be told something after the answer: a store that is too slow for the page is still waited for. The
// methods may be called of nil, which is the trace of every other request.
type trace struct {
	mu sync.Mutex
	followed
}

// A followed request is what has become of it so far.
type followed struct {
	header   http.Header // of the site's own answer, if a page could be made of it
	shared   bool        // that lets shared caches keep the page
	verdict  inject.Reason
	fault    error
	warnings []inject.Warning
	told     bool // the source was asked, and said:
	user     session.User
	err      error
	steps    []string // that it took
	text     []byte   // of the page with the element, as far as it is kept
}

// mostTraced bounds how much of a page is kept, in bytes.
const mostTraced = 1 << 20

type traceKey struct{}

// withTrace returns a trace, and a request whose context has it.
func withTrace(r *http.Request) (*trace, *http.Request) {
	t := &trace{}
	ctx := session.Traced(context.WithValue(r.Context(), traceKey{}, t), t.step)
	return t, r.WithContext(ctx)
}

func traceOf(ctx context.Context) *trace {
	t, _ := ctx.Value(traceKey{}).(*trace)
	return t
}

// soFar returns what the trace holds now.
func (t *trace) soFar() followed {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.followed
}

// page takes the site's answer.
func (t *trace) page(answer *http.Response, shared bool) {
	if t != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.header, t.shared = answer.Header.Clone(), shared
	}
}

// observe takes what became of it.
func (t *trace) observe(verdict inject.Reason, fault error) {
	if t != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.verdict, t.fault = verdict, fault
	}
}

// warn takes what its policies stop.
func (t *trace) warn(warnings []inject.Warning) {
	if t != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.warnings = append(t.warnings, warnings...)
	}
}

// identified takes what the source said.
func (t *trace) identified(user session.User, err error) {
	if t != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.told, t.user, t.err = true, user, err
	}
}

// step takes a step of the source. A session is read anew where it may be in the middle of a write.
func (t *trace) step(step string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !slices.Contains(t.steps, step) {
		t.steps = append(t.steps, step)
	}
}

// Write takes the next part of the page.
func (t *trace) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p[:min(len(p), mostTraced-len(t.text))]...)
	return len(p), nil
}

// copies has the page copied to its trace, and to whom the source wants it to be.
func copies(look func(answer *http.Response) io.Writer) func(answer *http.Response) io.Writer {
	return func(answer *http.Response) io.Writer {
		var to io.Writer
		if look != nil {
			to = look(answer)
		}
		switch t := traceOf(answer.Request.Context()); {
		case t == nil:
			return to
		case to == nil:
			return t
		default:
			return io.MultiWriter(t, to)
		}
	}
}
