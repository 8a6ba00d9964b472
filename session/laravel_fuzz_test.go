package session

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// FuzzLaravel reads cookies and records of any content. A cookie is accepted only if it opens to what was sealed.
func FuzzLaravel(f *testing.F) {
	id := strings.Repeat("i", 40)
	good := strings.TrimPrefix(laravelSessionCookie(f, id), "laravel_session=")
	f.Add(good, []byte(laravelAda), false)
	f.Add(good, []byte(`{"login_web_59ba36addc2b2f9401580f014c7f58ea4e30989d":42}`), false)
	f.Add(good, []byte(serializedText(laravelSeal(f, laravelKey, serializedText(laravelAda), false, nil))), false)
	f.Add(laravelSeal(f, laravelKey, id, true, nil), []byte("[]"), true)
	f.Fuzz(func(t *testing.T, value string, record []byte, gcm bool) {
		at := time.Unix(1795354149, 0)
		store := &memory{records: map[string]Record{id: {Data: record, Modified: at}}}
		o := LaravelOptions{Keys: [][]byte{laravelKey}, Setup: Setup{Store: store, Now: func() time.Time { return at }}}
		if gcm {
			o.Cipher = "AES-256-GCM"
		}
		source, err := Laravel(o)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header["Cookie"] = []string{"laravel_session=" + value}
		if _, err := source.Identify(r, nil); err == nil || store.asked > 0 {
			sent := ReadCookies(r, nil, at).Values("laravel_session")[0]
			if opened(sent) != opened(good) {
				t.Errorf("accepted %q", value)
			}
		}
	})
}

// opened is the envelope in a cookie's value.
func opened(value string) string {
	envelope, _ := phpBase64(phpCookieValue(value))
	return string(envelope)
}

// FuzzWordPress reads cookies and session_tokens of any content.
func FuzzWordPress(f *testing.F) {
	const hash = "$P$BxMa8fWmZYztStitAfZmOmKVS1iGZe/"
	good := wordPressValue("keysalt", "fWmZ", "ada", 1795526563)
	f.Add(good, serializedToken("token", `a:1:{s:10:"expiration";i:1795526563;}`))
	f.Add("ada|1|t|m", serializedToken("token", "i:1795526563;"))
	f.Add("a%7c1%7C+%7c", "a:1:{i:0;N;}")
	f.Fuzz(func(t *testing.T, value, sessions string) {
		login, ends, err := parseWordPress(value)
		if err == nil && (ends.IsZero() || len(login.user)+len(login.token)+len(login.mac) > len(value)) {
			t.Errorf("%q: got %+v", value, login)
		}
		if err == nil && login.signed("keysalt", hash) && phpCookieValue(value) != phpCookieValue(good) {
			t.Errorf("accepted %q", value)
		}
		if token, err := findToken(sessions, "token"); err == nil && token.ends.IsZero() {
			t.Errorf("%q: a session without an end", sessions)
		}
	})
}
