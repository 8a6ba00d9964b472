package inject

import (
	"bytes"
	"io"
	"net/http"
	"testing"
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
			out := make([]byte, 32<<10)
			b.ReportAllocs()
			for b.Loop() {
				answer, err := t.RoundTrip(r)
				if err != nil || answer.Header.Get("Cache-Control") == "" {
					b.Fatal("not inserted", err)
				}
				for err == nil {
					_, err = answer.Body.Read(out)
				}
				if err != io.EOF {
					b.Fatal(err)
				}
			}
		})
	}
}
