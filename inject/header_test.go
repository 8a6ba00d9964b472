package inject

import (
	"net/http"
	"reflect"
	"testing"
)

func TestOutgoing(t *testing.T) {
	conditional := []string{
		`If-None-Match: "a"`, "If-Modified-Since: then", "Range: bytes=0-1", `If-Range: "a"`, `If-Match: "a"`,
		"If-Unmodified-Since: then", "Available-Dictionary: :a:", "Dictionary-ID: b", "Cookie: c", "Accept-Encoding: gzip, dcb",
	}
	for _, c := range []struct {
		name, method string
		kind         []string
		compress     Compression
		want         []string
	}{
		{
			name: "F06 F09 navigation", method: http.MethodGet, kind: []string{"Sec-Fetch-Dest: document"},
			want: []string{
				"Range: bytes=0-1", `If-Range: "a"`, `If-Match: "a"`, "If-Unmodified-Since: then", "Cookie: c", "Accept-Encoding: gzip",
			},
		}, {
			name: "F07 unsafe method", method: http.MethodPut, kind: []string{"Sec-Fetch-Dest: document"},
			want: []string{
				`If-None-Match: "a"`, "If-Modified-Since: then", "Range: bytes=0-1", `If-Range: "a"`, `If-Match: "a"`,
				"If-Unmodified-Since: then", "Cookie: c", "Accept-Encoding: gzip",
			},
		}, {
			name: "perhaps a script", method: http.MethodGet, kind: []string{"Accept: */*"}, compress: CompressProxy,
			want: []string{
				`If-None-Match: "a"`, "If-Modified-Since: then", "Range: bytes=0-1", `If-Range: "a"`, `If-Match: "a"`,
				"If-Unmodified-Since: then", "Cookie: c", "Accept-Encoding: gzip",
			},
		}, {
			name: "plain from the site", method: http.MethodGet, kind: []string{"Accept: text/html"}, compress: CompressProxy,
			want: []string{
				"Range: bytes=0-1", `If-Range: "a"`, `If-Match: "a"`, "If-Unmodified-Since: then", "Cookie: c", "Accept-Encoding: identity",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := http.NewRequest(c.method, "http://ex.com/", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header = headerOf(append(c.kind, conditional...)...)
			before := r.Header.Clone()
			out, _ := (&Transport{Compress: c.compress}).outgoing(r)
			if want := headerOf(append(c.kind, c.want...)...); !reflect.DeepEqual(out.Header, want) {
				t.Errorf("header %v, want %v", out.Header, want)
			}
			if !reflect.DeepEqual(r.Header, before) {
				t.Errorf("the caller's request was changed: %v", r.Header)
			}
		})
	}
}

// Requests that cannot be for a page go out as they are, and so do pages for which nothing needs to change.
func TestOutgoingUnchanged(t *testing.T) {
	for _, lines := range [][]string{
		{"Sec-Fetch-Dest: image", "Accept-Encoding: gzip, dcb, *", `If-None-Match: "a"`, "Range: bytes=0-", "Dictionary-ID: a"},
		{"Sec-Fetch-Dest: document", "Accept-Encoding: gzip"},
		{"Sec-Fetch-Dest: image", "Accept-Encoding: gzip, deflate, br, zstd"},
		{"Sec-Fetch-Dest: document"},
	} {
		r, err := http.NewRequest(http.MethodGet, "http://ex.com/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header = headerOf(lines...)
		if out, _, _, _ := new(Transport).ask(r); out != r {
			t.Errorf("%q goes out as %v", lines, out.Header)
		}
	}
}

func TestAltered(t *testing.T) {
	site := []string{
		"Content-Type: text/html", `ETag: "a"`, "Last-Modified: then", "Expires: later", "Age: 1", "Accept-Ranges: bytes",
		"Content-MD5: a", "Digest: a", "Content-Digest: a", "Repr-Digest: a", "Signature: a", "Signature-Input: a",
		"Use-As-Dictionary: a", "Surrogate-Control: a", "CDN-Cache-Control: a", "Cloudflare-CDN-Cache-Control: a",
		"X-Accel-Expires: 1", "Cache-Control: public, max-age=60", "Set-Cookie: a=b", "Link: </a.css>", "Refresh: 1",
		"Content-Language: de", "Server-Timing: a", "Clear-Site-Data: *", "X-Accel-Buffering: no",
	}
	kept := []string{
		"Content-Type: text/html", "Set-Cookie: a=b", "Link: </a.css>", "Refresh: 1", "Content-Language: de", "Server-Timing: a",
		"Clear-Site-Data: *", "X-Accel-Buffering: no",
	}
	h := headerOf(site...)
	new(Transport).altered(h, Payload{Private: true}, holding)
	if want := headerOf(append(kept, "Cache-Control: private, no-cache")...); !reflect.DeepEqual(h, want) {
		t.Errorf("private: %v, want %v", h, want)
	}
	h = headerOf(site...)
	new(Transport).altered(h, Payload{}, holding)
	want := headerOf(append(kept, "Cache-Control: public, max-age=60", "Expires: later", "Age: 1", "Surrogate-Control: a",
		"CDN-Cache-Control: a", "Cloudflare-CDN-Cache-Control: a", "X-Accel-Expires: 1")...)
	if !reflect.DeepEqual(h, want) {
		t.Errorf("shared: %v, want %v", h, want)
	}
}
