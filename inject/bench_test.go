package inject

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// canned answers every request with the same page from memory.
type canned struct {
	header http.Header
	body   []byte
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Request: r, Header: c.header.Clone(),
		Body: io.NopCloser(bytes.NewReader(c.body)), ContentLength: int64(len(c.body)),
	}, nil
}

// BenchmarkRoundTrip measures the engine alone, without any network.
func BenchmarkRoundTrip(b *testing.B) {
	page := samplePage(30 << 10)
	for _, c := range []coding{identity, gzipCoding, zstdCoding, brotliCoding, deflateCoding} {
		b.Run(c.String(), func(b *testing.B) {
			base := canned{http.Header{
				"Content-Type": {"text/html; charset=utf-8"}, "Date": {"now"}, "Server": {"old"}, "Content-Length": {"1"},
			}, encodedAs(b, c, page)}
			if c != identity {
				base.header.Set("Content-Encoding", c.String())
			}
			t := &Transport{Base: base, Script: Script{Name: "test", Text: bytes.Repeat([]byte("var a=1;"), 512)}, Data: testData}
			r := new(stage).navigation(b, "http://site/")
			b.ReportAllocs()
			for b.Loop() {
				drain(b, t, r)
			}
		})
	}
}

// drain reads one page to its end.
func drain(b *testing.B, t *Transport, r *http.Request) {
	b.Helper()
	answer, err := t.RoundTrip(r)
	if err != nil || answer.Header.Get("Cache-Control") == "" {
		b.Fatal("not inserted", err)
	}
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkModes compares who compresses, on the machine that the site and its sidecar share: what the site's own compression
// costs (gzip at the usual level 6) is counted with ours. It is why the default is to keep what the site does: that costs nothing
// beside a site that does not compress, which is what application servers do unless told otherwise; and where the site does, the
// remedy is a setting (CompressProxy).
func BenchmarkModes(b *testing.B) {
	const usualLevel = 6
	for _, size := range []int{2 << 10, 30 << 10, 150 << 10} {
		page := samplePage(size)
		for _, compresses := range []bool{false, true} {
			for _, mode := range []Compression{CompressKeep, CompressProxy, CompressNever} {
				b.Run(fmt.Sprintf("%dKB,site compresses=%v,%s", size>>10, compresses, mode), func(b *testing.B) {
					writer, err := gzip.NewWriterLevel(nil, usualLevel)
					if err != nil {
						b.Fatal(err)
					}
					var encoded bytes.Buffer
					old := site(func(r *http.Request) *http.Response {
						header, body := http.Header{"Content-Type": {"text/html; charset=utf-8"}}, page
						if compresses && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
							encoded.Reset()
							writer.Reset(&encoded)
							writer.Write(page)
							writer.Close()
							header["Content-Encoding"], body = []string{"gzip"}, encoded.Bytes()
						}
						answer, _ := canned{header, body}.RoundTrip(r)
						return answer
					})
					t := &Transport{Base: old, Script: testScript, Data: testData, Compress: mode}
					r := new(stage).navigation(b, "http://site/")
					r.Header.Set("Accept-Encoding", "gzip, deflate, br")
					for b.Loop() {
						drain(b, t, r)
					}
					b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "us/page")
				})
			}
		}
	}
}

// BenchmarkCompress compares what encoding and decoding a page costs, and to what size it comes.
func BenchmarkCompress(b *testing.B) {
	for _, size := range []int{2 << 10, 30 << 10, 150 << 10} {
		page := samplePage(size)
		writers := map[string]compressor{}
		for level := range 7 {
			if level > 0 {
				writers[fmt.Sprintf("gzip,%d", level)], _ = gzip.NewWriterLevel(nil, level)
			}
			writers[fmt.Sprintf("br,%d", level)] = brotli.NewWriterLevel(nil, level)
		}
		for _, level := range []zstd.EncoderLevel{zstd.SpeedFastest, zstd.SpeedDefault} {
			writers["zstd,"+level.String()], _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithEncoderConcurrency(1),
				zstd.WithWindowSize(zstdWindow), zstd.WithLowerEncoderMem(true))
		}
		for _, name := range slices.Sorted(maps.Keys(writers)) {
			b.Run(fmt.Sprintf("%dKB,%s", size>>10, name), func(b *testing.B) {
				var out bytes.Buffer
				for b.Loop() {
					out.Reset()
					writers[name].Reset(&out)
					writers[name].Write(page)
					writers[name].Close()
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "us/page")
				b.ReportMetric(float64(out.Len()*100)/float64(len(page)), "%size")
			})
		}
		for c := identity + 1; int(c) < codings; c++ {
			b.Run(fmt.Sprintf("%dKB,%v,decode", size>>10, c), func(b *testing.B) {
				t := new(Transport)
				encoded := encodedAs(b, c, page)
				for b.Loop() {
					d, err := t.decode(c, bytes.NewReader(encoded))
					if err != nil {
						b.Fatal(err)
					}
					if _, err := io.Copy(io.Discard, d); err != nil {
						b.Fatal(err)
					}
					t.decoders[c].Put(d)
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "us/page")
			})
		}
	}
}

// samplePage returns a page of about the size with text that compresses like text.
func samplePage(size int) []byte {
	words := strings.Fields("the old shop sells tea coffee cups and pots to people who live near or far away from its small " +
		"street where a cat sleeps on the warm stone step every day until evening comes with rain wind or snow")
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
			page.WriteString(words[next(len(words))])
			page.WriteByte(' ')
		}
		page.WriteString("</a></div>\n")
	}
	page.WriteString("</body>\n</html>\n")
	return page.Bytes()
}
