package site

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/sessiontest"
)

func TestResponse(t *testing.T) {
	source, err := NewResponses(ResponseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		answer http.Header
		want   session.User
		reason session.Reason
	}{
		{"a user", http.Header{"X-Tawk-User-Id": {"42"}, "X-Tawk-User-Name": {"José"}, "X-Tawk-User-Email": {"j@example.com"}},
			session.User{ID: "42", Name: "José", Email: "j@example.com"}, ""},
		{"written for ASCII", http.Header{"X-Tawk-User-Id": {"=?utf-8?b?NDI=?="}, "X-Tawk-User-Name": {"=?UTF-8?B?Sm9zw6k=?="}},
			session.User{ID: "=?utf-8?b?NDI=?=", Name: "José"}, ""},
		{"in Latin-1", http.Header{"X-Tawk-User-Id": {"42"}, "X-Tawk-User-Name": {"Jos\xe9"}}, session.User{ID: "42"}, ""},
		{"nobody", http.Header{"Content-Type": {"text/html"}}, session.User{}, session.NoUser},
		{"empty", http.Header{"X-Tawk-User-Id": {""}}, session.User{}, session.NoUser},
		{"guest", http.Header{"X-Tawk-User-Id": {"0"}}, session.User{}, session.NoUser},
		{"two", http.Header{"X-Tawk-User-Id": {"42", "43"}}, session.User{}, session.Ambiguous},
		{"an id in Latin-1", http.Header{"X-Tawk-User-Id": {"\xe9"}}, session.User{}, session.Malformed},
	}
	for _, test := range tests {
		r := sessiontest.Visitor("s=1")
		r.Header.Set("X-Tawk-User-Id", "1") // what a visitor says is never believed
		u, err := source.Identify(r, test.answer)
		if reason, _ := session.NobodyReason(err); reason != test.reason || !reflect.DeepEqual(u, test.want) {
			t.Errorf("%s: got %+v, %v", test.name, u, err)
		}
		if _, err := source.Identify(r, nil); err == nil {
			t.Error("a user without a page")
		} else if _, certain := session.NobodyReason(err); certain {
			t.Errorf("certain without a page: %v", err)
		}
	}
	cached := http.Header{"X-Tawk-User-Id": {"42"}, "Age": {"7"}}
	if u, err := source.Identify(sessiontest.Visitor("s=1"), cached); err == nil {
		t.Errorf("out of a cache: %+v", u)
	} else if reason, certain := session.NobodyReason(err); certain {
		t.Errorf("out of a cache: certain that it is nobody: %s", reason)
	}
	if source.About().Deferred {
		t.Error("a page need not wait for its own header")
	}
	if _, err := NewResponses(ResponseOptions{Mapping: session.Mapping{ID: "X User"}}); err == nil {
		t.Error("a header with a blank is accepted")
	}
	if _, err := NewResponses(ResponseOptions{Path: "me"}); err == nil {
		t.Error("a path without a slash is accepted")
	}
}

// Without a page, the site is asked, and answers by the same headers.
func TestResponseAsked(t *testing.T) {
	site := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-User", r.URL.Path+" "+r.Header.Get("Cookie"))
		w.Header().Set("Set-Cookie", "s=2")
	})
	source, err := NewResponses(ResponseOptions{Mapping: session.Mapping{ID: "X-User"}, Path: "/me", Questions: kind.Questions{Site: site}})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	source.About().Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, _ := source.Identify(r, nil)
		io.WriteString(w, u.ID)
	})).ServeHTTP(w, sessiontest.Visitor("s=1"))
	if w.Body.String() != "/me s=1" || w.Header().Get("Set-Cookie") != "s=2" {
		t.Errorf("got %q, %q", w.Body, w.Header())
	}
}

// The headers leave on no answer, whatever its status, and the source has seen them before.
func TestResponseTransport(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["x-tawk-user-id"] = []string{"42", "43"}
		w.Header().Set("X-Tawk-User-Name", "Ada")
		w.Header().Set("X-Other", "kept")
		w.WriteHeader(map[string]int{"/": 200, "/304": 304, "/302": 302, "/404": 404, "/500": 500}[r.URL.Path])
	}))
	defer site.Close()
	target, err := url.Parse(site.URL)
	if err != nil {
		t.Fatal(err)
	}
	source, err := NewResponses(ResponseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	inserter := roundTripper(func(r *http.Request) (*http.Response, error) {
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			if reason, _ := session.NobodyReason(sessiontest.Second(source.Identify(r, answer.Header))); reason == session.Ambiguous {
				seen++
			}
		}
		return answer, err
	})
	front := httptest.NewServer(&httputil.ReverseProxy{Transport: source.Transport(inserter),
		Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(target) }, ErrorLog: nil})
	defer front.Close()
	for i, path := range []string{"/", "/304", "/302", "/404", "/500"} {
		got := sessiontest.Exchange(t, front, "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		if strings.Contains(strings.ToLower(got), "x-tawk") || !strings.Contains(got, "X-Other: kept") || seen != i+1 {
			t.Errorf("%s: got %q", path, got)
		}
	}
	if _, err := source.Transport(roundTripper(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF })).
		RoundTrip(sessiontest.Visitor("")); err != io.ErrUnexpectedEOF {
		t.Errorf("a failure became %v", err)
	}
}

// What comes ahead of the answer's header or behind its body is neither believed nor shown.
func TestResponseHintsAndTrailers(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["X-Tawk-User-Id"] = []string{"42"}
		w.Header().Set("Link", "</a.css>")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Del("X-Tawk-User-Id")
		w.Header().Set("Trailer", "X-Tawk-User-Name, X-Sum")
		io.WriteString(w, "page")
		w.(http.Flusher).Flush()
		w.Header().Set("X-Tawk-User-Name", "Ada")
		w.Header().Set("X-Sum", "7")
		w.Header().Set(http.TrailerPrefix+"X-Tawk-User-Id", "42")
	}))
	defer site.Close()
	target, err := url.Parse(site.URL)
	if err != nil {
		t.Fatal(err)
	}
	source, err := NewResponses(ResponseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var seen error
	base := roundTripper(func(r *http.Request) (*http.Response, error) {
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			seen = sessiontest.Second(source.Identify(r, answer.Header))
		}
		return answer, err
	})
	front := httptest.NewServer(&httputil.ReverseProxy{Transport: source.Transport(base),
		Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(target) }})
	defer front.Close()
	got := sessiontest.Exchange(t, front, "GET / HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nConnection: close\r\n\r\n")
	if strings.Contains(strings.ToLower(got), "x-tawk") || strings.Count(got, "Link: </a.css>") != 2 ||
		!strings.Contains(got, "X-Sum: 7") || !strings.Contains(got, "page") {
		t.Errorf("got %q", got)
	}
	if reason, _ := session.NobodyReason(seen); reason != session.NoUser {
		t.Errorf("who is named ahead of the header: %v", seen)
	}
	if u, err := mustResponse(t, throughProxy(t, site.Config.Handler)).Identify(sessiontest.Visitor("s=1"), nil); err == nil {
		t.Errorf("who is named ahead of the header when asked: %+v", u)
	}
}

func mustResponse(t *testing.T, site http.Handler) *Responses {
	t.Helper()
	source, err := NewResponses(ResponseOptions{Path: "/me", Questions: kind.Questions{Site: site}})
	if err != nil {
		t.Fatal(err)
	}
	return source
}
