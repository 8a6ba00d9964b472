package proxy

import (
	"io"
	"net/http"
	"net/http/httptest"
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
