package splice

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"
)

// agree fails the test unless a result is as good as the stream from which it was made: the page with the insertion if that is
// valid, or else refused by the Reader or by a decoder. It reports which.
func agree(t testing.TB, z *Reader, stream []byte, offset int, chunk int) (valid bool) {
	t.Helper()
	page, refused := decode(stream)
	if refused == nil {
		offset = min(offset, len(page))
	}
	result, err := insert(z, &pieces{stream: stream, size: chunk}, offset, []byte(insertion))
	switch {
	case refused == nil:
		check(t, result, err, page, offset)
	case err == nil:
		if text, err := decode(result); err == nil {
			t.Fatalf("a stream that is refused, %v, became valid, with %d bytes of text", refused, len(text))
		}
	}
	return refused == nil
}

// smallStreams returns streams with each kind of block, for tests that look at each of their bits.
func smallStreams(t testing.TB) []encoded {
	page := []byte(strings.Repeat("<p>tea and cups</p>", 3) + "<p>a cup of tea</p>")
	long := samplePage(350)
	var flushed bytes.Buffer
	w, err := gzip.NewWriterLevel(&flushed, 6)
	if err != nil {
		t.Fatal(err)
	}
	w.Name, w.Comment, w.Extra = "page.html", "old", []byte("extra")
	w.Write(page[:30])
	w.Flush()
	w.Write(page[30:])
	w.Close()
	return []encoded{
		{name: "fixed", stream: compress(t, 6, page)},
		{name: "dynamic", stream: compress(t, 6, long)},
		{name: "literals", stream: compress(t, gzip.HuffmanOnly, long)},
		{name: "stored", stream: compress(t, 0, page)},
		{name: "flushed", stream: flushed.Bytes()},
		{name: "two members", stream: slices.Concat(compress(t, 6, page[:40]), compress(t, 6, page[40:]))},
	}
}

// TestFlippedBits flips each bit of a stream.
func TestFlippedBits(t *testing.T) {
	z := new(Reader)
	for _, e := range smallStreams(t) {
		t.Run(e.name, func(t *testing.T) {
			valid, refused := 0, 0
			for bit := range len(e.stream) * 8 {
				stream := bytes.Clone(e.stream)
				stream[bit/8] ^= 1 << (bit % 8)
				for _, offset := range []int{0, 37, 60} {
					if agree(t, z, stream, offset, 1<<20) {
						valid++
					} else {
						refused++
					}
				}
			}
			if refused == 0 || valid == 0 { // the time, for one, can be any
				t.Errorf("%d valid, %d refused", valid, refused)
			}
		})
	}
}

// TestCutStreams ends a stream behind each of its bytes: the result never ends as a whole one.
func TestCutStreams(t *testing.T) {
	z := new(Reader)
	for _, e := range smallStreams(t) {
		t.Run(e.name, func(t *testing.T) {
			for size := range e.stream {
				stream := e.stream[:size]
				if _, err := decode(stream); err == nil {
					continue // between two members
				}
				for _, offset := range []int{0, 5, 37, 60} {
					for _, chunk := range []int{1, 1 << 20} {
						if result, err := insert(z, &pieces{stream: stream, size: chunk}, offset, []byte(insertion)); err == nil {
							t.Errorf("%d bytes of %d ended well, as %d", size, len(e.stream), len(result))
						}
					}
				}
			}
		})
	}
}

// TestBrokenSource passes on how a source ends that breaks off.
func TestBrokenSource(t *testing.T) {
	stream := compress(t, 6, samplePage(5000))
	broken := fmt.Errorf("broken")
	for size := range stream {
		z := new(Reader)
		_, err := insert(z, io.MultiReader(bytes.NewReader(stream[:size]), failing{broken}), 100, []byte(insertion))
		if err != broken {
			t.Fatalf("after %d bytes: %v", size, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestRefused has what is not gzip, or is not as it must be.
func TestRefused(t *testing.T) {
	header := "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
	for _, c := range []struct {
		name, stream string
		want         error
	}{
		{"nothing", "", io.ErrUnexpectedEOF},
		{"half the magic", "\x1f", io.ErrUnexpectedEOF},
		{"plain", "<!doctype html>", ErrCorrupt},
		{"another method", "\x1f\x8b\x07\x00\x00\x00\x00\x00\x00\xff", ErrCorrupt},
		{"header cut", header[:9], io.ErrUnexpectedEOF},
		{"extra cut", "\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff\x05\x00abcd", io.ErrUnexpectedEOF},
		{"name cut", "\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xffname", io.ErrUnexpectedEOF},
		{"endless name", "\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff" + strings.Repeat("a", testLimit), ErrTooLong},
		{"endless empty blocks", header + strings.Repeat("\x00\x00\x00\xff\xff", testLimit/5), ErrTooLong},
		{"reserved block", header + "\x07", ErrCorrupt},
		{"stored, lengths that differ", header + "\x01\x01\x00\xff\xff", ErrCorrupt},
		{"match before the text", header + "\x03\x02\x00", ErrCorrupt},
		{"too many codes", header + "\xfd" + strings.Repeat("\xff", 16), ErrCorrupt},
		{"no codes", header + "\x05\x00\x00\x00\x00\x00\x00", ErrCorrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, size := range []int{1, 1 << 20} {
				if _, err := insert(new(Reader), &pieces{stream: []byte(c.stream), size: size}, 1); err != c.want {
					t.Errorf("%v, want %v", err, c.want)
				}
			}
			if _, err := decode([]byte(c.stream)); err == nil {
				t.Error("the standard library can decode it")
			}
		})
	}
}

// completed returns blocks as a member, with the trailer that they need if they can be decoded.
func completed(blocks []byte) []byte {
	var text bytes.Buffer
	rest := bytes.NewReader(blocks)
	text.ReadFrom(flate.NewReader(rest))
	stream := append([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), blocks[:len(blocks)-rest.Len()]...)
	stream = binary.LittleEndian.AppendUint32(stream, crc32.ChecksumIEEE(text.Bytes()))
	return binary.LittleEndian.AppendUint32(stream, uint32(text.Len()))
}
