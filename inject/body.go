package inject

import (
	"fmt"
	"io"
	"net"
	"net/http"
)

// A joined page has the element in it: its first bytes as they go out, then the rest as it comes.
type joined struct {
	held net.Buffers
	gone func() // called when they have gone out; nil: nobody needs to know
	rest io.Reader
	end  error // how the page ended, if it has
}

func (j *joined) Read(p []byte) (int, error) {
	switch {
	case len(j.held) > 0:
		n, _ := j.held.Read(p)
		if len(j.held) == 0 {
			if j.gone != nil {
				j.gone()
			}
			return n, j.end
		}
		return n, nil
	case j.end != nil:
		return 0, j.end
	}
	n, err := j.rest.Read(p)
	j.end = err
	return n, err
}

// A result is a changed page as it leaves.
type result struct {
	page   io.Reader // in the coding in which it leaves
	length int64     // of that in bytes; -1 if it is not known
	spent  func()    // gives back what the page is made with
}

// change puts the element, in two parts, into a page whose place is found. Nobody else looks at the text, unless copied is set.
func (t *Transport) change(w *window, came, leaves coding, known int64, f finding, element [2][]byte, copied io.Writer) (result, error) {
	first := &joined{
		held: net.Buffers{f.first[:f.offset], element[0], element[1], f.first[f.offset:]},
		rest: f.rest,
		end:  f.end,
	}
	var page io.Reader = first
	if copied != nil {
		page = io.TeeReader(page, copied)
	}
	c := result{page: page, length: -1}
	var packed *encoder
	if leaves == identity {
		first.gone = func() { t.recycle(f.first) } // read only when there is no way back any more
	} else {
		var err error
		if packed, err = t.encode(leaves, page); err != nil {
			return result{}, err
		}
		c.page = packed
	}
	added := int64(len(element[0]) + len(element[1]))
	switch whole := f.end == io.EOF; {
	case known < 0:
	case leaves == identity && came == identity:
		c.length = known + added
	case leaves == identity && whole:
		c.length = int64(len(f.first)) + added
	case whole:
		length, err := packed.finish()
		if err != nil {
			return result{}, err
		}
		c.length = length
	}
	c.spent = func() {
		if leaves != identity {
			t.recycle(f.first)
		}
		if decoder, ok := f.rest.(*decoder); ok {
			t.decoders[came].Put(decoder)
			t.recycle(w.sent)
		}
		if packed != nil {
			t.encoders[leaves].Put(packed)
		}
	}
	return c, nil
}

// An inserted is the body of an answer that was inserted into.
type inserted struct {
	page   io.Reader // in the coding in which it leaves
	site   io.Closer
	answer *http.Response
	end    error  // how it ended, if it has
	spent  func() // gives back what the page was made with: only after a clean end is nobody else at it
}

// Read turns a panic into an error. The header promised another page than the site's, so there is no way back: the reverse proxy
// aborts the transfer, and the browser knows that it did not get all of it.
func (b *inserted) Read(p []byte) (n int, err error) {
	defer func() {
		if fault := recovered(recover()); fault != nil {
			b.end = fmt.Errorf("inserted page: %w", fault)
			n, err = 0, b.end
		}
	}()
	if b.end != nil {
		return 0, b.end
	}
	n, b.end = b.page.Read(p)
	if b.end == io.EOF {
		remove(b.answer.Trailer, ofOtherBytes)
		b.spent()
	}
	return n, b.end
}

func (b *inserted) Close() error { return b.site.Close() }
