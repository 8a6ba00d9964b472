package golang

import (
	"encoding/base64"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/gorilla/sessions"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record/recordtest"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

// gorillaFixtures reads the captures of gorilla/sessions and gorilla/securecookie.
var gorillaFixtures = kindtest.FixtureKind{Framework: "gorilla", Open: openGorilla, Canonical: decodedBase64}

func openGorilla(t *testing.T, site kindtest.FixtureSite) session.Source {
	t.Helper()
	o := GorillaOptions{Setup: site.Setup, Serializer: site.Config.Text("serializer"),
		MaxLength: site.Config.Number("max_length"), KeyPrefix: kindtest.Prefix(site.Config.Text("key_prefix"))}
	for _, pair := range site.Config.List("key_pairs") {
		o.Keys = append(o.Keys, setting.NewSecret(pair.Text("hash_key")))
		o.BlockKeys = append(o.BlockKeys, setting.NewSecret(pair.Text("block_key")))
	}
	recipe, err := NewGorilla(kindtest.Usual(o))
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

// decodedBase64 is what a securecookie value stands for: the last character's unused bits do not count.
func decodedBase64(value string) string {
	decoded, err := base64.URLEncoding.DecodeString(value)
	if err != nil {
		return value
	}
	return string(decoded)
}

func TestGorillaFixtures(t *testing.T) { kindtest.RunFixtures(t, gorillaFixtures) }

func TestGorillaFlippedBits(t *testing.T) { kindtest.FlipFixtures(t, gorillaFixtures) }

// What does not fit is nobody, with a reason that says where to look.
func TestGorillaReasons(t *testing.T) {
	key, block := []byte("a session key, thirty-two bytes."), []byte("a block key, sixteen or thirty-2")
	encode := func(name string, keys ...[]byte) string {
		t.Helper()
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		s, _ := sessions.NewCookieStore(keys...).New(r, name)
		s.Values["id"] = 42
		if err := s.Save(r, w); err != nil {
			t.Fatal(err)
		}
		return w.Result().Cookies()[0].Value
	}
	now := time.Now()
	tests := []struct {
		name   string
		value  string
		change func(*GorillaOptions)
		reason session.Reason
	}{
		{"good", encode("shop", key, block), nil, ""},
		{"foreign key", encode("shop", []byte("another")), nil, session.Forged},
		{"another cookie's value", encode("cart", key, block), nil, session.Forged},
		{"not encrypted", encode("shop", key), nil, session.Malformed},
		{"other block key", encode("shop", key, []byte("another, sixteen")), nil, session.Malformed},
		{"other serializer", encode("shop", key, block), func(o *GorillaOptions) { o.Serializer = "json" }, session.Malformed},
		{"too old", encode("shop", key, block), func(o *GorillaOptions) {
			o.Now = func() time.Time { return now.Add(31 * 24 * time.Hour) }
		}, session.Expired},
		{"old, but without a limit", encode("shop", key, block), func(o *GorillaOptions) {
			o.Now = func() time.Time { return now.Add(31 * 24 * time.Hour) }
			o.MaxAge = -1
		}, ""},
		{"too long", encode("shop", key, block), func(o *GorillaOptions) { o.MaxLength = 100 }, session.Malformed},
		{"not base 64", "%%%", nil, session.Malformed},
		{"a signed value where an id is expected", encode("shop", key, block), func(o *GorillaOptions) {
			o.Store = &store.Files{Dir: t.TempDir(), Timeout: sessiontest.Patience}
		}, session.Malformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := GorillaOptions{Setup: recipe.Setup{Cookie: "shop", Mapping: session.Mapping{ID: "id"}}, Keys: setting.NewKeys(key), BlockKeys: setting.NewKeys(block)}
			if test.change != nil {
				test.change(&o)
			}
			source, err := NewGorilla(kindtest.Usual(o))
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest("GET", "http://shop.example/", nil)
			r.Header.Set("Cookie", "shop="+test.value)
			u, err := source.Identify(r, nil)
			if reason, _ := session.NobodyReason(err); reason != test.reason || (err == nil) != (test.reason == "") || err == nil && u.ID != "42" {
				t.Errorf("got %+v, %v, want reason %q", u, err, test.reason)
			}
		})
	}
}

func TestGorillaOptions(t *testing.T) {
	key := []byte("key")
	site := recipe.Setup{Cookie: "shop", Mapping: session.Mapping{ID: "id"}}
	bad := map[string]GorillaOptions{
		"no key":                 {Setup: site},
		"no key for the files":   {Setup: recipe.Setup{Cookie: "shop", Mapping: session.Mapping{ID: "id"}, Store: &store.Files{}}},
		"empty key":              {Setup: site, Keys: setting.NewKeys(key, nil)},
		"block key of 5 bytes":   {Setup: site, Keys: setting.NewKeys(key), BlockKeys: setting.NewKeys([]byte("short"))},
		"more block keys":        {Setup: site, Keys: setting.NewKeys(key), BlockKeys: setting.NewKeys(nil, nil)},
		"unknown serializer":     {Setup: site, Keys: setting.NewKeys(key), Serializer: "xml"},
		"no cookie":              {Setup: recipe.Setup{Mapping: session.Mapping{ID: "id"}}, Keys: setting.NewKeys(key)},
		"no path to the user id": {Setup: recipe.Setup{Cookie: "shop"}, Keys: setting.NewKeys(key)},
	}
	for name, o := range bad {
		if _, err := NewGorilla(kindtest.Usual(o)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := NewSCS(kindtest.Usual(SCSOptions{Setup: site})); err == nil {
		t.Error("scs without a store: accepted")
	}
}

// rbcervilla/redisstore: the cookie is the bare id, there are no keys.
func TestGorillaBareID(t *testing.T) {
	id := strings.Repeat("ABCDEFG234567", 8)[:103]
	server := miniredis.RunT(t)
	server.Set("session:"+id, string(recordtest.EncodeGob(t, map[any]any{"id": 42})))
	server.Set("other:"+id, string(recordtest.EncodeGob(t, map[any]any{"id": 43})))
	for prefix, want := range map[string]string{"": "42", "other:": "43"} {
		source, err := NewGorilla(kindtest.Usual(GorillaOptions{KeyPrefix: kindtest.Prefix(prefix),
			Setup: recipe.Setup{Cookie: "shop", Store: storetest.OpenRedis(t, "redis://"+server.Addr()), Mapping: session.Mapping{ID: "id"}}}))
		if err != nil {
			t.Fatal(err)
		}
		for value, reason := range map[string]session.Reason{id: "", strings.ToLower(id): session.NoRecord, "../" + id: session.Malformed, "x": session.Malformed} {
			r := httptest.NewRequest("GET", "http://shop.example/", nil)
			r.Header.Set("Cookie", "shop="+value)
			u, err := source.Identify(r, nil)
			if got, _ := session.NobodyReason(err); got != reason || reason == "" && u.ID != want {
				t.Errorf("%q, %.10s…: got %+v, %v", prefix, value, u, err)
			}
		}
	}
}
