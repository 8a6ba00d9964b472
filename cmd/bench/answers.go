package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// sizes of pages, in bytes.
var sizes = []int{2 << 10, 30 << 10, 150 << 10, 1 << 20}

const (
	assetSize    = 100 << 10
	downloadSize = 10 << 20
	uploadSize   = 1 << 20

	// slowPause is how long the site rests within a slow page, of which it has sent so much.
	slowPause = 200 * time.Millisecond
	slowPart  = 8 << 10
)

// An answer of the site is ready in memory: what is written to the connection, piece by piece, and how long the site rests behind the
// first. Another one goes to whoever takes gzip, if there is another.
type answer struct {
	pieces [][]byte
	rests  time.Duration
	packed *answer
}

// answers are what the site has, by path.
func answers() map[string]*answer {
	const dynamic = "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store, no-cache, must-revalidate\r\n" +
		"Expires: Thu, 19 Nov 1981 08:52:00 GMT\r\nPragma: no-cache\r\nX-Powered-By: PHP/8.2.7\r\n"
	all := map[string]*answer{}
	for _, size := range sizes {
		page := htmlPage(size)
		packed := compressed(page)
		all["/plain/"+strconv.Itoa(size)] = whole(dynamic, page)
		all["/chunked/"+strconv.Itoa(size)] = chunked(dynamic, page, 8<<10)
		zipped := whole(dynamic+"Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n", packed)
		all["/gzip/"+strconv.Itoa(size)] = &answer{pieces: whole(dynamic+"Vary: Accept-Encoding\r\n", page).pieces, packed: zipped}
	}
	page := htmlPage(sizes[1])
	slow := chunked(dynamic, page, slowPart)
	slow.rests = slowPause
	all["/slow/chunked"] = slow
	head := whole(dynamic, page).pieces[0]
	at := len(head) - len(page) + slowPart
	all["/slow/plain"] = &answer{pieces: [][]byte{head[:at], head[at:]}, rests: slowPause}

	const kept = "Cache-Control: public, max-age=31536000\r\nLast-Modified: Sat, 01 Jun 2024 10:00:00 GMT\r\nETag: \"66602a40-19000\"\r\n"
	all["/asset.js"] = whole("Content-Type: text/javascript\r\n"+kept, htmlPage(assetSize))
	all["/download.zip"] = whole("Content-Type: application/zip\r\nContent-Disposition: attachment; filename=\"download.zip\"\r\n",
		bytes.Repeat(compressed(page), downloadSize/len(compressed(page))+1)[:downloadSize])
	all["/tiny.json"] = whole("Content-Type: application/json\r\nCache-Control: no-store\r\n", []byte(`{"messages":0,"basket":{"items":3,"sum":"17.40"}}`))
	all["/upload"] = whole("Content-Type: application/json\r\nCache-Control: no-store\r\n", []byte(`{"received":`+strconv.Itoa(uploadSize)+`}`))
	return all
}

// beginning is what all answers begin with.
const beginning = "HTTP/1.1 200 OK\r\nServer: Apache/2.4.57 (Debian)\r\nDate: Sat, 01 Jun 2024 10:00:00 GMT\r\n"

// whole is an answer of a length told beforehand, in one piece.
func whole(header string, body []byte) *answer {
	return &answer{pieces: [][]byte{slices.Concat(fmt.Appendf(nil, "%s%sContent-Length: %d\r\n\r\n", beginning, header, len(body)), body)}}
}

// chunked is one that is sent as it is made, in pieces of such a size.
func chunked(header string, body []byte, size int) *answer {
	a := &answer{}
	for chunk := range slices.Chunk(body, size) {
		a.pieces = append(a.pieces, fmt.Appendf(nil, "%x\r\n%s\r\n", len(chunk), chunk))
	}
	a.pieces = append(a.pieces, []byte("0\r\n\r\n"))
	a.pieces[0] = slices.Concat([]byte(beginning+header+"Transfer-Encoding: chunked\r\n\r\n"), a.pieces[0])
	return a
}

// compressed is what a site makes of a page: gzip at its usual level.
func compressed(page []byte) []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(page) // a bytes.Buffer takes everything
	w.Close()
	return packed.Bytes()
}
