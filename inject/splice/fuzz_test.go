package splice

import (
	"bytes"
	"compress/gzip"
	"testing"
)

// FuzzPage inserts anywhere into any page, compressed at any level and flushed anywhere, that comes in pieces of any size.
func FuzzPage(f *testing.F) {
	page := samplePage(5000)
	f.Add(page, []byte(insertion), 6, 100, 5000, 1000)
	f.Add(page, page, -2, 4000, 30, 1)
	f.Add([]byte("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), []byte("a"), 9, 3, 100, 7)
	f.Add(bytes.Repeat(page, 9), page[:300], 1, 300, 40000, 9999)
	z := new(Reader)
	f.Fuzz(func(t *testing.T, page, added []byte, level, offset, flush, chunk int) {
		var stream bytes.Buffer
		w, err := gzip.NewWriterLevel(&stream, min(max(level, -2), 9))
		if err != nil {
			t.Fatal(err)
		}
		flush = max(flush, 1)
		for rest := page; len(rest) > 0; {
			n := min(flush, len(rest))
			w.Write(rest[:n])
			w.Flush()
			rest = rest[n:]
		}
		w.Close()
		offset = min(max(offset, 0), len(page), testLimit)
		result, err := insert(z, &pieces{stream: stream.Bytes(), size: max(chunk, 1)}, offset, added)
		if err == ErrTooLong && stream.Len() > testLimit/2 {
			return // blocks of next to nothing
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := decode(result)
		if err != nil || !bytes.Equal(got, append(append(bytes.Clone(page[:offset]), added...), page[offset:]...)) {
			t.Errorf("another text, %v", err)
		}
	})
}

// FuzzStream inserts into anything: what a decoder refuses never becomes valid, and what it takes has the insertion.
func FuzzStream(f *testing.F) {
	for _, e := range smallStreams(f) {
		f.Add(e.stream, 10, 1000)
	}
	f.Add(compress(f, 6, samplePage(40<<10)), 300, 1000)
	z := new(Reader)
	f.Fuzz(func(t *testing.T, stream []byte, offset, chunk int) {
		if len(stream) > testLimit/2 {
			return
		}
		agree(t, z, stream, min(max(offset, 0), testLimit), max(chunk, 1))
	})
}

// FuzzBlocks is FuzzStream for what stands between header and trailer, with a trailer that is right as often as can be.
func FuzzBlocks(f *testing.F) {
	for _, e := range smallStreams(f) {
		f.Add(e.stream[10:len(e.stream)-trailer], 10, 1000)
	}
	z := new(Reader)
	f.Fuzz(func(t *testing.T, blocks []byte, offset, chunk int) {
		if len(blocks) > testLimit/2 {
			return
		}
		agree(t, z, completed(blocks), min(max(offset, 0), testLimit), max(chunk, 1))
	})
}
