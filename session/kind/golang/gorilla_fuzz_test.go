package golang

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gorilla/securecookie"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record/recordtest"
)

// FuzzGorilla changes good values: whatever comes in, nobody comes out but the user whom the site signed in.
func FuzzGorilla(f *testing.F) {
	key, block := []byte("a session key, thirty-two bytes."), []byte("a block key, sixteen or thirty-2")
	options := []GorillaOptions{
		{Keys: setting.NewKeys(key)},
		{Keys: setting.NewKeys(key), BlockKeys: setting.NewKeys(block)},
		{Keys: setting.NewKeys(key), Serializer: "json"},
	}
	recordtest.EncodeGob(f, map[any]any{}) // registers the types
	var sources []*recipe.Recipe
	for i, o := range options {
		o.Setup = recipe.Setup{Cookie: "s", Mapping: session.Mapping{ID: "id"}, Now: time.Now, MaxAge: -1}
		source, err := NewGorilla(kindtest.Usual(o))
		if err != nil {
			f.Fatal(err)
		}
		sources = append(sources, source)
		var blockKey []byte
		if len(o.BlockKeys) > 0 {
			blockKey = o.BlockKeys.Bytes()[0]
		}
		codec := securecookie.New(o.Keys.Bytes()[0], blockKey)
		var values any = map[any]any{"id": "ada"}
		if o.Serializer == "json" {
			codec.SetSerializer(securecookie.JSONEncoder{})
			values = map[string]any{"id": "ada"}
		}
		good, err := codec.Encode("s", values)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(good, i)
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header.Set("Cookie", "s="+good)
		if u, err := source.Identify(r, nil); u.ID != "ada" {
			f.Fatalf("%+v, %v", u, err)
		}
	}
	f.Fuzz(func(t *testing.T, value string, which int) {
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header = http.Header{"Cookie": {"s=" + value}}
		u, err := sources[uint(which)%uint(len(sources))].Identify(r, nil)
		if err == nil && u.ID != "ada" {
			t.Errorf("%q yields %+v", value, u)
		}
		if _, certain := session.NobodyReason(err); err != nil && !certain {
			t.Errorf("%q makes it unknown: %v", value, err)
		}
	})
}

// FuzzGorillaRecord feeds the record parser behind a good signature: the site itself may write anything, and must not get us
// to fall.
func FuzzGorillaRecord(f *testing.F) {
	key := []byte("a session key, thirty-two bytes.")
	codec := securecookie.New(key, nil).SetSerializer(securecookie.NopEncoder{}).MaxLength(0)
	source, err := NewGorilla(kindtest.Usual(GorillaOptions{Keys: setting.NewKeys(key), MaxLength: 1 << 20,
		Setup: recipe.Setup{Cookie: "s", Mapping: session.Mapping{ID: "id"}}}))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(recordtest.EncodeGob(f, map[any]any{"id": 42, "user": map[string]any{"ID": 1}}))
	f.Fuzz(func(t *testing.T, record []byte) {
		value, err := codec.Encode("s", record)
		if err != nil {
			return
		}
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header.Set("Cookie", "s="+value)
		if _, err := source.Identify(r, nil); err != nil {
			if reason, _ := session.NobodyReason(err); reason != session.Malformed && reason != session.NoUser {
				t.Errorf("got %v", err)
			}
		}
	})
}
