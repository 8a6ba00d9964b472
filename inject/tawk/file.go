package tawk

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"math/bits"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
)

// fileName is how the name of the script's own address begins. A digest of its text follows. There is no ".js" at the end: many a
// server in front takes such names for files of its own.
const fileName = "login."

// A File is the login script under an address of its own, so that browsers keep it and pages need not hold it. The text of an address
// never changes. Who asks for that of another release, as a page in a cache may do, gets the text of this one, which serves it as
// well, to be kept by nobody; so does who asks with a query, which is how the script finds out whether the address leads here.
type File struct {
	name  string
	coded map[string][]byte // the text by content coding: br, gzip, and "" for none

	// Asked hears of every request. Nil: nobody does.
	Asked func(r *http.Request)
}

// NewFile compresses a text, once.
func NewFile(text []byte) *File {
	sum := sha256.Sum256(text)
	var br, gz bytes.Buffer
	zipper, _ := gzip.NewWriterLevel(&gz, gzip.BestCompression) // which exists
	// The usual window of 4 MiB would take 32 MiB of memory to search a few kilobytes in.
	packer := brotli.NewWriterOptions(&br, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: max(10, min(bits.Len(uint(len(text))), 24))})
	for _, w := range []io.WriteCloser{zipper, packer} {
		_, _ = w.Write(text) // into memory
		_ = w.Close()
	}
	return &File{
		name:  fileName + base64.RawURLEncoding.EncodeToString(sum[:9]),
		coded: map[string][]byte{"": text, "gzip": gz.Bytes(), "br": br.Bytes()},
	}
}

// Path returns the file's address on the site: for a [Widget] with the path Own.
func (f *File) Path(own string) string { return own + f.name }

// serve answers a request for a name that begins with fileName.
func (f *File) serve(w http.ResponseWriter, r *http.Request, name string) {
	header := w.Header()
	header.Set("Content-Type", "text/javascript; charset=utf-8")
	header.Set("Vary", "Accept-Encoding")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	if f.Asked != nil {
		f.Asked(r)
	}
	coding := ""
	for _, c := range []string{"br", "gzip"} {
		if coding == "" && takes(r, c) {
			coding = c
			header.Set("Content-Encoding", c)
		}
	}
	if name == f.name && r.URL.RawQuery == "" {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
		header.Set("Etag", `"`+f.name+"-"+coding+`"`)
	}
	header.Set("Content-Length", strconv.Itoa(len(f.coded[coding])))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.coded[coding]))
}

var refused = regexp.MustCompile(`(?i);\s*q\s*=\s*0(\.0*)?\s*(;|$)`)

// takes tells whether a request names a content coding among those that it takes (RFC 9110 section 12.5.3).
func takes(r *http.Request, coding string) bool {
	for element := range strings.SplitSeq(strings.Join(r.Header["Accept-Encoding"], ","), ",") {
		name, _, _ := strings.Cut(element, ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			return !refused.MatchString(element)
		}
	}
	return false
}
