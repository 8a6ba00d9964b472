package golang

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gorilla/securecookie"

	"tawkproxy/config/setting"
	"tawkproxy/examples/testenv"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record/recordtest"
	"tawkproxy/session/store"
)

// gorillaRequest makes a request whose session names user 42, and the recipe that reads it.
func gorillaRequest(b testing.TB, blockKey []byte, place store.Store) (*http.Request, *recipe.Recipe) {
	b.Helper()
	key := []byte("a session key, thirty-two bytes.")
	values := map[any]any{"user_id": 42, "user_name": "Ada Lovelace", "user_email": "ada@example.com", "csrf": "0123456789abcdef"}
	recordtest.EncodeGob(b, values) // registers the types
	codec := securecookie.New(key, blockKey)
	id := "Q74VY5XN5SANB63NLBWCYWVOW4OWG2CTH5WKNOM7SOO3QTUW2XDQ"
	content := any(values)
	switch store := place.(type) {
	case *store.Files:
		record, err := codec.Encode("session", values)
		if err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(store.Dir, "session_"+id), []byte(record), 0o600); err != nil {
			b.Fatal(err)
		}
		content = id
	case *store.Redis:
		content = id
	}
	value, err := codec.Encode("session", content)
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest("GET", "http://shop.example/", nil)
	r.Header.Set("Cookie", "_ga=GA1.2.3; theme=dark; session="+value)
	recipe, err := NewGorilla(kindtest.Usual(GorillaOptions{Keys: setting.NewKeys(key), BlockKeys: setting.NewKeys(blockKey),
		Setup: recipe.Setup{Cookie: "session", Store: place, Mapping: session.Mapping{ID: "user_id", Name: "user_name", Email: "user_email"}}}))
	if err != nil {
		b.Fatal(err)
	}
	return r, recipe
}

func BenchmarkGorilla(b *testing.B) {
	block := []byte("a block key, sixteen or thirty-2")
	b.Run("no cookie", func(b *testing.B) {
		_, recipe := gorillaRequest(b, nil, nil)
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		b.ReportAllocs()
		for b.Loop() {
			recipe.Identify(r, nil)
		}
	})
	b.Run("signed", func(b *testing.B) {
		r, recipe := gorillaRequest(b, nil, nil)
		kindtest.BenchmarkIdentify(b, recipe, r, nil)
	})
	b.Run("encrypted", func(b *testing.B) {
		r, recipe := gorillaRequest(b, block, nil)
		kindtest.BenchmarkIdentify(b, recipe, r, nil)
	})
	b.Run("file", func(b *testing.B) {
		r, recipe := gorillaRequest(b, nil, &store.Files{Dir: b.TempDir(), Timeout: time.Second})
		kindtest.BenchmarkIdentify(b, recipe, r, nil)
	})
	b.Run("redis", func(b *testing.B) {
		server := testenv.Redis(b)
		redis, err := store.NewRedis("unix://"+server.Socket, time.Second)
		if err != nil {
			b.Fatal(err)
		}
		defer redis.Close()
		server.Set("session_Q74VY5XN5SANB63NLBWCYWVOW4OWG2CTH5WKNOM7SOO3QTUW2XDQ", string(recordtest.EncodeGob(b, map[any]any{"user_id": 42})))
		r, recipe := gorillaRequest(b, nil, redis)
		kindtest.BenchmarkIdentify(b, recipe, r, nil)
	})
}
