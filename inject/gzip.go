package inject

import (
	"bytes"
	"io"

	"tawkproxy/inject/splice"
)

// A page that comes and leaves in gzip is not decoded and encoded again: package splice puts the element into it as it is.

// splicer begins to decode an answer for which that holds.
func (t *Transport) splicer(w *window) *splice.Reader {
	z, ok := t.splicers.Get().(*splice.Reader)
	if !ok {
		z = new(splice.Reader)
	}
	z.Reset(w, w.limit)
	return z
}

// release takes a splicer back, if there is one, whose text nobody will look at any more.
func (t *Transport) release(z *splice.Reader) {
	if z != nil {
		t.splicers.Put(z)
	}
}

// changeGzip is [Transport.change] for pages in gzip. Damage behind the place is noticed there if all of the page is at hand.
func (t *Transport) changeGzip(w *window, known int64, f finding, element [2][]byte, copied io.Writer) (result, error) {
	if err := f.gzip.Insert(f.offset, element[:]...); err != nil {
		return result{}, err
	}
	c := result{page: f.gzip, length: -1}
	if known >= 0 && w.err == io.EOF {
		length, err := f.gzip.Finish()
		if err != nil {
			return result{}, err
		}
		c.length = int64(length)
	}
	var again *decoder
	if copied != nil {
		d := new(decoded)
		var err error
		if again, err = t.decode(gzipCoding, io.TeeReader(f.gzip, &d.page)); err != nil {
			return result{}, err
		}
		d.text = io.TeeReader(again, copied)
		c.page = d
	}
	c.spent = func() {
		t.recycle(w.sent)
		t.release(f.gzip)
		if again != nil {
			t.decoders[gzipCoding].Put(again)
		}
	}
	return c, nil
}

// A decoded page is one that is decoded only because somebody else needs its text.
type decoded struct {
	text io.Reader
	page bytes.Buffer // what was decoded for the text that was read
	end  error
	in   [4 << 10]byte
}

func (d *decoded) Read(p []byte) (int, error) {
	for d.page.Len() == 0 {
		if d.end != nil {
			return 0, d.end
		}
		_, d.end = d.text.Read(d.in[:])
	}
	return d.page.Read(p)
}
