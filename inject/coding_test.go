package inject

import (
	"bytes"
	stdflate "compress/flate"
	stdgzip "compress/gzip"
	stdzlib "compress/zlib"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
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

// browserReader undoes a coding as a browser would, with the standard library where it can.
func browserReader(encoding string, encoded io.Reader) (io.Reader, error) {
	switch encoding {
	case "":
		return encoded, nil
	case "gzip", "x-gzip":
		return stdgzip.NewReader(encoded)
	case "deflate":
		return stdzlib.NewReader(encoded)
	case "br":
		return brotli.NewReader(encoded), nil
	case "zstd":
		d, err := zstd.NewReader(encoded, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxZstdWindow))
		if err != nil {
			return nil, err
		}
		return d, nil
	}
	return nil, fmt.Errorf("a browser does not know the coding %q", encoding)
}

func browserDecode(encoding string, encoded []byte) ([]byte, error) {
	r, err := browserReader(encoding, bytes.NewReader(encoded))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// TestCodings serves a page in every coding to browsers with every taste, in every mode.
func TestCodings(t *testing.T) {
	page := string(samplePage(20 << 10))
	want := withElement(t, page)
	for c := identity; int(c) < codings; c++ {
		for _, mode := range []Compression{"", CompressKeep, CompressProxy, CompressNever} {
			for _, accept := range []string{"gzip, deflate, br, zstd", "gzip, deflate", "br", "zstd", "deflate", "identity", ""} {
				for _, chunked := range []bool{false, true} {
					t.Run(fmt.Sprintf("%v,%s,%s,%v", c, mode, accept, chunked), func(t *testing.T) {
						encoded := string(encodedAs(t, c, []byte(page)))
						var header []string
						if c != identity {
							header = append(header, "Content-Encoding", c.String())
						}
						if !chunked {
							header = append(header, "Content-Length", fmt.Sprint(len(encoded)))
						}
						s := newStage(t, &Transport{Compress: mode}, handler(encoded, header...))
						r := s.navigation(t, "/")
						r.Header.Set("Accept-Encoding", accept)
						answer, body, err := s.get(t, r)
						if err != nil {
							t.Fatal(err)
						}
						encoding := answer.Header.Get("Content-Encoding")
						if encoding != "" && !strings.Contains(accept, encoding) {
							t.Errorf("encoded as %s for a browser that takes %q", encoding, accept)
						}
						got, err := browserDecode(encoding, body)
						if err != nil || string(got) != want {
							t.Errorf("%d bytes, want %d; %v", len(got), len(want), err)
						}
						known := !chunked && c == identity && encoding == ""
						if length := answer.ContentLength; length >= 0 && (chunked || length != int64(len(body))) || length < 0 && known {
							t.Errorf("length %d, the body has %d bytes", length, len(body))
						}
						choice := mode != CompressNever && (c != identity || mode == CompressProxy)
						if varies := answer.Header.Get("Vary") == "Accept-Encoding"; varies != choice {
							t.Errorf("Vary %q", answer.Header["Vary"])
						}
					})
				}
			}
		}
	}
}

// TestForeignEncodings serves what other encoders make, and what breaks off or is not what it says.
func TestForeignEncodings(t *testing.T) {
	page := testPage + strings.Repeat("<p>more</p>", 1000)
	gzipped := func(page string) string {
		var out bytes.Buffer
		w := stdgzip.NewWriter(&out)
		w.Name = "page.html"
		io.WriteString(w, page)
		w.Close()
		return out.String()
	}
	raw := func() string {
		var out bytes.Buffer
		w, _ := stdflate.NewWriter(&out, 6)
		io.WriteString(w, page)
		w.Close()
		return out.String()
	}
	brotlied := string(encodedAs(t, brotliCoding, []byte(page)))
	zstdWindow := func(size int) string {
		var out bytes.Buffer
		w, err := zstd.NewWriter(&out, zstd.WithWindowSize(size), zstd.WithSingleSegment(false))
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, page)
		w.Flush()
		io.WriteString(w, page)
		w.Close()
		return out.String()
	}
	half := len(page) / 2
	for _, c := range []struct {
		name, encoding, body, want string
		verdict                    Reason
	}{
		{"E07 x-gzip", "x-gzip", gzipped(page), page, Inserted},
		{"E09 G4 zero padding", "gzip", gzipped(page) + strings.Repeat("\x00", 700), page, Inserted},
		{"E09 trailing garbage", "gzip", gzipped(page) + "garbage", page, Inserted},
		{"E09 two members", "gzip", gzipped(page[:half]) + gzipped(page[half:]), page, Inserted},
		{"E09 empty members", "gzip", gzipped("") + gzipped("") + gzipped(page) + gzipped(""), page, Inserted},
		{"E08 G5 raw deflate", "deflate", raw(), page, Inserted},
		{"E09 br padding", "br", brotlied + "\x00\x00", page, Inserted},
		{"E11 plain, says gzip", "gzip", page, "", Encoding},
		{"E11 plain, says deflate", "deflate", page, "", Encoding},
		{"E11 plain, says br", "br", page, "", Encoding},
		{"E11 plain, says zstd", "zstd", page, "", Encoding},
		{"E07 stacked", "gzip, gzip", gzipped(gzipped(page)), "", Encoding},
		{"E05 unknown", "lzma", page, "", Encoding},
		{"zstd window 8 MB", "zstd", zstdWindow(8 << 20), page + page, Inserted},
		{"zstd window 16 MB", "zstd", zstdWindow(16 << 20), "", Encoding},
		{"nothing in gzip", "gzip", gzipped(""), "", NoBody},
		{"one byte", "gzip", "\x1f", "", Broken},
		{"a gzip header", "gzip", gzipped(page)[:10], "", Broken},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, new(Transport), handler(c.body, "Content-Encoding", c.encoding, "ETag", `"a"`))
			answer, body, err := s.get(t, s.navigation(t, "/"))
			if err != nil {
				t.Fatal(err)
			}
			if verdict := s.verdicts.last(t); verdict != c.verdict {
				t.Fatalf("verdict %q, want %q", verdict, c.verdict)
			}
			if c.verdict != Inserted {
				if string(body) != c.body || answer.Header.Get("Content-Encoding") != c.encoding || answer.Header.Get("Etag") == "" {
					t.Errorf("not passed untouched: %d bytes of %d, header %v", len(body), len(c.body), answer.Header)
				}
				return
			}
			if encoding := answer.Header.Get("Content-Encoding"); encoding != c.encoding {
				t.Errorf("encoded as %q", encoding)
			}
			got, err := browserDecode(c.encoding, body)
			if err != nil || string(got) != withElement(t, c.want) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
}

// TestCutMembers cuts a gzip file of two members in the second one: that is never a clean end.
func TestCutMembers(t *testing.T) {
	var file bytes.Buffer
	for range 2 {
		w := stdgzip.NewWriter(&file)
		w.Name, w.Comment = "page.html", "old"
		io.WriteString(w, testPage)
		w.Close()
	}
	for cut := file.Len()/2 + len(gzipMagic); cut < file.Len(); cut++ {
		d, err := new(Transport).decode(gzipCoding, bytes.NewReader(file.Bytes()[:cut]))
		if err != nil {
			t.Fatal(err)
		}
		if page, err := io.ReadAll(d); err == nil {
			t.Errorf("cut at %d: %d bytes, and a clean end", cut, len(page))
		}
	}
}

// TestGzipAsItIs changes a page in gzip without compressing it again.
func TestGzipAsItIs(t *testing.T) {
	const best = 9
	page := string(samplePage(50 << 10))
	var out bytes.Buffer
	w, err := stdgzip.NewWriterLevel(&out, best)
	if err != nil {
		t.Fatal(err)
	}
	w.Name = "page.html"
	io.WriteString(w, page)
	w.Close()
	s := newStage(t, new(Transport), handler(out.String(), "Content-Encoding", "gzip", "Content-Length", fmt.Sprint(out.Len())))
	answer, body, err := s.get(t, s.navigation(t, "/"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := browserDecode("gzip", body); err != nil || string(got) != withElement(t, page) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	if !bytes.HasPrefix(body, out.Bytes()[:20]) || !bytes.Contains(body, elementOf(t)) {
		t.Error("compressed again")
	}
	if added := len(body) - out.Len() - len(elementOf(t)); added > 150 {
		t.Errorf("%d bytes more than the element", added)
	}
	// The length is told if all of the page is at hand when the place is found: on a busy machine not always at once.
	for try := 0; answer.ContentLength < 0 && try < 100; try++ {
		if answer, body, err = s.get(t, s.navigation(t, "/")); err != nil {
			t.Fatal(err)
		}
	}
	if answer.ContentLength != int64(len(body)) {
		t.Errorf("length %d, the body has %d bytes", answer.ContentLength, len(body))
	}
}

// TestNothingInCommon holds that the length of a page in gzip does not tell whether it has what the element says, too: an attacker
// who can write into the page would find out one character after the other (BREACH).
func TestNothingInCommon(t *testing.T) {
	length := func(hash string) int {
		page := string(samplePage(2000)) + "<p>hash: 0123456789abcdef0123456789abcdef</p>"
		transport := &Transport{Data: func(*http.Response, bool) Payload {
			return Payload{Data: []byte(`{"hash":"` + hash + `"}`), Private: true}
		}}
		s := newStage(t, transport, handler(string(encodedAs(t, gzipCoding, []byte(page))), "Content-Encoding", "gzip"))
		_, body, err := s.get(t, s.navigation(t, "/"))
		if err != nil || s.verdicts.last(t) != Inserted {
			t.Fatal(err)
		}
		return len(body)
	}
	same, other := length("0123456789abcdef0123456789abcdef"), length("f7c3ab5d92e806114bd09ca35f2e7186")
	if same != other {
		t.Errorf("%d bytes if page and element have a hash in common, else %d", same, other)
	}
}

// TestDamageBehindThePlace has a page in gzip that is damaged where only its codes are read: it passes as it came while it can.
func TestDamageBehindThePlace(t *testing.T) {
	page := samplePage(20 << 10)
	encoded := encodedAs(t, gzipCoding, page)
	damaged := bytes.Clone(encoded)
	for i := len(damaged) / 2; i < len(damaged)-8; i++ {
		damaged[i] = 0xff
	}
	for _, chunked := range []bool{false, true} {
		var header []string
		if !chunked {
			header = append(header, "Content-Length", fmt.Sprint(len(damaged)))
		}
		s := newStage(t, new(Transport), handler(string(damaged), append(header, "Content-Encoding", "gzip")...))
		// Whether the damage is at hand when the place is found depends on how the page arrives.
		untouched := false
		for try := 0; !untouched && (try == 0 || !chunked && try < 100); try++ {
			_, body, err := s.get(t, s.navigation(t, "/"))
			verdict := s.verdicts.last(t)
			untouched = (verdict == Encoding || verdict == Broken) && err == nil && bytes.Equal(body, damaged)
			if aborted := verdict == Inserted && err != nil; !untouched && !aborted {
				t.Fatalf("chunked %v: verdict %q, %d bytes, %v", chunked, verdict, len(body), err)
			}
		}
		if !untouched && !chunked {
			t.Error("never passed as it came")
		}
	}
}

// TestVary keeps what the site says about the choice of coding.
func TestVary(t *testing.T) {
	for _, c := range []struct{ site, want string }{
		{"", "Accept-Encoding"},
		{"Cookie", "Cookie, Accept-Encoding"},
		{"Cookie, accept-encoding", "Cookie, accept-encoding"},
		{"*", "*"},
	} {
		h := http.Header{}
		if c.site != "" {
			h.Set("Vary", c.site)
		}
		new(Transport).encoded(h, gzipCoding, gzipCoding)
		if got := strings.Join(h["Vary"], ", "); got != c.want {
			t.Errorf("site %q: %q, want %q", c.site, got, c.want)
		}
	}
}
