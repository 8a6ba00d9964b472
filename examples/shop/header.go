package shop

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"time"
)

// private forbids every cache to store the page.
func private(w http.ResponseWriter, r *http.Request, page []byte) {
	w.Header().Set("Cache-Control", "private, no-store")
	utf8(w, r, page)
}

// public lets every cache on the way store the page.
func public(w http.ResponseWriter, r *http.Request, page []byte) {
	w.Header().Set("Cache-Control", "public, max-age=600")
	validated(w, r, page)
}

// validated answers conditional requests, and requests for ranges too.
func validated(w http.ResponseWriter, r *http.Request, page []byte) {
	changed := time.Date(2004, time.November, 9, 17, 30, 0, 0, time.UTC)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(page)))
	http.ServeContent(w, r, "", changed, bytes.NewReader(page))
}

// strict allows the shop's own files and nothing else.
func strict(w http.ResponseWriter, r *http.Request, page []byte) {
	w.Header().Set("Content-Security-Policy", "default-src 'self'")
	utf8(w, r, page)
}

func attachment(w http.ResponseWriter, r *http.Request, page []byte) {
	w.Header().Set("Content-Disposition", `attachment; filename="pricelist.html"`)
	utf8(w, r, page)
}

func notFound(w http.ResponseWriter, _ *http.Request, page []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusNotFound)
	w.Write(page)
}
