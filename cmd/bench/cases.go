package main

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A kind of cases is measured with the same peers.
type kind int

const (
	plainPage kind = iota
	chunkedPage
	gzipPage
	notPage
)

// A workload is one of the things that are asked for.
type workload struct {
	name    string
	kind    kind
	size    int // of the page; 0: it is none
	request []byte
}

// everyName matches them all.
var everyName = regexp.MustCompile("")

// workloads lists those whose names match.
func workloads(only *regexp.Regexp) ([]workload, error) {
	cookie, err := session()
	if err != nil {
		return nil, err
	}
	var all []workload
	add := func(name string, kind kind, size int, request []byte) {
		if only.MatchString(name) {
			all = append(all, workload{name, kind, size, request})
		}
	}
	for _, size := range sizes {
		add("plain "+inWords(size), plainPage, size, navigation("/plain/"+strconv.Itoa(size), cookie))
	}
	add("chunked "+inWords(sizes[2]), chunkedPage, sizes[2], navigation("/chunked/"+strconv.Itoa(sizes[2]), cookie))
	for _, size := range sizes {
		add("gzip "+inWords(size), gzipPage, size, navigation("/gzip/"+strconv.Itoa(size), cookie))
	}
	add("asset, "+inWords(assetSize), notPage, 0, subresource("GET", "/asset.js", cookie, "script", "no-cors", "*/*", nil))
	add("download, "+inWords(downloadSize), notPage, 0, navigation("/download.zip", cookie))
	add("upload, "+inWords(uploadSize), notPage, 0, subresource("POST", "/upload", cookie, "empty", "cors", "application/json",
		bytes.Repeat([]byte("0123456789abcdef"), uploadSize/16)))
	add("tiny answer", notPage, 0, subresource("GET", "/tiny.json", cookie, "empty", "cors", "application/json", nil))
	return all, nil
}

// inWords is a size as people say it.
func inWords(size int) string {
	if size >= 1<<20 {
		return fmt.Sprint(size>>20, " MB")
	}
	return fmt.Sprint(size>>10, " KB")
}

const userAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36"

// navigation is a browser's request for a page that a person follows a link to.
func navigation(path, cookie string) []byte {
	return request("GET", path, cookie, []string{
		"Upgrade-Insecure-Requests: 1",
		"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
		"Sec-Fetch-Site: same-origin",
		"Sec-Fetch-Mode: navigate",
		"Sec-Fetch-User: ?1",
		"Sec-Fetch-Dest: document",
	}, nil)
}

// subresource is a browser's request for what a page needs.
func subresource(method, path, cookie, destination, mode, accept string, body []byte) []byte {
	fields := []string{"Accept: " + accept, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: " + mode, "Sec-Fetch-Dest: " + destination}
	if body != nil {
		fields = append(fields, "Content-Type: application/octet-stream", "Content-Length: "+strconv.Itoa(len(body)), "Origin: https://shop.example")
	}
	return request(method, path, cookie, fields, body)
}

func request(method, path, cookie string, fields []string, body []byte) []byte {
	lines := append([]string{
		method + " " + path + " HTTP/1.1",
		"Host: shop.example",
		"Connection: keep-alive",
		`sec-ch-ua: "Chromium";v="139", "Not;A=Brand";v="99"`,
		"sec-ch-ua-mobile: ?0",
		`sec-ch-ua-platform: "Linux"`,
		"User-Agent: " + userAgent,
	}, fields...)
	lines = append(lines,
		"Referer: https://shop.example/",
		"Accept-Encoding: gzip, deflate, br, zstd",
		"Accept-Language: en-GB,en;q=0.9",
		"Cookie: _ga=GA1.1.1234567890.1717236000; consent=all; "+cookie,
		"", "")
	return append([]byte(strings.Join(lines, "\r\n")), body...)
}
