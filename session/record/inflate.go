package record

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// Inflate opens a zlib stream (RFC 1950).
func Inflate(data []byte) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, errors.New("not a zlib stream")
	}
	return inflated(r)
}

// Unpacked opens what is compressed, by its looks: zlib, gzip (RFC 1952) or Zstandard (RFC 8878). Anything else is left as it is.
func Unpacked(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\x78")):
		return Inflate(data)
	case bytes.HasPrefix(data, []byte("\x1f\x8b")):
		r, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, errors.New("not a gzip stream")
		}
		return inflated(r)
	case bytes.HasPrefix(data, []byte("\x28\xb5\x2f\xfd")):
		r, err := zstd.NewReader(bytes.NewReader(data), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20))
		if err != nil {
			return nil, errors.New("not a Zstandard stream")
		}
		defer r.Close()
		return inflated(r)
	}
	return data, nil
}

// inflated reads what was compressed. A few bytes can stand for gigabytes, so it is bounded as a record is.
func inflated(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxRecord+1))
	switch {
	case err != nil:
		return nil, errors.New("a damaged stream")
	case len(data) > MaxRecord:
		return nil, fmt.Errorf("a stream of more than %d bytes", MaxRecord)
	}
	return data, nil
}
