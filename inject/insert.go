package inject

import (
	"io"
	"net/http"
	"time"
)

// An Insertion is what was done to one page.
type Insertion struct {
	Payload Payload
	Offset  int           // of the element in the page, decoded, in bytes
	Behind  []byte        // how the page goes on there, as far as it has come; it must not be kept
	Took    time.Duration // from the site's header to ours, less what the site's body and Data took
}

// insert puts the element into an answer whose place is found. The answer changes only when nothing can fail any more.
func (t *Transport) insert(r *http.Request, answer *http.Response, w *window, came, leaves coding, f finding) (Reason, error) {
	header := answer.Header.Clone()
	t.encoded(header, came, leaves)
	fixed, metas := t.fixed(), metaPolicies(f.first, f.offset)
	ruling := fixed.policy.allow(header, t.external(answer.Request).on(metas, f.first[:f.offset]))
	if ruling.verdict != "" {
		return ruling.verdict, nil
	}
	t.altered(header, f.payload, ruling.form)
	warnings := ruling.warnings
	for _, meta := range metas {
		warnings = append(warnings, fixed.policy.warn(meta)...)
	}
	closing := fixed.closing[ruling.form]
	opening, err := t.Script.opening(ruling.form, f.payload.Data, ruling.nonce, trusts(warnings))
	if err != nil {
		return Fault, err
	}

	var copied io.Writer
	if t.Copy != nil {
		copied = t.Copy(answer)
	}
	element := [2][]byte{opening, closing}
	var c result
	if f.gzip != nil {
		if c, err = t.changeGzip(w, answer.ContentLength, f, element, copied); err != nil {
			f := undecided(w, err)
			return f.verdict, f.err
		}
	} else if c, err = t.change(w, came, leaves, answer.ContentLength, f, element, copied); err != nil {
		return Fault, err
	}

	w.settled = true
	t.placed(r, w, f)
	answer.Header, answer.Body = header, &inserted{page: c.page, site: w.site, answer: answer, spent: c.spent}
	remove(answer.Trailer, ofOtherBytes)
	setLength(answer, c.length)
	if answer.StatusCode < http.StatusBadRequest {
		t.warn(r, warnings)
	}
	return Inserted, nil
}

// likeGet makes the header of an answer to HEAD agree with that of GET, as far as it can be known without the page: it is taken
// for one that can be inserted into.
func (t *Transport) likeGet(r *http.Request, answer *http.Response) {
	f := t.say(answer)
	switch {
	case f.withheld():
		t.altered(answer.Header, f.payload, holding)
		return
	case f.verdict != Inserted:
		return
	}
	header := answer.Header.Clone()
	came, _ := codingOf(header)
	t.encoded(header, came, t.leaves(came, acceptanceOf(r.Header["Accept-Encoding"])))
	ruling := t.fixed().policy.allow(header, t.external(answer.Request))
	if ruling.verdict != "" {
		return
	}
	t.altered(header, f.payload, ruling.form)
	answer.Header = header
	setLength(answer, -1)
}
