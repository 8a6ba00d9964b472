package inject

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"tawkproxy/inject/splice"
)

// A finding is what an answer led to. Everything but verdict, err, payload and gzip is set with Inserted only.
type finding struct {
	verdict Reason
	err     error

	first   []byte    // the first bytes, decoded
	offset  int       // where in them the element goes
	rest    io.Reader // what follows them, decoded; nil if that is not needed
	end     error     // io.EOF if nothing does
	payload Payload

	gzip *splice.Reader // has decoded the first bytes, and is to change the page; nil: it will be encoded again, or is not encoded
}

// withheld reports that a page without the element belongs to one reader, too: to others it says something.
func (f finding) withheld() bool { return f.verdict == NothingToSay && f.payload.Private }

// examine reads the first bytes of an answer until the place is decided, and asks for the data. It runs in a goroutine that may
// outlive the wait for it: it knows the answer only as seen, a copy.
func (t *Transport) examine(w *window, came, leaves coding, seen *http.Response) (f finding) {
	defer func() {
		if err := recovered(recover()); err != nil {
			f = finding{verdict: Fault, err: err}
		}
	}()
	text, err := t.supply(w, came, leaves)
	if err != nil {
		return undecided(w, err)
	}
	f = locate(w, text.more, page{
		contentType: strings.Join(seen.Header["Content-Type"], ","),
		marker:      t.Script.Name,
		insertion:   prescanBytes, // any length: the data are not known yet
		navigation:  isNavigation(seen.Request.Header),
	})
	if f.verdict == Inserted && text.gzip == nil {
		f = atHand(w, text.more, f)
	}
	f.gzip = text.gzip
	if f.verdict != Inserted {
		return f
	}
	f.rest = text.rest
	began := w.begin()
	told := t.tell(seen)
	w.wait(began)
	f.verdict, f.payload = told.verdict, told.payload
	return f
}

// tell asks for the data of a page. With the verdict Inserted they may stand in it.
func (t *Transport) tell(seen *http.Response) finding {
	payload := t.Data(seen, shared(seen))
	switch {
	case payload.Data == nil:
		return finding{verdict: NothingToSay, payload: payload}
	case payload.Private && readableElsewhere(seen.Request, seen.Header):
		return finding{verdict: CrossOrigin}
	}
	return finding{verdict: Inserted, payload: payload}
}

// say asks for the data of a page whose answer has no body.
func (t *Transport) say(answer *http.Response) finding {
	seen := *answer
	seen.Body, seen.Header = http.NoBody, answer.Header.Clone()
	told := make(chan finding, 1)
	go func() {
		defer func() {
			if err := recovered(recover()); err != nil {
				told <- finding{verdict: Fault, err: err}
			}
		}()
		told <- t.tell(&seen)
	}()
	timer := time.NewTimer(t.timeout())
	defer timer.Stop()
	select {
	case f := <-told:
		return f
	case <-timer.C:
		return finding{verdict: Timeout}
	}
}

// A supply is the text of an answer, decoded.
type supply struct {
	more func() ([]byte, error) // waits for some more of the first bytes, and returns all so far
	rest io.Reader              // what follows them
	gzip *splice.Reader         // has decoded them, instead of rest
}

func (t *Transport) supply(w *window, came, leaves coding) (supply, error) {
	switch {
	case came == identity:
		return supply{more: func() ([]byte, error) {
			err := w.fill()
			return w.sent, err
		}, rest: w.site}, nil
	case came == gzipCoding && leaves == gzipCoding:
		z := t.splicer(w)
		return supply{more: z.Decode, gzip: z}, nil
	}
	decoder, err := t.decode(came, w)
	if err != nil {
		return supply{}, err
	}
	first := t.buffer()
	return supply{more: func() ([]byte, error) {
		n, err := decoder.Read(first[len(first):w.limit])
		first = first[:len(first)+n]
		return first, err
	}, rest: decoder}, nil
}

// locate reads until the place is decided.
func locate(w *window, more func() ([]byte, error), p page) finding {
	size := 0
	for idle := 0; idle < patience; idle++ {
		first, err := more()
		follows := open
		switch {
		case err == io.EOF && len(first) == 0:
			return finding{verdict: NoBody}
		case err == io.EOF:
			follows = whole
		case err != nil:
			return undecided(w, err)
		case len(first) == w.limit:
			follows = full
		case len(first) == size:
			continue
		}
		switch spot := place(first, follows, p); {
		case spot.more && follows == open:
			size, idle = len(first), 0
		case spot.verdict != Inserted:
			return finding{verdict: spot.verdict}
		default:
			return finding{verdict: Inserted, first: first, offset: spot.offset, end: err}
		}
	}
	return finding{verdict: Broken, err: io.ErrNoProgress}
}

// atHand adds what can be decoded without waiting because the site has sent it all: then the page's length may be known.
func atHand(w *window, more func() ([]byte, error), f finding) finding {
	for f.end == nil && w.err == io.EOF && len(f.first) < w.limit {
		f.first, f.end = more()
	}
	if f.end != nil && f.end != io.EOF {
		return undecided(w, f.end)
	}
	return f
}

// undecided says why an answer's first bytes could not be had.
func undecided(w *window, err error) finding {
	switch {
	case w.err != nil && w.err != io.EOF:
		return finding{verdict: Broken, err: w.err}
	case err == errFull, err == splice.ErrTooLong:
		return finding{verdict: WindowFull}
	case len(w.sent) == 0:
		return finding{verdict: NoBody}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return finding{verdict: Broken, err: err}
	}
	return finding{verdict: Encoding, err: err}
}
