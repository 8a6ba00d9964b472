package inject

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// maxZstdWindow is what browsers grant (RFC 9659); larger windows would be a site's claim on our memory.
const maxZstdWindow = 8 << 20

const gzipMagic = "\x1f\x8b"

// brotliPadding is the error of a brotli.Reader that has everything and more.
const brotliPadding = "brotli: excessive input"

// errNotEncoded means that an answer is not in the coding that its header names.
var errNotEncoded = errors.New("not in the content coding of its header")

// A decoder undoes a content coding. It ends with io.EOF only if the encoded bytes were complete and the site ended them.
type decoder struct {
	coding coding
	in     *bufio.Reader // the site's bytes; a flate.Reader, so that nothing is read ahead of the end
	out    io.Reader     // of the library

	// Kept between uses.
	gzip *gzip.Reader
	zlib io.Reader
	raw  io.Reader
	br   *brotli.Reader
	zstd *zstd.Decoder
}

// decode prepares to read an answer in a coding. It waits for the first bytes.
func (t *Transport) decode(c coding, site io.Reader) (*decoder, error) {
	d, ok := t.decoders[c].Get().(*decoder)
	if !ok {
		d = &decoder{coding: c, in: bufio.NewReader(nil)}
	}
	d.in.Reset(site)
	if err := d.open(); err != nil {
		return nil, fmt.Errorf("%v: %w", c, err)
	}
	return d, nil
}

// open begins a stream at d.in.
func (d *decoder) open() (err error) {
	switch d.coding {
	case gzipCoding:
		err = d.openGzip()
	case deflateCoding:
		err = d.openDeflate()
	case brotliCoding:
		if d.br == nil {
			d.br = new(brotli.Reader)
		}
		d.out = d.br
		err = d.br.Reset(d.in)
	case zstdCoding:
		if d.zstd == nil {
			d.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
				zstd.WithDecoderMaxWindow(maxZstdWindow))
			if err != nil {
				return err
			}
		}
		d.out = d.zstd
		err = d.zstd.Reset(d.in)
	}
	return err
}

// openGzip begins a member of a gzip file (RFC 1952 section 2.2).
func (d *decoder) openGzip() (err error) {
	switch magic, err := d.magic(); {
	case err != nil:
		return err
	case magic != gzipMagic:
		return errNotEncoded
	}
	if d.gzip == nil {
		d.gzip, err = gzip.NewReader(d.in)
	} else {
		err = d.gzip.Reset(d.in)
	}
	switch err {
	case nil:
		d.gzip.Multistream(false)
		d.out = d.gzip
	case io.EOF:
		err = io.ErrUnexpectedEOF
	}
	return err
}

// magic returns the two bytes by which formats are told, without taking them.
func (d *decoder) magic() (string, error) {
	magic, err := d.in.Peek(2)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return string(magic), err
}

// openDeflate tells "deflate" as the standard means it, which is zlib (RFC 1950), from the bare format (RFC 1951) that some
// servers send under that name.
func (d *decoder) openDeflate() (err error) {
	header, err := d.magic()
	if err != nil {
		return err
	}
	if header[0]&0x0f != 8 || (uint(header[0])<<8|uint(header[1]))%31 != 0 {
		if d.raw == nil {
			d.raw = flate.NewReader(d.in)
		} else {
			err = d.raw.(flate.Resetter).Reset(d.in, nil)
		}
		d.out = d.raw
		return err
	}
	if d.zlib == nil {
		d.zlib, err = zlib.NewReader(d.in)
	} else {
		err = d.zlib.(zlib.Resetter).Reset(d.in, nil)
	}
	d.out = d.zlib
	return err
}

func (d *decoder) Read(p []byte) (int, error) {
	for {
		n, err := d.out.Read(p)
		if err != nil && err.Error() == brotliPadding {
			err = io.EOF
		}
		switch {
		case n > 0 && err == io.EOF:
			return n, nil // the end may have to be waited for: these bytes need not
		case n > 0 || err == nil:
			return n, err
		case err != io.EOF:
			return 0, fmt.Errorf("%v: %w", d.coding, err)
		}
		if err := d.more(); err != nil {
			return 0, err
		}
	}
}

// more is called at the end of the encoded bytes: it goes on to the next member of a gzip file, or reads on to the site's own
// end, which trailers and the reuse of the connection depend on. Browsers, too, take no notice of padding there.
func (d *decoder) more() error {
	if d.coding == gzipCoding {
		if magic, _ := d.magic(); magic == gzipMagic {
			return d.openGzip()
		}
	}
	if _, err := io.Copy(io.Discard, d.in); err != nil {
		return err
	}
	return io.EOF
}
