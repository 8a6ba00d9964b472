package inject

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A page of two gigabytes that came in two megabytes costs no more memory than another. It is decoded no further than the browser
// reads, and given up with it.
func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("decodes hundreds of megabytes")
	}
	const (
		whole = 2 << 30
		read  = 64 << 20 // which the browser does of it
		most  = read / 2 // allocated, by the bomb's maker and the browser's decoder, too; the largest window has 8 MiB
	)
	for _, test := range []struct {
		coding  coding
		begins  string
		accept  string
		verdict Reason
	}{
		{gzipCoding, testPage, "gzip", Inserted},
		{gzipCoding, testPage, "identity", Inserted},
		{gzipCoding, "<!DOCTYPE html><!--", "gzip", WindowFull},
		{brotliCoding, testPage, "identity", Inserted},
		{zstdCoding, testPage, "identity", Inserted},
		{deflateCoding, testPage, "identity", Inserted},
	} {
		t.Run(fmt.Sprint(test.coding, ",", test.accept, ",", test.verdict), func(t *testing.T) {
			made := make(chan error, 1)
			s := newStage(t, &Transport{Timeout: time.Minute}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.Header().Set("Content-Encoding", test.coding.String())
				made <- writeBomb(w, test.coding, test.begins, whole)
			}))
			r := s.navigation(t, "/")
			r.Header.Set("Accept-Encoding", test.accept)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			answer, err := s.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			page, err := browserReader(answer.Header.Get("Content-Encoding"), answer.Body)
			if err == nil {
				_, err = io.CopyN(io.Discard, page, read)
			}
			if err != nil {
				t.Errorf("the browser read %v", err)
			}
			answer.Body.Close()
			if err := <-made; err == nil {
				t.Error("the site's page was read to its end")
			}
			runtime.ReadMemStats(&after)
			allocated := after.TotalAlloc - before.TotalAlloc
			t.Logf("%d KiB allocated", allocated>>10)
			if allocated > most {
				t.Errorf("%d KiB allocated", allocated>>10)
			}
			if got := s.verdicts.last(t); got != test.verdict {
				t.Errorf("verdict %q, want %q", got, test.verdict)
			}
		})
	}
}

// writeBomb encodes a page of that size, most of which is the same letter.
func writeBomb(w io.Writer, c coding, begins string, size int) error {
	encoder, err := newCompressor(c)
	if err != nil {
		return err
	}
	encoder.Reset(w)
	_, err = io.WriteString(encoder, begins)
	for part := []byte(strings.Repeat("a", 1<<20)); err == nil && size > 0; size -= len(part) {
		_, err = encoder.Write(part)
	}
	return errors.Join(err, encoder.Close())
}
