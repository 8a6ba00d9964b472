package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"tawkproxy/inject"
	"tawkproxy/proxy"
	"tawkproxy/proxy/admin"
)

// explainHeader asks, with the token of TAWK_EXPLAIN_TOKEN, what became of a page, and answers.
const explainHeader = "Tawkproxy-Explain"

// An explainer tells an operator why a page is as it is, in a header of the answer. Those who do not know the token notice nothing
// of it. A nil explainer explains nothing, and costs nothing.
type explainer struct {
	token [sha256.Size]byte
	owns  func(*http.Request) bool // the requests that tawkproxy answers itself; nil: it is switched off
}

// newExplainer returns nil if there is no token.
func newExplainer(token string, owns func(*http.Request) bool) *explainer {
	if token == "" {
		return nil
	}
	return &explainer{sha256.Sum256([]byte(token)), owns}
}

// asks is the layer that takes the question, which is nothing for the site.
func (e *explainer) asks() proxy.Middleware {
	if e == nil {
		return nil
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			lines := r.Header[explainHeader]
			delete(r.Header, explainHeader)
			if len(lines) != 1 || !e.knows(lines[0]) {
				next.ServeHTTP(w, r)
				return
			}
			about := &explanation{}
			switch {
			case e.owns == nil:
				about.decide("off", "not_enabled")
			case e.owns(r):
				about.decide("own", "own_path")
			}
			next.ServeHTTP(&explainedWriter{ResponseWriter: w, about: about}, r.WithContext(context.WithValue(r.Context(), explainKey{}, about)))
		})
	}
}

// knows compares in a time that says nothing about the token.
func (e *explainer) knows(token string) bool {
	sum := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(sum[:], e.token[:]) == 1
}

// answers is the layer that tells a site which did not answer from an answer that is no page.
func (e *explainer) answers(base http.RoundTripper) http.RoundTripper {
	if e == nil {
		return base
	}
	return explainedTransport{base, e}
}

type explainedTransport struct {
	base http.RoundTripper
	*explainer
}

func (t explainedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := t.base.RoundTrip(r)
	if about := t.about(r); about != nil {
		if err != nil {
			about.decide("no_answer", "site_failed")
		} else {
			about.answered()
		}
	}
	return answer, err
}

type explainKey struct{}

// about is the explanation that a request asks for, or nil.
func (e *explainer) about(r *http.Request) *explanation {
	if e == nil {
		return nil
	}
	about, _ := r.Context().Value(explainKey{}).(*explanation)
	return about
}

// observing takes the verdict on a page, beside who hears of it anyway.
func (e *explainer) observing(next func(*http.Request, inject.Reason, error)) func(*http.Request, inject.Reason, error) {
	if e == nil {
		return next
	}
	return func(r *http.Request, verdict inject.Reason, err error) {
		if about := e.about(r); about != nil && verdict != inject.Inserted {
			about.decide(resultOf(verdict), string(verdict))
		}
		next(r, verdict, err)
	}
}

// placing takes where a page was inserted into, in the same way.
func (e *explainer) placing(next func(*http.Request, inject.Insertion)) func(*http.Request, inject.Insertion) {
	if e == nil {
		return next
	}
	return func(r *http.Request, i inject.Insertion) {
		if about := e.about(r); about != nil {
			about.decide(admin.Inserted, i.Payload.Note)
			about.at(i.Offset, i.Behind)
		}
		next(r, i)
	}
}

// telling takes who is logged in and why, in the same way.
func (e *explainer) telling(next func(who, why string)) func(r *http.Request, who, why string) {
	return func(r *http.Request, who, why string) {
		if about := e.about(r); about != nil {
			about.identified(who, why)
		}
		next(who, why)
	}
}

// An explanation is what is known of one answer so far. It holds nothing about a person.
type explanation struct {
	mu               sync.Mutex
	decision, reason string
	place            string // "": none
	whoIs, why       string // "": nobody asked
}

func (x *explanation) decide(decision, reason string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.decision, x.reason = decision, reason
}

func (x *explanation) identified(who, why string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.whoIs, x.why = who, why
}

// answered takes that the site has answered. Where there is no verdict, the answer cannot have been a page.
func (x *explanation) answered() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.decision == "" {
		x.decision, x.reason = admin.NoPage, string(inject.NotPage)
	}
}

// tag is the beginning of what can stand behind the script: of a tag only its name is shown.
var tag = regexp.MustCompile(`\A(</?[A-Za-z][A-Za-z0-9-]{0,30}|<[!?]?)`)

func (x *explanation) at(offset int, behind []byte) {
	x.mu.Lock()
	defer x.mu.Unlock()
	what := "text"
	if found := tag.Find(behind); found != nil {
		what = string(found)
	} else if len(behind) == 0 {
		what = "end"
	}
	x.place = fmt.Sprintf("offset=%d, before=%q", offset, what)
}

// String writes it as a Dictionary (RFC 9651 section 3.2).
func (x *explanation) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	parts := []string{"decision=refused, reason=not_passed_on"} // what was not passed on, and is not ours
	if x.decision != "" {
		parts[0] = "decision=" + x.decision + ", reason=" + x.reason
	}
	if x.place != "" {
		parts = append(parts, x.place)
	}
	if x.whoIs != "" {
		parts = append(parts, "who="+x.whoIs, "why="+x.why)
	}
	return strings.Join(parts, ", ")
}

// An explainedWriter puts the explanation into the header of an answer, before it leaves. Only who knows the token pays for it.
type explainedWriter struct {
	http.ResponseWriter
	about *explanation
	done  bool
}

// Unwrap serves http.ResponseController.
func (w *explainedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *explainedWriter) explain() {
	if !w.done {
		w.done = true
		w.Header().Set(explainHeader, w.about.String())
	}
}

func (w *explainedWriter) WriteHeader(status int) {
	if status >= http.StatusOK || status == http.StatusSwitchingProtocols {
		w.explain()
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *explainedWriter) Write(p []byte) (int, error) {
	w.explain()
	return w.ResponseWriter.Write(p)
}

// FlushError implements what http.ResponseController looks for.
func (w *explainedWriter) FlushError() error {
	w.explain()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack serves an upgrade, whose header is written after it.
func (w *explainedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.explain()
	return http.NewResponseController(w.ResponseWriter).Hijack()
}
