package splice

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// insertion is what most tests insert: text that the pages have, too.
const insertion = `<script async src="/.tawkproxy/1.js" data-tawkproxy='{"user":"the old shop sells tea 42"}'></script>`

const testLimit = 64 << 10

// insert inserts at an offset, or at the end of a text that is shorter, and returns the result as far as it can be read, and how that ended.
func insert(z *Reader, stream io.Reader, offset int, parts ...[]byte) ([]byte, error) {
	z.Reset(stream, testLimit)
	for {
		text, err := z.Decode()
		if err != nil && err != io.EOF {
			return nil, err
		}
		if err == io.EOF {
			offset = min(offset, len(text))
		}
		if len(text) >= offset {
			break
		}
	}
	if err := z.Insert(offset, parts...); err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// decode decodes as the standard library does, member by member, and like browsers takes no notice of padding.
func decode(stream []byte) ([]byte, error) {
	source := bytes.NewReader(stream)
	r, ok := decoders.Get().(*gzip.Reader)
	if !ok {
		r = new(gzip.Reader)
	}
	defer decoders.Put(r)
	if err := r.Reset(source); err != nil {
		return nil, err
	}
	var all bytes.Buffer
	for {
		r.Multistream(false)
		if _, err := all.ReadFrom(r); err != nil {
			return nil, err
		}
		if !bytes.HasPrefix(stream[len(stream)-source.Len():], []byte(magic)) {
			return all.Bytes(), nil
		}
		if err := r.Reset(source); err != nil {
			return nil, err
		}
	}
}

var decoders sync.Pool

// with returns a page with the insertion.
func with(page []byte, offset int) []byte {
	return slices.Concat(page[:offset], []byte(insertion), page[offset:])
}

// check fails the test unless a result is the page with the insertion.
func check(t testing.TB, result []byte, err error, page []byte, offset int) {
	t.Helper()
	if err != nil {
		t.Fatalf("insertion at %d: %v", offset, err)
	}
	if got, err := decode(result); err != nil || !bytes.Equal(got, with(page, offset)) {
		t.Fatalf("insertion at %d: %d bytes of text instead of %d, or others; %v", offset, len(got), len(page)+len(insertion), err)
	}
}

func compress(t testing.TB, level int, page []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, level)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(page)
	w.Close()
	return b.Bytes()
}

// samplePage returns a page of about the size with text that compresses like text.
func samplePage(size int) []byte {
	words := bytes.Fields([]byte("the old shop sells tea coffee cups and pots to people who live near or far away from its small " +
		"street where a cat sleeps on the warm stone step every day until evening comes with rain wind or snow"))
	var page bytes.Buffer
	page.WriteString("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>The old shop</title>\n" +
		"<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n<body>\n")
	seed := uint32(1)
	next := func(n int) int {
		seed = seed*1664525 + 1013904223
		return int(seed>>8) % n
	}
	for page.Len() < size-20 {
		fmt.Fprintf(&page, "<div class=\"item\" id=\"i%d\"><a href=\"/item/%d?from=%x\">", next(1e6), next(1e6), next(1e9))
		for range 6 + next(20) {
			page.Write(words[next(len(words))])
			page.WriteByte(' ')
		}
		page.WriteString("</a></div>\n")
	}
	page.WriteString("</body>\n</html>\n")
	return page.Bytes()
}

// TestEveryPoint inserts at the first 4,096 bytes of what each encoder makes, and has every result decoded by the standard library
// and by the gzip program. They take turns; what is usual has one more often.
func TestEveryPoint(t *testing.T) {
	const points = 4096
	page := samplePage(points + 1000)
	for i, e := range streams(t, page) {
		step := 64
		switch {
		case testing.Short():
			step = 131
		case e.usual:
			step = 3
		}
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			z := new(Reader)
			other := newGunzip(t)
			for offset := i % step; offset <= points; offset += step {
				result, err := insert(z, bytes.NewReader(e.stream), offset, []byte(insertion))
				check(t, result, err, page, offset)
				other.expect(result, with(page, offset))
			}
			other.finish()
		})
	}
}

// TestLongPages inserts at some points of pages that are longer than matches reach, and that come in pieces of every size.
func TestLongPages(t *testing.T) {
	page := samplePage(100 << 10)
	for _, e := range streams(t, page) {
		type try struct{ offset, size int }
		tries := []try{{157, 1460}, {33333, 1 << 20}}
		switch {
		case testing.Short():
			tries = tries[:1]
		case e.usual:
			tries = []try{{0, 1}, {157, 7}, {157, 1460}, {33333, 1460}, {65000, 1}, {65000, 1 << 20}}
		}
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			z := new(Reader)
			other := newGunzip(t)
			for _, try := range tries {
				result, err := insert(z, &pieces{stream: e.stream, size: try.size}, try.offset, []byte(insertion))
				check(t, result, err, page, try.offset)
				other.expect(result, with(page, try.offset))
			}
			other.finish()
		})
	}
}

// pieces gives a stream in pieces, and its end with the last of them.
type pieces struct {
	stream []byte
	size   int
}

func (p *pieces) Read(b []byte) (int, error) {
	n := copy(b[:min(len(b), p.size)], p.stream)
	if p.stream = p.stream[n:]; len(p.stream) == 0 {
		return n, io.EOF
	}
	return n, nil
}

// TestParts inserts several parts, none, and more than a stored block or a match can span.
func TestParts(t *testing.T) {
	page := samplePage(90 << 10)
	z := new(Reader)
	for level := -2; level <= 9; level++ {
		if testing.Short() && level%3 != 0 {
			continue
		}
		stream := compress(t, level, page)
		for _, parts := range [][][]byte{
			nil, {nil}, {[]byte("a"), nil, []byte("b")}, {samplePage(32 << 10)}, {samplePage(40 << 10), samplePage(100 << 10)},
		} {
			for _, offset := range []int{0, 1, 157, 3000} {
				result, err := insert(z, bytes.NewReader(stream), offset, parts...)
				if err != nil {
					t.Fatal(err)
				}
				want := slices.Concat(page[:offset], slices.Concat(parts...), page[offset:])
				if got, err := decode(result); err != nil || !bytes.Equal(got, want) {
					t.Errorf("level %d, %d parts at %d: %d bytes instead of %d, %v", level, len(parts), offset, len(got), len(want), err)
				}
			}
		}
	}
}

// TestFinish has the length of a result before it is read.
func TestFinish(t *testing.T) {
	page := samplePage(100 << 10)
	z := new(Reader)
	z.Reset(bytes.NewReader(compress(t, 6, page)), testLimit)
	if _, err := z.Decode(); err != nil {
		t.Fatal(err)
	}
	if err := z.Insert(100, []byte(insertion)); err != nil {
		t.Fatal(err)
	}
	length, err := z.Finish()
	if err != nil {
		t.Fatal(err)
	}
	result, err := io.ReadAll(z)
	check(t, result, err, page, 100)
	if len(result) != length {
		t.Errorf("%d bytes, not %d", len(result), length)
	}
}

// TestMisuse returns errors for calls that make no sense.
func TestMisuse(t *testing.T) {
	z := new(Reader)
	z.Reset(bytes.NewReader(compress(t, 6, samplePage(1000))), testLimit)
	if err := z.Insert(0); err != ErrOffset {
		t.Errorf("inserted before anything is known: %v", err)
	}
	if _, err := z.Read(make([]byte, 1)); err != ErrOffset {
		t.Errorf("read before insertion: %v", err)
	}
	z.Reset(bytes.NewReader(compress(t, 6, samplePage(1000))), testLimit)
	text, err := z.Decode()
	if err != nil {
		t.Fatal(err)
	}
	for _, offset := range []int{-1, len(text) + 1} {
		if err := z.Insert(offset); err != ErrOffset {
			t.Errorf("inserted at %d: %v", offset, err)
		}
	}
	if err := z.Insert(1); err != nil {
		t.Fatal(err)
	}
	if err := z.Insert(1); err != ErrOffset {
		t.Errorf("inserted twice: %v", err)
	}
}

// TestNothingShared holds that the length of a result does not depend on what insertion and page have in common (BREACH).
func TestNothingShared(t *testing.T) {
	guess := []byte(`<p>hash: 0123456789abcdef0123456789abcdef</p>`)
	page := slices.Concat(samplePage(2000), guess, samplePage(3000))
	z := new(Reader)
	for _, e := range streams(t, page) {
		for _, offset := range []int{100, 2000, 4000} {
			same, err := insert(z, bytes.NewReader(e.stream), offset, guess)
			if err != nil {
				t.Fatal(err)
			}
			other, err := insert(z, bytes.NewReader(e.stream), offset, bytes.Repeat([]byte{0x81}, len(guess)))
			if err != nil {
				t.Fatal(err)
			}
			if len(same) != len(other) {
				t.Errorf("%s, insertion at %d: %d bytes if the page has it, too, else %d", e.name, offset, len(same), len(other))
			}
		}
	}
}

// TestManyBlocks has matches for none of which the table has a code further back, nor for their bytes: each becomes a block.
func TestManyBlocks(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const half = 24500 // a little further back is another code
	page := make([]byte, 2*half)
	for i := range half {
		page[i] = byte(random.IntN(256))
	}
	for i := range half { // the same again, but for bytes that stand nowhere else
		page[half+i] = page[i] | 1
		if page[i] |= 1; i%8 == 0 {
			page[half+i] = 2
		}
	}
	var stream bytes.Buffer
	w, err := gzip.NewWriterLevel(&stream, 9)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(page[:half])
	w.Flush()
	w.Write(page[half:])
	w.Close()
	const limit = 32 << 10
	z := new(Reader)
	z.Reset(bytes.NewReader(stream.Bytes()), limit)
	for text := []byte(nil); len(text) < half-1; {
		if text, err = z.Decode(); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Insert(half-1, []byte(insertion)); err != nil {
		t.Fatal(err)
	}
	result, err := io.ReadAll(z)
	check(t, result, err, page, half-1)
	if grown := len(result) - stream.Len(); grown < 2*limit {
		t.Fatalf("only %d bytes more", grown)
	}
	if held := cap(z.out.bytes); held > 2*limit {
		t.Errorf("%d bytes of the result were held", held)
	}
}

// TestAllocations holds that a Reader that is used again allocates nothing for each piece of a page.
func TestAllocations(t *testing.T) {
	stream := compress(t, 6, samplePage(1<<20))
	z := new(Reader)
	buffer := make([]byte, 32<<10)
	n := testing.AllocsPerRun(5, func() {
		z.Reset(&pieces{stream: stream, size: 1000}, testLimit)
		if _, err := z.Decode(); err != nil {
			t.Fatal(err)
		}
		if err := z.Insert(100, []byte(insertion)); err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := z.Read(buffer); err == io.EOF {
				return
			} else if err != nil {
				t.Fatal(err)
			}
		}
	})
	if n > 10 {
		t.Errorf("%v allocations for a page in %d pieces", n, len(stream)/1000)
	}
}
