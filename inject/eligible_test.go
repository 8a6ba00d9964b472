package inject

import (
	"net/http"
	"strings"
	"testing"
)

// headerOf makes a header of lines "Name: value".
func headerOf(lines ...string) http.Header {
	h := make(http.Header)
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		h.Add(name, strings.TrimSpace(value))
	}
	return h
}

func TestVetoRequest(t *testing.T) {
	const html = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"
	document := []string{html, "Sec-Fetch-Dest: document", "Sec-Fetch-Mode: navigate"}
	script := []string{"Accept: */*", "Sec-Fetch-Dest: empty", "Sec-Fetch-Mode: cors"}
	with := func(lines []string, more ...string) []string { return append(append([]string{}, lines...), more...) }
	for _, c := range []struct {
		name, method string
		header       []string
		want         Reason
	}{
		{name: "B03 navigation", header: document},
		{name: "B03 image", header: []string{"Accept: image/*", "Sec-Fetch-Dest: image"}, want: Subresource},
		{name: "B03 script", header: []string{"Accept: */*", "Sec-Fetch-Dest: script"}, want: Subresource},
		{name: "B03 worker", header: []string{"Accept: */*", "Sec-Fetch-Dest: serviceworker"}, want: Subresource},
		{name: "B03 fetch", header: script, want: Subresource},
		{name: "B03 fetch without Accept", header: []string{"Sec-Fetch-Dest: empty"}, want: Subresource},
		{name: "B03 H12 iframe", header: []string{html, "Sec-Fetch-Dest: iframe", "Sec-Fetch-Mode: navigate"}, want: Frame},
		{name: "B03 frame", header: []string{html, "Sec-Fetch-Dest: frame", "Sec-Fetch-Mode: navigate"}, want: Frame},
		{name: "B03 object", header: []string{html, "Sec-Fetch-Dest: object", "Sec-Fetch-Mode: navigate"}, want: Frame},
		{name: "B04 plain HTTP", header: []string{html}},
		{name: "B04 old IE", header: []string{"Accept: image/gif, image/jpeg, application/x-ms-application, */*"}},
		{name: "B04 no Accept"},
		{name: "B04 image without Sec-Fetch", header: []string{"Accept: image/webp,image/*;q=0.8"}, want: Subresource},
		{name: "B04 JSON", header: []string{"Accept: application/json"}, want: Subresource},
		{name: "B04 HTML refused", header: []string{"Accept: text/html;q=0, application/json"}, want: Subresource},
		{name: "B02 XMLHttpRequest", header: with(document, "X-Requested-With: xmlhttprequest"), want: PartialPage},
		{name: "B02 Android app", header: with(document, "X-Requested-With: com.example.app")},
		{name: "B02 htmx", header: with(script, "HX-Request: true"), want: PartialPage},
		{name: "B02 htmx boost", header: with(script, "HX-Request: true", "HX-Boosted: true")},
		{name: "B02 htmx history", header: with(script, "HX-Request: true", "HX-History-Restore-Request: true")},
		{name: "B02 Turbo frame", header: with(document, "Turbo-Frame: list"), want: PartialPage},
		{name: "B02 pjax", header: with(document, "X-PJAX: true"), want: PartialPage},
		{name: "B02 unpoly", header: with(document, "X-Up-Target: main"), want: PartialPage},
		{name: "B02 Datastar", header: with(document, "Datastar-Request: true"), want: PartialPage},
		{name: "B02 Inertia", header: with(document, "X-Inertia: true"), want: PartialPage},
		{name: "B05 Turbo visit", header: []string{"Accept: text/html, application/xhtml+xml", "Sec-Fetch-Dest: empty"}},
		{name: "B16 POST", method: http.MethodPost, header: document},
		{name: "F03 HEAD", method: http.MethodHead, header: document},
		{name: "OPTIONS", method: http.MethodOptions, want: NotPage},
		{name: "B17 websocket", header: []string{"Connection: Upgrade", "Upgrade: websocket"}, want: Upgrade},
		{name: "B20 prerender", header: with(document, "Sec-Purpose: prefetch;prerender")},
	} {
		t.Run(c.name, func(t *testing.T) {
			method := c.method
			if method == "" {
				method = http.MethodGet
			}
			r, err := http.NewRequest(method, "http://ex.com/a", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header = headerOf(c.header...)
			if got := new(Transport).vetoRequest(r); got != c.want {
				t.Errorf("veto %q, want %q", got, c.want)
			}
		})
	}
}

func TestVetoFramesAndPaths(t *testing.T) {
	pattern := func(text string) []Pattern {
		p, err := ParsePattern(text)
		if err != nil {
			t.Fatal(err)
		}
		return []Pattern{p}
	}
	for _, c := range []struct {
		name, path, dest string
		transport        *Transport
		want             Reason
	}{
		{"frames allowed", "/a", "iframe", &Transport{Frames: true}, ""},
		{"H14 excluded", "/password/reset", "document", &Transport{Exclude: pattern("/password/*")}, Excluded},
		{"not excluded", "/a", "document", &Transport{Exclude: pattern("/password/*")}, ""},
		{"included", "/shop/a", "document", &Transport{Include: pattern("/shop/*")}, ""},
		{"not included", "/a", "document", &Transport{Include: pattern("/shop/*")}, Excluded},
		{"exclusion wins", "/shop/a", "document", &Transport{Include: pattern("/shop/*"), Exclude: pattern("/shop/a")}, Excluded},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := http.NewRequest(http.MethodGet, "http://ex.com"+c.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header = headerOf("Accept: text/html", "Sec-Fetch-Dest: "+c.dest)
			if got := c.transport.vetoRequest(r); got != c.want {
				t.Errorf("veto %q, want %q", got, c.want)
			}
		})
	}
}

func TestVetoAnswer(t *testing.T) {
	const html = "Content-Type: text/html"
	for _, c := range []struct {
		name   string
		status int
		header []string
		want   Reason
	}{
		{name: "page", header: []string{html}},
		{name: "B07 XML", header: []string{"Content-Type: application/xml"}, want: NotPage},
		{name: "B08 spelling", header: []string{`Content-Type: Text/HTML ; Charset="x"`}},
		{name: "B08 semicolons", header: []string{"Content-Type: text/html;;"}},
		{name: "B08 trailing comma", header: []string{"Content-Type: text/html,"}},
		{name: "B08 quoted comma", header: []string{`Content-Type: text/html; charset="a,b"`}},
		{name: "B08 longer", header: []string{"Content-Type: text/htmlx"}, want: NotPage},
		{name: "B08 contains", header: []string{"Content-Type: application/json; was=text/html"}, want: NotPage},
		{name: "B09 two agree", header: []string{html, "Content-Type: text/html; charset=utf-8"}},
		{name: "B09 two disagree", header: []string{html, "Content-Type: text/plain"}, want: NotPage},
		{name: "B09 disagree in one field", header: []string{"Content-Type: text/plain, text/html"}, want: NotPage},
		{name: "B09 one invalid", header: []string{html, "Content-Type: none"}},
		{name: "B10 none", want: NotPage},
		{name: "B11 plain", header: []string{"Content-Type: text/plain"}, want: NotPage},
		{name: "A39 XHTML", header: []string{"Content-Type: application/xhtml+xml"}, want: NotPage},
		{name: "B12 attachment", header: []string{html, "Content-Disposition: Attachment; filename=a.html"}, want: Attachment},
		{name: "B12 unknown disposition", header: []string{html, "Content-Disposition: form-data"}, want: Attachment},
		{name: "B12 inline", header: []string{html, "Content-Disposition: inline; filename=a.html"}},
		{name: "B12 file name only", header: []string{html, "Content-Disposition: filename=a.html"}},
		{name: "B13 203", status: 203, header: []string{html}},
		{name: "B13 204", status: 204, header: []string{html}, want: Status},
		{name: "B13 205", status: 205, header: []string{html}, want: Status},
		{name: "B13 206", status: 206, header: []string{html}, want: Status},
		{name: "B14 302", status: 302, header: []string{html}, want: Status},
		{name: "F08 304", status: 304, header: []string{html}, want: Status},
		{name: "B15 401", status: 401, header: []string{html}},
		{name: "B15 404", status: 404, header: []string{html}},
		{name: "B15 500", status: 500, header: []string{html}},
		{name: "600", status: 600, header: []string{html}, want: Status},
		{name: "B17 events", header: []string{"Content-Type: text/event-stream"}, want: Upgrade},
		{name: "B17 push", header: []string{"Content-Type: multipart/x-mixed-replace; boundary=a"}, want: Upgrade},
		{name: "B17 gRPC", header: []string{"Content-Type: application/grpc+proto"}, want: Upgrade},
		{name: "B17 101", status: 101, header: []string{html}, want: Upgrade},
		{name: "B18 mail", header: []string{"Content-Type: message/rfc822"}, want: NotPage},
		{name: "F11 no-transform", header: []string{html, "Cache-Control: max-age=1, No-Transform"}, want: NoTransform},
		{name: "F11 quoted", header: []string{html, `Cache-Control: private="no-transform, x"`}},
		{name: "E07 identity", header: []string{html, "Content-Encoding: identity"}},
		{name: "E07 empty", header: []string{html, "Content-Encoding:"}},
		{name: "E07 x-gzip", header: []string{html, "Content-Encoding: X-GZIP"}},
		{name: "E07 stacked", header: []string{html, "Content-Encoding: gzip, br"}, want: Encoding},
		{name: "E07 stacked in two fields", header: []string{html, "Content-Encoding: gzip", "Content-Encoding: gzip"}, want: Encoding},
		{name: "E05 a charset", header: []string{html, "Content-Encoding: UTF-8"}},
		{name: "E05 of mail", header: []string{html, "Content-Encoding: 8bit"}},
		{name: "E05 none", header: []string{html, "Content-Encoding: none"}},
		{name: "E05 unknown", header: []string{html, "Content-Encoding: lzma"}, want: Encoding},
		{name: "E06 dictionary", header: []string{html, "Content-Encoding: dcb"}, want: Encoding},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := &http.Response{StatusCode: c.status, Header: headerOf(c.header...), ContentLength: -1, Body: http.NoBody}
			if answer.StatusCode == 0 {
				answer.StatusCode = 200
			}
			answer.Body = &untouched{}
			if got := vetoAnswer(answer); got != c.want {
				t.Errorf("veto %q, want %q", got, c.want)
			}
		})
	}
	if got := vetoAnswer(&http.Response{StatusCode: 200, Header: headerOf(html), Body: http.NoBody}); got != NoBody {
		t.Errorf("no body: veto %q", got)
	}
}

func TestReadableElsewhere(t *testing.T) {
	for _, c := range []struct {
		name    string
		request []string
		allowed []string
		want    bool
	}{
		{"not at all", nil, nil, false},
		{"own origin", nil, []string{"https://ex.com"}, false},
		{"other origin", nil, []string{"https://other.com"}, true},
		{"other scheme", nil, []string{"http://ex.com"}, true},
		{"anybody", nil, []string{"*"}, true},
		{"null", nil, []string{"null"}, true},
		{"two", nil, []string{"https://ex.com", "*"}, true},
		{"a navigation cannot be read", []string{"Sec-Fetch-Dest: document", "Sec-Fetch-Mode: navigate"}, []string{"*"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := http.NewRequest(http.MethodGet, "http://10.0.0.1/a", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = "ex.com"
			r.Header = headerOf(c.request...)
			r.Header.Set("X-Forwarded-Proto", "https")
			if got := readableElsewhere(r, http.Header{"Access-Control-Allow-Origin": c.allowed}); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
