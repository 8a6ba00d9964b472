package inject

import (
	"bytes"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// Levels of compression: the fast ends of the scales (see BenchmarkCompress).
const (
	gzipLevel   = 1
	brotliLevel = 1
	zstdLevel   = zstd.SpeedFastest
	zstdWindow  = 256 << 10
)

// A compressor is what the libraries' writers have in common.
type compressor interface {
	io.WriteCloser
	Flush() error
	Reset(io.Writer)
}

// An encoder reads a page and encodes it, never holding back what has come: whenever the page's reader gives less than was asked
// for, there was no more at hand, and everything so far is passed on.
type encoder struct {
	page io.Reader
	err  error // how the page ended, if it has

	compressor compressor
	out        bytes.Buffer
	in         [32 << 10]byte
}

// encode prepares to encode a page.
func (t *Transport) encode(c coding, page io.Reader) (*encoder, error) {
	e, ok := t.encoders[c].Get().(*encoder)
	if !ok {
		compressor, err := newCompressor(c)
		if err != nil {
			return nil, err
		}
		e = &encoder{compressor: compressor}
	}
	e.page, e.err = page, nil
	e.out.Reset()
	e.compressor.Reset(&e.out)
	return e, nil
}

func newCompressor(c coding) (compressor, error) {
	switch c {
	case gzipCoding:
		return gzip.NewWriterLevel(nil, gzipLevel)
	case brotliCoding:
		return brotli.NewWriterLevel(nil, brotliLevel), nil
	case zstdCoding:
		return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstdLevel), zstd.WithEncoderConcurrency(1),
			zstd.WithWindowSize(zstdWindow), zstd.WithLowerEncoderMem(true))
	default:
		return zlib.NewWriterLevel(nil, gzipLevel)
	}
}

func (e *encoder) Read(p []byte) (int, error) {
	for e.out.Len() == 0 && e.err == nil {
		e.step()
	}
	if e.out.Len() == 0 {
		return 0, e.err
	}
	return e.out.Read(p)
}

// step encodes as much as the page's reader gives at once.
func (e *encoder) step() {
	n, err := e.page.Read(e.in[:])
	if n > 0 {
		if _, failed := e.compressor.Write(e.in[:n]); failed != nil && err == nil {
			err = failed
		}
	}
	switch {
	case err == io.EOF:
		if failed := e.compressor.Close(); failed != nil {
			err = failed
		}
	case n < len(e.in):
		if failed := e.compressor.Flush(); failed != nil && err == nil {
			err = failed
		}
	}
	e.err = err
}

// finish encodes a page that is here completely, and returns its length.
func (e *encoder) finish() (int64, error) {
	for e.err == nil {
		e.step()
	}
	if e.err != io.EOF {
		return 0, e.err
	}
	return int64(e.out.Len()), nil
}
