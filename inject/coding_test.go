package inject

import (
	"bytes"
	"io"
	"testing"
)

// encodedAs encodes a page as a site would.
func encodedAs(t testing.TB, c coding, page []byte) []byte {
	t.Helper()
	if c == identity {
		return page
	}
	var out bytes.Buffer
	w, err := newCompressor(c)
	if err != nil {
		t.Fatal(err)
	}
	w.Reset(&out)
	if _, err := w.Write(page); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// decoded undoes a coding as a browser would.
func decodedFrom(t testing.TB, c coding, encoded []byte) []byte {
	t.Helper()
	if c == identity {
		return encoded
	}
	d, err := new(Transport).decode(c, bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(d)
	if err != nil {
		t.Fatal(err)
	}
	return page
}
