package proxy

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// An upload is the body of a browser's request. It marks the browser's errors, so that they are not taken for the site's.
//
// In full duplex Go's server forgets that a body could not be read: what comes behind would be the next request, of an
// attacker's choice if a proxy in front has read the same bytes in another way.
type upload struct {
	body      io.ReadCloser
	whenEnded func() // called when the trailers have come, before the reader can know

	ended   atomic.Bool // it has been read to its end
	closing bool        // the connection ends with the answer

	mu     sync.Mutex // Close must not overtake a Read that is about to fail
	broken bool       // where the body ends is not known
}

// lingering is how long the rest of an upload is waited for that was answered before it was over. nginx waits as long.
const lingering = 5 * time.Second

type uploadError struct{ error }

func (e uploadError) Unwrap() error { return e.error }

func (u *upload) Read(p []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	n, err := u.body.Read(p)
	switch err {
	case nil:
	case io.EOF:
		if u.whenEnded != nil && !u.ended.Load() {
			u.whenEnded()
		}
		u.ended.Store(true)
	default:
		u.broken = true
		err = uploadError{err}
	}
	return n, err
}

// Close takes in what nobody wanted, within the server's bounds.
func (u *upload) Close() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	err := u.body.Close()
	u.broken = u.broken || err != nil
	return err
}

// finish ends the exchange of an upload whose answer is out but for its end. Nothing of the body may be taken for a request.
func (u *upload) finish(w http.ResponseWriter, control *http.ResponseController) {
	control.SetReadDeadline(time.Now().Add(lingering))
	if u.closing {
		return // Go's server ends the answer first, and then takes in the rest
	}
	// In full duplex Go's server reads what is left of an upload when it already awaits the next request, and panics.
	control.Flush()
	u.Close()
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.broken {
		hangUp(w)
		return
	}
	control.SetReadDeadline(time.Time{})
}

// answered is called before the head of an answer goes out.
func (u *upload) answered(w http.ResponseWriter, answer *http.Response) {
	// A browser that has given up its upload waits for the end of such an answer, which Go's server sends only when it is
	// rid of the upload.
	if answer.ContentLength < 0 && !u.ended.Load() && answer.StatusCode != http.StatusSwitchingProtocols {
		u.closing = true
		hangUp(w)
	}
}

// hangUp lets Go's server close the connection behind the answer, gently, so that the browser can read it. If the head of the
// answer is not out yet, it says so. Over HTTP/2 it does nothing; there a body ends with its stream.
func hangUp(w http.ResponseWriter) {
	for {
		wrapper, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			break
		}
		w = wrapper.Unwrap()
	}
	// The one documented way to close a connection whose answer has begun: a body beyond its limit.
	io.Copy(io.Discard, http.MaxBytesReader(w, io.NopCloser(strings.NewReader("x")), 0))
}
