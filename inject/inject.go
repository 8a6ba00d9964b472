// Package inject puts one script element into the head of other people's pages and changes nothing else.
//
// It is an [http.RoundTripper] between a reverse proxy and the site. Life of a page:
//
//	request   may it be for a page?                                          eligible.go, patterns.go
//	          then ask the site only for what can be decoded                 header.go, encoding.go
//	          and about its own page, whatever the browser has               conditional.go
//	answer    not modified: nor what we say?                                 conditional.go
//	          is it a page for a person?                                     eligible.go
//	          read the first bytes, bounded in size and time                 window.go, examine.go
//	          where does the element go, and may it?                         place.go, charset.go
//	          what does it say? only now is [Transport.Data] asked           (the caller)
//	          may the page load the script, or must it hold it?              external.go
//	          lengths, policies, validators, caching made true               header.go, policy.go, validator.go, cache.go
//	body      first bytes + element + the rest, copied                       body.go, decoder.go, encoder.go
//	          or, if it is gzip, changed as it is                            gzip.go, package splice
//
// The page that goes out is the page that came in plus one contiguous run of ASCII bytes. Whatever goes wrong on the way costs
// the insertion, never the page: the answer passes as it came, and [Transport.Observe] hears the [Reason].
//
// The package knows nothing of chat widgets, users or sessions.
package inject

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Transport is the round-tripper that inserts. Base, Script and Data are required; the zero value of every other field works. It
// must not be copied or changed after its first use.
type Transport struct {
	Base   http.RoundTripper // must not decode by itself: see [http.Transport.DisableCompression]
	Script Script

	// Data says what the element tells this page. It is called for every page that can be inserted into, after the site has
	// answered and before the page's header leaves; answer.Request is the request as it went to the site, and there is no
	// body to read. It is called, too, when the site says 304 about a page that the browser has with the element. Shared is set
	// when the site lets shared caches keep the page; what is Private is taken away from them. A call that lasts longer than
	// Timeout, or panics, costs the page its element and nothing else.
	Data func(answer *http.Response, shared bool) Payload

	// Reached tells whether browsers that ask under this request's host are known to get to Script.Src. It is asked for pages that
	// may load the script; while it says no, they hold the text. Nil: they always get there.
	Reached func(r *http.Request) bool

	// Key makes the entity tags of pages with the element, in which nobody else can read or guess what it says. All proxies in
	// front of a site need the same. Nil: pages with the element have no validators, so that browsers fetch them whole each time.
	Key []byte

	Include, Exclude []Pattern // pages to insert into (none: all), and not to
	Frames           bool      // also insert into pages inside other pages
	Compress         Compression

	// Sources are what the script's program loads, by directive of a Content-Security-Policy. Where a page's policies refuse
	// them, they are added with ExtendPolicies, else Warn hears of it. The element itself is always allowed.
	Sources        map[string][]string
	ExtendPolicies bool

	Window  int           // bytes of a page, decoded, in which the place must be found; 0: 64 KiB
	Timeout time.Duration // how long a page's first bytes and its data may take before it passes untouched; 0: 5 s

	// Observe hears the verdict on every answer that might have been a page: [Inserted] or why not. err has the details when
	// something failed. Nil: nobody listens.
	Observe func(r *http.Request, verdict Reason, err error)

	// Placed hears of every page that was inserted into what was done to it, when nothing can fail any more. Nil: nobody listens.
	Placed func(r *http.Request, i Insertion)

	// Copy returns where the text of a page goes a second time that was inserted into, as it leaves but decoded. It may return nil.
	// Nil: nobody needs the text.
	Copy func(answer *http.Response) io.Writer

	// Warn hears, at once, all that in the policies of a page that was inserted into will stop the program, or a part of it. Pages
	// of errors (4xx and 5xx) warn of nothing: frameworks give them policies that say nothing about the site's. Nil: nobody
	// listens.
	Warn func(r *http.Request, warnings []Warning)

	fixing             sync.Once // of what follows
	constant           fixed
	windows            sync.Pool // of *[]byte
	splicers           sync.Pool // of *splice.Reader
	examiners          examiners
	decoders, encoders [codings]sync.Pool
}

// RoundTrip asks the site, and inserts if the answer is a page. Its errors are those of Base.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	out, held, verdict, fault := t.ask(r)
	answer, err := t.Base.RoundTrip(out)
	copied := err == nil && answer.StatusCode == http.StatusNotModified && len(held) > 0
	if copied && t.confirm(answer, held) {
		t.observe(r, Unmodified, nil)
		return answer, nil
	}
	if copied || err == nil && verdict == "" && partOfPage(out, answer) {
		answer.Body.Close()
		answer, err = t.Base.RoundTrip(unconditional(out))
	}
	switch {
	case err != nil:
		return answer, err
	case verdict == "":
		verdict, fault = t.edit(r, answer)
	case !isHTML(answer.Header):
		return answer, nil
	}
	t.observe(r, verdict, fault)
	return answer, nil
}

// ask returns r as it goes to the site, the browser's copies to which a 304 would refer, and why the answer is to be left alone
// if that is known already.
func (t *Transport) ask(r *http.Request) (out *http.Request, held []validator, veto Reason, fault error) {
	defer func() {
		if err := recovered(recover()); err != nil {
			out, held, veto, fault = r, nil, Fault, err
		}
	}()
	if veto := t.vetoRequest(r); veto != "" {
		return r, nil, veto, nil
	}
	out, held = t.outgoing(r)
	return out, held, "", nil
}

// confirm is [Transport.unmodified], and false if that fails.
func (t *Transport) confirm(answer *http.Response, held []validator) (same bool) {
	defer func() {
		if recover() != nil {
			same = false
		}
	}()
	return t.unmodified(answer, held)
}

// edit inserts into an answer if it can. Whatever the verdict, the answer can be passed on.
func (t *Transport) edit(r *http.Request, answer *http.Response) (verdict Reason, fault error) {
	defer func() {
		if err := recovered(recover()); err != nil {
			verdict, fault = Fault, err
		}
	}()
	if veto := vetoAnswer(answer); veto != "" {
		if veto == NoBody && r.Method == http.MethodHead {
			t.likeGet(r, answer)
		}
		return veto, nil
	}
	seen := *answer
	seen.Body, seen.Trailer = http.NoBody, nil
	came, _ := codingOf(answer.Header)
	leaves := t.leaves(came, acceptanceOf(r.Header["Accept-Encoding"]))
	w := &window{site: answer.Body, sent: t.buffer(), limit: t.window(), timed: t.Placed != nil}
	if w.timed {
		w.came = time.Now()
	}
	original := &untouched{window: w}
	answer.Body = original
	found := make(chan finding, 1)
	t.examiners.examine(t, examination{w, came, leaves, &seen, found})

	timer := time.NewTimer(t.timeout())
	defer timer.Stop()
	select {
	case f := <-found:
		if f.verdict == Inserted {
			return t.insert(r, answer, w, came, leaves, f)
		}
		if f.withheld() {
			t.altered(answer.Header, f.payload, holding)
		}
		original.recycle = t.recycle
		t.release(f.gzip)
		return f.verdict, f.err
	case <-timer.C:
		verdict = Timeout
	case <-r.Context().Done():
		verdict, fault = Broken, r.Context().Err()
	}
	w.leave()
	answer.Header = answer.Header.Clone() // Data may still be looking at the old one
	return verdict, fault
}

// observe reports a verdict. The answer is ready then: a panic of the listener must not cost it.
func (t *Transport) observe(r *http.Request, verdict Reason, fault error) {
	defer func() { _ = recover() }()
	if t.Observe != nil {
		t.Observe(r, verdict, fault)
	}
}

// placed reports an insertion in the same way.
func (t *Transport) placed(r *http.Request, w *window, f finding) {
	defer func() { _ = recover() }()
	if t.Placed != nil {
		t.Placed(r, Insertion{Payload: f.payload, Offset: f.offset, Behind: f.first[f.offset:], Took: time.Since(w.came) - w.waited})
	}
}

// warn reports warnings in the same way.
func (t *Transport) warn(r *http.Request, warnings []Warning) {
	defer func() { _ = recover() }()
	if t.Warn != nil && len(warnings) > 0 {
		t.Warn(r, warnings)
	}
}

// recovered makes an error of what recover returned, nil of nil.
func recovered(fault any) error {
	if fault == nil {
		return nil
	}
	return fmt.Errorf("panic: %v", fault)
}

func (t *Transport) window() int {
	if t.Window > 0 {
		return t.Window
	}
	return defaultWindow
}

func (t *Transport) timeout() time.Duration {
	if t.Timeout > 0 {
		return t.Timeout
	}
	return defaultTimeout
}

// buffer returns an empty buffer for a window.
func (t *Transport) buffer() []byte {
	if b, ok := t.windows.Get().(*[]byte); ok {
		return *b
	}
	return make([]byte, 0, t.window())
}

// recycle takes a buffer back that nobody will look at any more.
func (t *Transport) recycle(b []byte) {
	b = b[:0]
	t.windows.Put(&b)
}
