package php

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/seal"
	"tawkproxy/session/store"
)

// FuzzLaravel reads cookies and records of any content. A cookie is accepted only if it opens to what was sealed.
func FuzzLaravel(f *testing.F) {
	id := strings.Repeat("i", 40)
	good := strings.TrimPrefix(laravelSessionCookie(f, id), "laravel_session=")
	f.Add(good, []byte(laravelAda), false)
	f.Add(good, []byte(`{"login_web_59ba36addc2b2f9401580f014c7f58ea4e30989d":42}`), false)
	f.Add(good, []byte(serializedText(laravelSeal(f, laravelKey, serializedText(laravelAda), false, nil))), false)
	f.Add(laravelSeal(f, laravelKey, id, true, nil), []byte("[]"), true)
	at := time.Unix(1795354149, 0)
	place := &memory{}
	open := func(cipher string) session.Source {
		source, err := NewLaravel(kindtest.Usual(LaravelOptions{Key: setting.NewKeys(laravelKey), Cipher: cipher,
			Setup: recipe.Setup{Store: place, Now: func() time.Time { return at }}}))
		if err != nil {
			f.Fatal(err)
		}
		return source
	}
	cbc, gcm := open("AES-256-CBC"), open("AES-256-GCM")
	f.Fuzz(func(t *testing.T, value string, record []byte, sealed bool) {
		*place = memory{records: map[string]store.Record{id: {Data: record, Modified: at.Add(-time.Minute)}}} // none is being written
		source := cbc
		if sealed {
			source = gcm
		}
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header["Cookie"] = []string{"laravel_session=" + value}
		if _, err := source.Identify(r, nil); err == nil || place.asked > 0 {
			sent := cookie.Read(r, nil, at).Values("laravel_session")[0]
			if opened(sent) != opened(good) {
				t.Errorf("accepted %q", value)
			}
		}
	})
}

// opened is what the envelope in a cookie's value holds. How its JSON is written is not signed, and does not matter.
func opened(value string) (parts struct{ IV, Value, MAC, Tag string }) {
	envelope, _ := seal.PhpBase64(cookie.PhpCookieValue(value))
	json.Unmarshal(envelope, &parts)
	return parts
}

// FuzzWordPress reads cookies and session_tokens of any content.
func FuzzWordPress(f *testing.F) {
	const hash = "$P$BxMa8fWmZYztStitAfZmOmKVS1iGZe/"
	good := wordPressValue("keysalt", "fWmZ", "ada", 1795526563)
	f.Add(good, serializedToken("token", `a:1:{s:10:"expiration";i:1795526563;}`))
	f.Add("ada|1|t|m", serializedToken("token", "i:1795526563;"))
	f.Add("a%7c1%7C+%7c", "a:1:{i:0;N;}")
	f.Fuzz(func(t *testing.T, value, sessions string) {
		login, ends, err := parseWordPress(cookie.PhpCookieValue(value))
		if err == nil && (ends.IsZero() || len(login.user)+len(login.token)+len(login.mac) > len(value)) {
			t.Errorf("%q: got %+v", value, login)
		}
		if err == nil && login.signed("keysalt", hash) && cookie.PhpCookieValue(value) != cookie.PhpCookieValue(good) {
			t.Errorf("accepted %q", value)
		}
		if token, err := findToken(sessions, "token"); err == nil && token.ends.IsZero() {
			t.Errorf("%q: a session without an end", sessions)
		}
	})
}
