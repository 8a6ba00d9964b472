package shop

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"time"
)

// chunked sends a page of a length not told beforehand, in pieces that end anywhere.
func chunked(w http.ResponseWriter, _ *http.Request, page []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	for len(page) > 0 {
		n := min(len(page), 1009)
		w.Write(page[:n])
		page = page[n:]
	}
}

// compressed sends a page in gzip to whoever takes that.
func compressed(w http.ResponseWriter, r *http.Request, page []byte) {
	w.Header().Set("Vary", "Accept-Encoding")
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		utf8(w, r, page)
		return
	}
	var packed bytes.Buffer
	packer := gzip.NewWriter(&packed)
	packer.Write(page) // a bytes.Buffer takes everything
	packer.Close()
	w.Header().Set("Content-Encoding", "gzip")
	utf8(w, r, packed.Bytes())
}

// slow sends the head of a page, rests, and sends the remainder.
func (s *shop) slow(w http.ResponseWriter, r *http.Request, page []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	head, rest, _ := bytes.Cut(page, []byte("<BODY"))
	w.Write(head)
	if s.rest(w, r) {
		w.Write([]byte("<BODY"))
		w.Write(rest)
	}
}

// rest sends what was written so far and waits. It tells whether anybody is still listening afterwards.
func (s *shop) rest(w http.ResponseWriter, r *http.Request) bool {
	if err := http.NewResponseController(w).Flush(); err != nil {
		return false
	}
	select {
	case <-time.After(s.pause):
		return true
	case <-r.Context().Done():
		return false
	}
}
