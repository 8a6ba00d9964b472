package inject

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
)

// A drawn body gives its bytes in pieces whose sizes the fuzzer draws, with an empty one before each that is drawn as 0.
type drawn struct {
	bytes.Reader
	sizes []byte
	turn  int
}

func (d *drawn) Read(p []byte) (int, error) {
	if len(d.sizes) == 0 {
		return d.Reader.Read(p)
	}
	size := int(d.sizes[d.turn%len(d.sizes)])
	d.turn++
	if size == 0 && d.turn%2 == 1 {
		return 0, nil
	}
	return d.Reader.Read(p[:min(len(p), max(size, 1))])
}

func (*drawn) Close() error { return nil }

type site func(*http.Request) *http.Response

func (s site) RoundTrip(r *http.Request) (*http.Response, error) { return s(r), nil }

// FuzzEngine draws a page, its coding, its framing, how it arrives, its Content-Type and what the browser takes. Whatever comes
// out, minus the element, is the page; the element is in it once or not at all, as the verdict says; and the length is true.
func FuzzEngine(f *testing.F) {
	for _, page := range []string{
		testPage, "<li>a", "\xef\xbb\xbf<html>\r\n<body>\x00", "<!-- open", "<head><meta charset=gbk><title>\x81<", "{}",
		"<?xml version='1.0'?><!DOCTYPE html><frameset>", strings.Repeat(" ", 300) + "<p>late",
	} {
		for c := range codings {
			f.Add([]byte(page), byte(c), byte(c), []byte{1, 0, 7, 200}, "text/html", "gzip, br;q=0.5", uint16(200))
		}
	}
	f.Add([]byte(testPage), byte(1), byte(6), []byte{}, "text/html; charset=utf-16", "*", uint16(0))
	f.Fuzz(func(t *testing.T, page []byte, kind, options byte, sizes []byte, contentType, accept string, window uint16) {
		c := coding(int(kind) % codings)
		known, slowly, navigation, mode := options&1 != 0, options&2 != 0, options&4 != 0, options>>3%3
		sent := encodedAs(t, c, page)
		if strings.ContainsAny(contentType+accept, "\r\n\x00") {
			t.Skip("no header")
		}
		v := new(verdicts)
		transport := &Transport{
			Script: testScript, Data: testData, Observe: v.observe, Window: int(window),
			Compress: []Compression{CompressKeep, CompressProxy, CompressNever}[mode],
			Base: site(func(r *http.Request) *http.Response {
				answer := &http.Response{
					StatusCode: http.StatusOK, Request: r, ContentLength: -1, Body: &drawn{Reader: *bytes.NewReader(sent), sizes: sizes},
					Header: http.Header{"Content-Type": {contentType}},
				}
				if c != identity {
					answer.Header.Set("Content-Encoding", c.String())
				}
				if known {
					answer.ContentLength = int64(len(sent))
					answer.Header.Set("Content-Length", strconv.Itoa(len(sent)))
				}
				return answer
			}),
		}
		r := new(stage).navigation(t, "http://ex.com/")
		r.Header.Set("Accept-Encoding", accept)
		if !navigation {
			r.Header.Del("Sec-Fetch-Dest")
		}
		answer, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		reader := io.Reader(answer.Body)
		if slowly {
			reader = iotest.OneByteReader(reader)
		}
		body, err := io.ReadAll(reader)
		if err != nil {
			t.Fatalf("body: %v", err)
		}
		if length := answer.Header.Get("Content-Length"); answer.ContentLength >= 0 != (length != "") ||
			length != "" && (length != fmt.Sprint(len(body)) || answer.ContentLength != int64(len(body))) {
			t.Fatalf("length %d in the field, %q in the header, %d in truth", answer.ContentLength, length, len(body))
		}
		if verdict := v.last(t); verdict != Inserted {
			if !bytes.Equal(body, sent) || answer.Header.Get("Content-Encoding") != codingHeader(c) {
				t.Fatalf("verdict %q: %q became %q", verdict, sent, body)
			}
			if verdict == Fault || verdict == Timeout || verdict == Broken {
				t.Fatalf("verdict %q", verdict)
			}
			return
		}
		got, err := browserDecode(answer.Header.Get("Content-Encoding"), body)
		if err != nil {
			t.Fatal(err)
		}
		element := elementOf(t)
		for at := 0; at+len(element) <= len(got); at++ {
			if bytes.HasPrefix(got[at:], element) && string(got[:at])+string(got[at+len(element):]) == string(page) {
				return
			}
		}
		t.Fatalf("%q became %q", page, got)
	})
}
