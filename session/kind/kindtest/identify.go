package kindtest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
)

// BenchmarkIdentify identifies a visitor again and again; where sessions are remembered, also as one who comes for the first time.
func BenchmarkIdentify(b *testing.B, source session.Source, r *http.Request, answer http.Header) {
	if recipe, ok := source.(*recipe.Recipe); ok {
		if _, _, remembers := recipe.Memory(); remembers {
			b.Run("read anew", func(b *testing.B) { BenchmarkIdentify(b, recipe.Forgetful(), r, answer) })
			b.Run("remembered", func(b *testing.B) { identifyAll(b, source, r, answer) })
			return
		}
	}
	identifyAll(b, source, r, answer)
}

func identifyAll(b *testing.B, source session.Source, r *http.Request, answer http.Header) {
	b.ReportAllocs()
	for b.Loop() {
		if u, err := source.Identify(r, answer); err != nil || u.ID != "42" {
			b.Fatal(u, err)
		}
	}
}

func BenchmarkHandler(b *testing.B, handler http.Handler) {
	b.ReportAllocs()
	r, w := ProxiedVisitor(), httptest.NewRecorder()
	for b.Loop() {
		handler.ServeHTTP(w, r)
	}
}

func ProxiedVisitor() *http.Request {
	r := sessiontest.Visitor("s=1")
	r.RemoteAddr = "192.0.2.7:1234"
	for name, value := range map[string]string{
		"X-Forwarded-User": "42", "X-Forwarded-Email": "ada@example.com", "X-Forwarded-Preferred-Username": "Ada",
		"User-Agent": "Mozilla/5.0", "Accept": "text/html", "Accept-Language": "en", "Accept-Encoding": "gzip", "Referer": "http://x/",
	} {
		r.Header.Set(name, value)
	}
	return r
}

// MustOpen makes a source of what a constructor returned.
func MustOpen(t testing.TB) func(*recipe.Recipe, error) session.Source {
	return func(recipe *recipe.Recipe, err error) session.Source {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return recipe
	}
}
