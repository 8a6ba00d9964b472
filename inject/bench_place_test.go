package inject

import (
	"strings"
	"testing"
)

// BenchmarkPlace measures the first 4 KiB, as they come from a socket, of a page of 30 KB.
func BenchmarkPlace(b *testing.B) {
	body := "<body><ul>" + strings.Repeat("<li><a href=/item>Item</a></li>\n", 1000) + "</ul></body></html>"
	metas := `<meta name="viewport" content="width=device-width"><meta name="description" content="A page as they are">` +
		"\n<title>A page as they are</title>\n"
	links := strings.Repeat(`<link rel="stylesheet" href="/css/main.css"><script src="/js/main.js"></script>`+"\n", 5)
	for _, c := range []struct{ name, head, contentType string }{
		{"declared in the header", metas + links, "text/html; charset=utf-8"},
		{"declared by the first meta", `<meta charset="utf-8">` + metas + links, "text/html"},
		{"declared behind scripts", metas + links + `<meta charset="utf-8">`, "text/html"},
		{"undeclared", metas + links, "text/html"},
	} {
		window := []byte("<!DOCTYPE html>\n<html lang=en>\n<head>\n" + c.head + "</head>\n" + body)[:4<<10]
		p := page{contentType: c.contentType, marker: marker, insertion: 4 << 10}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if place(window, open, p).verdict != Inserted {
					b.Fatal("no place")
				}
			}
		})
	}
}
