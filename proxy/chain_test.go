package proxy

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestChainIsInRequestOrder(t *testing.T) {
	say := func(word string) Middleware {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				io.WriteString(w, word+"(")
				next.ServeHTTP(w, r)
				io.WriteString(w, ")"+word)
			})
		}
	}
	site := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "site") })
	for want, layers := range map[string][]Middleware{
		"site":             {},
		"a(site)a":         {say("a")},
		"a(b(c(site)c)b)a": {say("a"), say("b"), say("c")},
		"c(b(a(site)a)b)c": {say("c"), say("b"), say("a")},
	} {
		w := httptest.NewRecorder()
		Chain(site, layers...).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		if got := w.Body.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestTransports(t *testing.T) {
	var passed []string
	layer := func(name string) func(http.RoundTripper) http.RoundTripper {
		return func(base http.RoundTripper) http.RoundTripper {
			return passing(func(r *http.Request) (*http.Response, error) {
				passed = append(passed, "to "+name)
				answer, err := base.RoundTrip(r)
				passed = append(passed, "from "+name)
				return answer, err
			})
		}
	}
	site := passing(func(*http.Request) (*http.Response, error) { passed = append(passed, "site"); return nil, nil })
	_, _ = Transports(site, layer("a"), nil, layer("b")).RoundTrip(nil)
	if got, want := strings.Join(passed, ", "), "to a, to b, site, from b, from a"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

type passing func(*http.Request) (*http.Response, error)

func (p passing) RoundTrip(r *http.Request) (*http.Response, error) { return p(r) }
