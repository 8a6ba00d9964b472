package session

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
)

func BenchmarkDjango(b *testing.B) {
	values := `{"_auth_user_id":"42","_auth_user_backend":"django.contrib.auth.backends.ModelBackend","_auth_user_hash":"` +
		strings.Repeat("0", 64) + `","cart":[{"sku":"A-1","qty":2}]}`
	id := strings.Repeat("a", 32)
	for name, test := range map[string]struct{ salt, payload string }{
		"signed":   {djangoCookieSalt, base64.RawURLEncoding.EncodeToString([]byte(values))},
		"deflated": {djangoCookieSalt, deflated(values)},
		"db":       {"django.contrib.sessions.SessionStore", deflated(values)},
	} {
		b.Run(name, func(b *testing.B) {
			signed := signDjango(sha256.New, "key", test.salt, test.payload)
			o := DjangoOptions{Engine: "signed_cookies", SecretKeys: [][]byte{[]byte("key")}, Setup: Setup{MaxAge: -1}}
			cookie := signed
			if name == "db" {
				cookie, o.Engine = id, "db"
				o.Store = storeFunc(func(context.Context, string) (Record, error) { return Record{Data: []byte(signed)}, nil })
			}
			source, err := Django(o)
			if err != nil {
				b.Fatal(err)
			}
			benchmarkIdentify(b, source, withCookie("sessionid", cookie), nil)
		})
	}
}

func BenchmarkPickle(b *testing.B) {
	record := []byte("\x80\x04}(\x8c\x0d_auth_user_id\x8c\x0242\x8c\x0f_auth_user_hash\x8c\x4000000000000000000000000000000000" +
		"00000000000000000000000000000000\x8c\x04cart](}(\x8c\x03sku\x8c\x03A-1\x8c\x03qtyK\x02ueu.")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parsePickle(record); err != nil {
			b.Fatal(err)
		}
	}
}
