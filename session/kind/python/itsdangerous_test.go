package python

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/record/recordtest"
	"tawkproxy/session/seal"
	"tawkproxy/session/sessiontest"
)

// TestItsdangerous reads what testdata/itsdangerous/make.py had the library itself sign.
func TestItsdangerous(t *testing.T) {
	text, err := os.ReadFile("testdata/itsdangerous/signed.json")
	if err != nil {
		t.Fatal(err)
	}
	var signed []struct{ Derivation, Digest, Value string }
	if err := json.Unmarshal(text, &signed); err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1795357041, 0)
	for _, s := range signed {
		for _, test := range []struct {
			name   string
			change func(o *FlaskOptions)
			value  string
			reason session.Reason
		}{
			{"good", func(*FlaskOptions) {}, s.Value, ""},
			{"quoted", func(*FlaskOptions) {}, `"` + s.Value + `"`, ""},
			{"old key", func(o *FlaskOptions) { o.SecretKeys = setting.NewKeys([]byte("new"), []byte("key")) }, s.Value, ""},
			{"other key", func(o *FlaskOptions) { o.SecretKeys = setting.NewKeys([]byte("new")) }, s.Value, session.Forged},
			{"31 days", func(o *FlaskOptions) { o.Now = func() time.Time { return at.Add(31 * 24 * time.Hour) } }, s.Value, ""},
			{"32 days", func(o *FlaskOptions) { o.Now = func() time.Time { return at.Add(32 * 24 * time.Hour) } }, s.Value, session.Expired},
			{"no limit", func(o *FlaskOptions) {
				o.Now, o.MaxAge = func() time.Time { return at.Add(32 * 24 * time.Hour) }, -1
			}, s.Value, ""},
			{"no signature", func(*FlaskOptions) {}, s.Value[:strings.LastIndex(s.Value, ".")], session.Forged},
			{"no dot", func(*FlaskOptions) {}, "x", session.Malformed},
		} {
			o := FlaskOptions{Salt: "salt", KeyDerivation: s.Derivation, SecretKeys: setting.NewKeys([]byte("key")),
				Setup: recipe.Setup{Mapping: session.Mapping{ID: "id"}, Now: func() time.Time { return at }}}
			test.change(&o)
			source, err := NewFlask(kindtest.Usual(o))
			if err != nil {
				t.Fatal(err)
			}
			u, err := source.Identify(sessiontest.WithCookie("session", test.value), nil)
			reason, _ := session.NobodyReason(err)
			if reason != test.reason || err == nil && u.ID != "42" {
				t.Errorf("%s, %s, %s: got %+v, %v, want %q", s.Derivation, s.Digest, test.name, u, err, test.reason)
			}
		}
	}
}

// Before version 1.1 the library counted seconds from 2011.
func TestItsdangerousTime(t *testing.T) {
	for stamp, want := range map[string]int64{
		"\x6b\x02\xee\x31":             0x6b02ee31,
		"\x1d\xe4\x8c\x31":             0x1de48c31 + seal.DangerousEpoch,
		"":                             seal.DangerousEpoch,
		"\x01\x00\x00\x00\x00":         1 << 32,
		"\x01\x00\x00\x00\x00\x00\x00": -1,
	} {
		s, err := seal.DangerousPayload(t.Context(), nil, recipe.State{Data: []byte("e30." + base64.RawURLEncoding.EncodeToString([]byte(stamp)))})
		if want < 0 != (err != nil) || err == nil && s.Issued.Unix() != want {
			t.Errorf("%x: got %v, %v, want %d", stamp, s.Issued.Unix(), err, want)
		}
	}
}

func TestFlaskOptions(t *testing.T) {
	key := [][]byte{[]byte("key")}
	for name, o := range map[string]FlaskOptions{
		"no key":             {},
		"empty key":          {SecretKeys: setting.NewKeys([]byte("key"), nil)},
		"unknown derivation": {SecretKeys: setting.NewKeys(key...), KeyDerivation: "md5"},
	} {
		if _, err := NewFlask(kindtest.Usual(o)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestTagged(t *testing.T) {
	for text, want := range map[string]any{
		`{"id":{" u":"00000000000000000000000000000007"}}`: map[string]any{"id": "00000000-0000-0000-0000-000000000007"},
		`{"a":{" t":[1,{" b":"AP94"}]}}`:                   map[string]any{"a": []any{json.Number("1"), []byte("\x00\xffx")}},
		`{"a":{" m":"<b>"},"d":{" d":"Thu, 29 Feb"}}`:      map[string]any{"a": "<b>", "d": "Thu, 29 Feb"},
		`{"a":{" di":{" t__":1}}}`:                         map[string]any{"a": map[string]any{" t": json.Number("1")}},
		`{"a":{" di":1}}`:                                  map[string]any{"a": map[string]any{" di": json.Number("1")}},
		`{"a":{" u":"7"},"b":{" b":7}}`: map[string]any{"a": map[string]any{" u": "7"},
			"b": map[string]any{" b": json.Number("7")}},
		`{"a":{" t":1,"x":2}}`:  map[string]any{"a": map[string]any{" t": json.Number("1"), "x": json.Number("2")}},
		`{"a":{" od":[]}}`:      map[string]any{"a": map[string]any{" od": []any{}}},
		`{"a":{" x":{" u":7}}}`: map[string]any{"a": map[string]any{" x": map[string]any{" u": json.Number("7")}}},
	} {
		if got, err := record.ParseTagged([]byte(text)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, %v, want %#v", text, got, err, want)
		}
	}
	if _, err := record.ParseTagged([]byte("{")); err == nil {
		t.Error("half an object is read")
	}
}

// FuzzFlask changes good values: whatever comes in, nobody comes out but the user whom the site signed in.
func FuzzFlask(f *testing.F) {
	text, err := os.ReadFile("testdata/itsdangerous/signed.json")
	if err != nil {
		f.Fatal(err)
	}
	var signed []struct{ Derivation, Value string }
	if err := json.Unmarshal(text, &signed); err != nil {
		f.Fatal(err)
	}
	for _, s := range signed {
		f.Add(s.Value, s.Derivation == "hmac")
	}
	sources := map[bool]session.Source{}
	for hmac, derivation := range map[bool]string{true: "hmac", false: "concat"} {
		sources[hmac], err = NewFlask(kindtest.Usual(FlaskOptions{Salt: "salt", KeyDerivation: derivation, SecretKeys: setting.NewKeys([]byte("key")),
			Setup: recipe.Setup{Mapping: session.Mapping{ID: "id"}, MaxAge: -1}}))
		if err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, value string, hmac bool) {
		sessiontest.FuzzCookie(t, sources[hmac], "session", value)
	})
}

// FuzzTagged feeds the tags anything.
func FuzzTagged(f *testing.F) {
	f.Add([]byte(`{"id":{" u":"00000000000000000000000000000007"},"a":{" t":[1,{" b":"AP94"}]},"d":{" di":{" t__":1}}}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		if tree, err := record.ParseTagged(content); err == nil {
			recordtest.CheckPlain(t, tree, 0)
		}
	})
}

func BenchmarkFlask(b *testing.B) {
	text, err := os.ReadFile("testdata/itsdangerous/signed.json")
	if err != nil {
		b.Fatal(err)
	}
	var signed []struct{ Derivation, Digest, Value string }
	if err := json.Unmarshal(text, &signed); err != nil {
		b.Fatal(err)
	}
	source, err := NewFlask(kindtest.Usual(FlaskOptions{Salt: "salt", KeyDerivation: signed[0].Derivation, SecretKeys: setting.NewKeys([]byte("key")),
		Setup: recipe.Setup{Mapping: session.Mapping{ID: "id"}, MaxAge: -1}}))
	if err != nil {
		b.Fatal(err)
	}
	kindtest.BenchmarkIdentify(b, source, sessiontest.WithCookie("session", signed[0].Value), nil)
}
