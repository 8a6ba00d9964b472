package session

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
)

// inflate opens a zlib stream (RFC 1950). A few bytes can stand for gigabytes, so what it holds is bounded as a record is.
func inflate(data []byte) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, errors.New("not a zlib stream")
	}
	inflated, err := io.ReadAll(io.LimitReader(r, maxRecord+1))
	switch {
	case err != nil:
		return nil, errors.New("a damaged zlib stream")
	case len(inflated) > maxRecord:
		return nil, fmt.Errorf("a zlib stream of more than %d bytes", maxRecord)
	}
	return inflated, nil
}
