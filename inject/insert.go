package inject

import (
	"io"
	"net"
	"net/http"
)

// insert puts the element into an answer whose place is found. The answer changes only when nothing can fail any more.
func (t *Transport) insert(r *http.Request, answer *http.Response, w *window, came coding, f finding) (Reason, error) {
	header := answer.Header.Clone()
	leaves := t.leaves(came, acceptanceOf(r.Header["Accept-Encoding"]))
	t.encoded(header, came, leaves)
	t.altered(header, f.payload)
	fixed := t.fixed()
	ruling := fixed.policy.allow(header)
	if ruling.verdict != "" {
		return ruling.verdict, nil
	}
	warnings := ruling.warnings
	for _, meta := range metaPolicies(f.first, f.offset) {
		warnings = append(warnings, fixed.policy.warn(meta)...)
	}
	opening, err := t.Script.opening(f.payload.Data, ruling.nonce, trusts(warnings))
	if err != nil {
		return Fault, err
	}

	var page io.Reader = &splice{
		held: net.Buffers{f.first[:f.offset], opening, fixed.closing, f.first[f.offset:]},
		rest: f.rest,
		end:  f.end,
	}
	if t.Copy != nil {
		if copied := t.Copy(answer); copied != nil {
			page = io.TeeReader(page, copied)
		}
	}
	out := &inserted{page: page, site: w.site, answer: answer}
	var packed *encoder
	if leaves != identity {
		if packed, err = t.encode(leaves, page); err != nil {
			return Fault, err
		}
		out.page = packed
	}
	added, length := int64(len(opening)+len(fixed.closing)), int64(-1)
	switch known, whole := answer.ContentLength >= 0, f.end == io.EOF; {
	case known && leaves == identity && came == identity:
		length = answer.ContentLength + added
	case known && leaves == identity && whole:
		length = int64(len(f.first)) + added
	case known && whole:
		if length, err = packed.finish(); err != nil {
			return Fault, err
		}
	}
	out.spent = func() {
		t.recycle(f.first)
		if decoder, ok := f.rest.(*decoder); ok {
			t.decoders[came].Put(decoder)
			t.recycle(w.sent)
		}
		if packed != nil {
			t.encoders[leaves].Put(packed)
		}
	}

	w.settled = true
	answer.Header, answer.Body = header, out
	remove(answer.Trailer, ofOtherBytes)
	setLength(answer, length)
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
		t.altered(answer.Header, f.payload)
		return
	case f.verdict != Inserted:
		return
	}
	header := answer.Header.Clone()
	came, _ := codingOf(header)
	t.encoded(header, came, t.leaves(came, acceptanceOf(r.Header["Accept-Encoding"])))
	t.altered(header, f.payload)
	if t.fixed().policy.allow(header).verdict != "" {
		return
	}
	answer.Header = header
	setLength(answer, -1)
}
