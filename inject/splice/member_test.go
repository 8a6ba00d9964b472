package splice

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

// TestMembers inserts into streams of several members, with all that can stand in their headers and behind them.
func TestMembers(t *testing.T) {
	page := samplePage(3000)
	member := func(page []byte, header gzip.Header) string {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		w.Header = header
		w.Write(page)
		w.Close()
		return out.String()
	}
	plain := func(page []byte) string { return member(page, gzip.Header{}) }
	withCRC := func(page []byte) string { // no encoder writes one
		stream := plain(page)
		return stream[:3] + "\x02" + stream[4:10] + headerCRC(stream[:3]+"\x02"+stream[4:10]) + stream[10:]
	}
	full := gzip.Header{Name: "page.html", Comment: "old", Extra: []byte("extra\x00")}
	for _, c := range []struct{ name, stream, behind string }{
		{name: "one", stream: plain(page)},
		{name: "name, comment, extra", stream: member(page, full)},
		{name: "checksum of the header", stream: withCRC(page)},
		{name: "two", stream: plain(page[:1000]) + plain(page[1000:])},
		{name: "three with headers", stream: member(page[:1], full) + member(page[1:1500], full) + member(page[1500:], full)},
		{name: "empty ones", stream: plain(nil) + plain(nil) + plain(page) + plain(nil)},
		{name: "zeros behind", stream: plain(page), behind: strings.Repeat("\x00", 700)},
		{name: "garbage behind", stream: plain(page), behind: "garbage"},
		{name: "half a magic behind", stream: plain(page), behind: magic[:1]},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := new(Reader)
			for offset := 0; offset <= len(page); offset += 1 + offset%97 {
				for _, size := range []int{1, 100, 1 << 20} {
					stream := &pieces{stream: []byte(c.stream + c.behind), size: size}
					result, err := insert(z, stream, offset, []byte(insertion))
					check(t, result, err, page, offset)
					if c.behind != "" && bytes.HasSuffix(result, []byte(c.behind)) {
						t.Fatal("padding in the result")
					}
				}
			}
		})
	}
}

// headerCRC returns the checksum that a header may end with.
func headerCRC(header string) string {
	crc := newChange(nil, [][]byte{[]byte(header)}).crc
	return string([]byte{byte(crc), byte(crc >> 8)})
}

// TestFlushes has all that was flushed by the site before it waits for more.
func TestFlushes(t *testing.T) {
	page := samplePage(50 << 10)
	for level := -2; level <= 9; level++ {
		if testing.Short() && level%3 != 0 {
			continue
		}
		var out bytes.Buffer
		w, err := gzip.NewWriterLevel(&out, level)
		if err != nil {
			t.Fatal(err)
		}
		source := &flushed{t: t, page: with(page, 100)}
		for i := 0; i < len(page); i += 501 {
			end := min(len(page), i+501)
			w.Write(page[i:end])
			w.Flush()
			source.parts = append(source.parts, bytes.Clone(out.Bytes()))
			source.ends = append(source.ends, end+len(insertion))
			out.Reset()
		}
		w.Close()
		source.parts = append(source.parts, out.Bytes())
		z := new(Reader)
		z.Reset(source, testLimit)
		if _, err := z.Decode(); err != nil {
			t.Fatal(err)
		}
		if err := z.Insert(100, []byte(insertion)); err != nil {
			t.Fatal(err)
		}
		source.inserted = true
		if _, err := io.CopyBuffer(struct{ io.Writer }{&source.got}, struct{ io.Reader }{z}, make([]byte, 777)); err != nil {
			t.Fatal(err)
		}
		check(t, source.got.Bytes(), nil, page, 100)
	}
}

// A flushed source gives what was flushed, part after part, and looks at what has become of the last one before the next.
type flushed struct {
	t        *testing.T
	parts    [][]byte
	ends     []int // of each in the page with the insertion
	page     []byte
	read     int
	inserted bool
	got      bytes.Buffer
}

func (f *flushed) Read(p []byte) (int, error) {
	if f.inserted && f.read <= len(f.ends) {
		end := f.ends[f.read-1]
		text := make([]byte, end)
		r, err := gzip.NewReader(bytes.NewReader(f.got.Bytes()))
		if err == nil {
			_, err = io.ReadFull(r, text)
		}
		if err != nil || !bytes.Equal(text, f.page[:end]) {
			f.t.Errorf("%d bytes were flushed, and are not there: %v", end, err)
		}
	}
	if f.read == len(f.parts) {
		return 0, io.EOF
	}
	f.read++
	if n := copy(p, f.parts[f.read-1]); n < len(f.parts[f.read-1]) {
		f.t.Fatal("a part that is too long")
	}
	return len(f.parts[f.read-1]), nil
}
