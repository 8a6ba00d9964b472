package php

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/seal"
	"tawkproxy/session/store"
)

var laravelKey = []byte("laravel-key-laravel-key-laravel-")

// laravelSeal encrypts as Laravel does. Change may spoil the envelope.
func laravelSeal(t testing.TB, key []byte, plain string, gcm bool, change func(envelope map[string]any)) string {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.StdEncoding.EncodeToString
	var envelope map[string]any
	if gcm {
		sealer, err := cipher.NewGCM(block)
		if err != nil {
			t.Fatal(err)
		}
		iv := bytes.Repeat([]byte{7}, 12)
		sealed := sealer.Seal(nil, iv, []byte(plain), nil)
		split := len(sealed) - 16
		envelope = map[string]any{"iv": encode(iv), "value": encode(sealed[:split]), "mac": "", "tag": encode(sealed[split:])}
	} else {
		iv := bytes.Repeat([]byte{7}, 16)
		padding := 16 - len(plain)%16
		value := append([]byte(plain), bytes.Repeat([]byte{byte(padding)}, padding)...)
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(value, value)
		envelope = map[string]any{"iv": encode(iv), "value": encode(value), "tag": "",
			"mac": seal.HexMAC(sha256.New, string(key), encode(iv)+encode(value))}
	}
	if change != nil {
		change(envelope)
	}
	text, err := json.Marshal(envelope)
	if err != nil {
		t.Fatal(err)
	}
	return encode(text)
}

// laravelPrefix is what stands before the content of a cookie.
func laravelPrefix(key []byte, cookie string) string {
	return seal.HexMAC(sha1.New, string(key), cookie+"v2") + "|"
}

func TestLaravelCrypt(t *testing.T) {
	const id = "vlRKwqDN9eOjMOWjbjLHWTRKLJgCcv7fM3kV1abc"
	small, other := []byte("laravel-16-larav"), []byte("previous-key-previous-key-previo")
	prefix := laravelPrefix(laravelKey, "laravel_session")
	remove := func(member string) func(map[string]any) { return func(e map[string]any) { delete(e, member) } }
	set := func(member string, value any) func(map[string]any) {
		return func(e map[string]any) { e[member] = value }
	}
	cut := func(n int) func(map[string]any) {
		return func(e map[string]any) {
			tag, _ := base64.StdEncoding.DecodeString(e["tag"].(string))
			e["tag"] = base64.StdEncoding.EncodeToString(tag[:n])
		}
	}
	oldName := sha1.Sum([]byte("laravel_session"))
	bothKeys := [][]byte{other, laravelKey}
	tests := []struct {
		name   string
		cipher string
		form   string
		keys   [][]byte
		value  string
		reason session.Reason
	}{
		{"CBC", "", "", nil, laravelSeal(t, laravelKey, prefix+id, false, nil), ""},
		{"CBC without a tag, as before 8", "", "", nil, laravelSeal(t, laravelKey, prefix+id, false, remove("tag")), ""},
		{"CBC with a tag", "", "", nil, laravelSeal(t, laravelKey, prefix+id, false, set("tag", "AAAAAAAAAAAAAAAAAAAAAA==")), session.Forged},
		{"CBC without a signature", "", "", nil, laravelSeal(t, laravelKey, prefix+id, false, remove("mac")), session.Forged},
		{"a signature in capitals", "", "", nil, laravelSeal(t, laravelKey, prefix+id, false,
			func(e map[string]any) { e["mac"] = strings.ToUpper(e["mac"].(string)) }), session.Forged},
		{"a signature that is no text", "", "", nil, laravelSeal(t, laravelKey, prefix+id, false, set("mac", true)), session.Malformed},
		{"another member", "", "", nil, laravelSeal(t, laravelKey, prefix+id, false, set("x", "")), session.Malformed},
		{"GCM", "AES-256-GCM", "", nil, laravelSeal(t, laravelKey, prefix+id, true, nil), ""},
		{"GCM in small letters", "aes-256-gcm", "", nil, laravelSeal(t, laravelKey, prefix+id, true, nil), ""},
		{"GCM with a short tag", "AES-256-GCM", "", nil, laravelSeal(t, laravelKey, prefix+id, true, cut(15)), session.Forged},
		{"GCM with a tag of one byte", "AES-256-GCM", "", nil, laravelSeal(t, laravelKey, prefix+id, true, cut(1)), session.Forged},
		{"GCM without a tag", "AES-256-GCM", "", nil, laravelSeal(t, laravelKey, prefix+id, true, remove("tag")), session.Forged},
		{"GCM with a signature", "AES-256-GCM", "", nil, laravelSeal(t, laravelKey, prefix+id, true, set("mac", "x")), session.Forged},
		{"GCM where CBC is in use", "", "", nil, laravelSeal(t, laravelKey, prefix+id, true, nil), session.Forged},
		{"CBC where GCM is in use", "AES-256-GCM", "", nil, laravelSeal(t, laravelKey, prefix+id, false, nil), session.Forged},
		{"128 bits", "AES-128-CBC", "", [][]byte{small},
			laravelSeal(t, small, laravelPrefix(small, "laravel_session")+id, false, nil), ""},
		{"128 bits GCM", "AES-128-GCM", "", [][]byte{small},
			laravelSeal(t, small, laravelPrefix(small, "laravel_session")+id, true, nil), ""},
		{"the previous key", "", "", bothKeys, laravelSeal(t, laravelKey, prefix+id, false, nil), ""},
		{"the previous key GCM", "AES-256-GCM", "", bothKeys, laravelSeal(t, laravelKey, prefix+id, true, nil), ""},
		{"one key's prefix in another's envelope", "", "", bothKeys, laravelSeal(t, other, prefix+id, false, nil), session.Forged},
		{"another key", "", "", bothKeys[:1], laravelSeal(t, laravelKey, prefix+id, false, nil), session.Forged},
		{"another cookie", "", "", nil, laravelSeal(t, laravelKey, laravelPrefix(laravelKey, "XSRF-TOKEN")+id, false, nil), session.Forged},
		{"bare where prefixed is in use", "", "", nil, laravelSeal(t, laravelKey, id, false, nil), session.Forged},
		{"bare", "", "bare", nil, laravelSeal(t, laravelKey, id, false, nil), ""},
		{"prefixed where bare is in use", "", "bare", nil, laravelSeal(t, laravelKey, prefix+id, false, nil), session.Malformed},
		{"sha1", "", "sha1", nil, laravelSeal(t, laravelKey, hex.EncodeToString(oldName[:])+"|"+id, false, nil), ""},
		{"sha1 where prefixed is in use", "", "", nil,
			laravelSeal(t, laravelKey, hex.EncodeToString(oldName[:])+"|"+id, false, nil), session.Forged},
		{"prefixed and serialized", "", "", nil, laravelSeal(t, laravelKey, serializedText(prefix+id), false, nil), ""},
		{"serialized where prefixed is in use", "", "", nil, laravelSeal(t, laravelKey, serializedText(id), false, nil), session.Forged},
		{"serialized", "", "serialized", nil, laravelSeal(t, laravelKey, `s:40:"`+id+`";`, false, nil), ""},
		{"serialized, but no text", "", "serialized", nil, laravelSeal(t, laravelKey, "i:42;", false, nil), session.Malformed},
		{"serialized, but damaged", "", "serialized", nil, laravelSeal(t, laravelKey, `s:41:"`+id+`";`, false, nil), session.Malformed},
		{"empty", "", "", nil, laravelSeal(t, laravelKey, "", false, nil), session.Forged},
		{"a folder", "", "bare", nil, laravelSeal(t, laravelKey, "../../../../../../../../../../etc/passwd0", false, nil), session.Malformed},
		{"not JSON", "", "", nil, "aGVsbG8=", session.Malformed},
		{"not base64", "", "", nil, "{}", session.Malformed},
		{"a list", "", "", nil, "W10=", session.Malformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			store := &memory{records: map[string]store.Record{id: {Data: []byte(laravelAda), Modified: time.Unix(1795354149, 0)}}}
			o := LaravelOptions{Setup: recipe.Setup{Store: store, Now: func() time.Time { return time.Unix(1795354149, 0) }},
				Key: setting.NewKeys(laravelKey), Cipher: test.cipher, CookieForm: test.form}
			if test.keys != nil {
				o.Key = setting.NewKeys(test.keys...)
			}
			u, err := identifyLaravel(t, o, "laravel_session="+url.QueryEscape(test.value))
			if reason, _ := session.NobodyReason(err); reason != test.reason || err == nil && u.ID != "42" {
				t.Errorf("got %+v, %v", u, err)
			}
			if test.reason != "" && store.asked > 0 {
				t.Error("the store was asked")
			}
		})
	}
}

const (
	laravelLogin = "login_web_59ba36addc2b2f9401580f014c7f58ea4e30989d"
	laravelAda   = `a:1:{s:50:"` + laravelLogin + `";i:42;}`
)

func identifyLaravel(t testing.TB, o LaravelOptions, cookies string) (session.User, error) {
	t.Helper()
	source, err := NewLaravel(kindtest.Usual(o))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "http://shop.example/", nil)
	r.Header.Set("Cookie", cookies)
	return source.Identify(r, nil)
}

func TestLaravelKeys(t *testing.T) {
	for _, test := range []struct {
		o    LaravelOptions
		want string
	}{
		{LaravelOptions{Key: setting.NewKeys(laravelKey)}, ""},
		{LaravelOptions{}, "the key is missing"},
		{LaravelOptions{Key: setting.NewKeys([]byte(nil))}, "key 1 has 0 bytes, but AES-256-CBC needs 32"},
		{LaravelOptions{Key: setting.NewKeys(laravelKey), Cipher: "AES-128-GCM"}, "key 1 has 32 bytes, but AES-128-GCM needs 16"},
		{LaravelOptions{Key: setting.NewKeys(laravelKey, []byte("short"))}, "key 2 has 5 bytes, but AES-256-CBC needs 32"},
		{LaravelOptions{Key: setting.NewKeys(laravelKey), Cipher: "DES"},
			`the cipher "DES" is none of Laravel's`},
		{LaravelOptions{Key: setting.NewKeys(laravelKey), Setup: recipe.Setup{Store: &store.Redis{}, MaxAge: time.Hour}},
			"sessions of this kind do not tell when they were made, so that a maximum age cannot be kept"},
		{LaravelOptions{Key: setting.NewKeys(laravelKey), CookieForm: "plain"},
			`the form "plain" of the cookie is not known`},
	} {
		_, err := NewLaravel(kindtest.Usual(test.o))
		if got := fmt.Sprint(err); got != test.want && (err != nil || test.want != "") {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

// What was sealed with the other kind of cipher is no question of the key, and said so.
func TestLaravelOtherCipher(t *testing.T) {
	for _, c := range []struct {
		name  string
		other bool // the site seals with the other kind
	}{{"AES-256-CBC", true}, {"AES-256-GCM", true}, {"AES-256-CBC", false}, {"AES-256-GCM", false}} {
		key := laravelKey
		if !c.other {
			key = []byte("another-key-another-key-another-")
		}
		crypt, err := seal.NewLaravelCrypt(c.name, "prefixed", [][]byte{laravelKey})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = crypt.Open(laravelSeal(t, key, "text", strings.HasSuffix(c.name, "GCM") != c.other, nil))
		reason, _ := session.NobodyReason(err)
		if reason != session.Forged || strings.Contains(err.Error(), "another cipher than "+c.name) != c.other {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
