package proxy

import (
	"bufio"
	"bytes"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
)

// However the bytes arrive: if Go's server finds both a Content-Length and a Transfer-Encoding in a header, so do heads.
func FuzzHeads(f *testing.F) {
	for _, head := range []string{"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
		"transfer-encoding:chunked\ncontent-length:1\n\n",
		"A: b\r\n Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "Content-Length: 1\r\n\r\r\nTransfer-Encoding: chunked\r\n\r\n",
		"Content-Length : 1\r\nTransfer-Encoding: chunked\r\n\r\n", "Content-Length: 1\r\n \r\nTransfer-Encoding: chunked\r\n\r\n",
		"Content-Length: 1\n\r\nTransfer-Encoding: chunked\r\n\r\n", "\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"} {
		for _, size := range []byte{1, 2, 7, 64} {
			f.Add([]byte(head), size)
		}
	}
	f.Fuzz(func(t *testing.T, head []byte, size byte) {
		var h heads
		for rest := head; len(rest) > 0; {
			n := min(len(rest), int(size)+1)
			h.read(rest[:n])
			rest = rest[n:]
		}
		fields, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(head))).ReadMIMEHeader()
		if err != nil {
			return
		}
		if fields["Content-Length"] != nil && fields["Transfer-Encoding"] != nil && !h.mixed.Load() {
			t.Errorf("both in %q were not found", head)
		}
		if fields["Transfer-Encoding"] != nil && !h.coded.Load() {
			t.Errorf("Transfer-Encoding in %q was not found", head)
		}
	})
}

// BenchmarkHeads is what heads cost for the header of a browser's request, and for a part of an upload.
func BenchmarkHeads(b *testing.B) {
	var header bytes.Buffer
	r, _ := http.NewRequest("GET", "http://shop.example/", nil)
	r.Header = http.Header{
		"Accept":          {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"},
		"Accept-Language": {"en-US,en;q=0.5"}, "Accept-Encoding": {"gzip, deflate, br, zstd"},
		"User-Agent":     {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"},
		"Cookie":         {"session=" + strings.Repeat("MTcwMDAwMDAwMHxE", 8) + "; theme=dark"},
		"Sec-Fetch-Dest": {"document"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Site": {"same-origin"},
	}
	r.Write(&header)
	for name, part := range map[string][]byte{
		"header": header.Bytes(), "binary": make([]byte, 32<<10),
		"text": bytes.Repeat([]byte("Lorem ipsum dolor sit amet, consetetur sadipscing elitr\n"), 600),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(part)))
			var h heads
			for b.Loop() {
				h.read(part)
			}
		})
	}
}
