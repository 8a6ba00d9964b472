package python

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

func BenchmarkDjango(b *testing.B) {
	values := `{"_auth_user_id":"42","_auth_user_backend":"django.contrib.auth.backends.ModelBackend","_auth_user_hash":"` +
		strings.Repeat("0", 64) + `","cart":[{"sku":"A-1","qty":2}]}`
	id := strings.Repeat("a", 32)
	for name, test := range map[string]struct{ salt, payload string }{
		"signed":   {kindtest.DjangoCookieSalt, base64.RawURLEncoding.EncodeToString([]byte(values))},
		"deflated": {kindtest.DjangoCookieSalt, kindtest.Deflated(values)},
		"db":       {"django.contrib.sessions.SessionStore", kindtest.Deflated(values)},
	} {
		b.Run(name, func(b *testing.B) {
			signed := kindtest.SignDjango(sha256.New, "key", test.salt, test.payload)
			o := DjangoOptions{SessionEngine: "signed_cookies", SecretKeys: setting.NewKeys([]byte("key")), Setup: recipe.Setup{MaxAge: -1}}
			cookie := signed
			if name == "db" {
				cookie, o.SessionEngine = id, "db"
				o.Store = storetest.StoreFunc(func(context.Context, string) (store.Record, error) { return store.Record{Data: []byte(signed)}, nil })
			}
			source, err := NewDjango(kindtest.Usual(o))
			if err != nil {
				b.Fatal(err)
			}
			kindtest.BenchmarkIdentify(b, source, sessiontest.WithCookie("sessionid", cookie), nil)
		})
	}
}

func BenchmarkPickle(b *testing.B) {
	content := []byte("\x80\x04}(\x8c\x0d_auth_user_id\x8c\x0242\x8c\x0f_auth_user_hash\x8c\x4000000000000000000000000000000000" +
		"00000000000000000000000000000000\x8c\x04cart](}(\x8c\x03sku\x8c\x03A-1\x8c\x03qtyK\x02ueu.")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := record.ParsePickle(content); err != nil {
			b.Fatal(err)
		}
	}
}
