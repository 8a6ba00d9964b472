package python

import (
	"crypto/sha256"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
)

// When Django's own file.py ends a session, by _session_expiry or by the age of the file; in hours after that was written.
func TestDjangoFileEnd(t *testing.T) {
	written := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	const never, age = 24 * 365, 24
	id := strings.Repeat("i", 32)
	for _, test := range []struct {
		expiry  string
		hours   float64 // at which it ends
		unknown [2]float64
		reason  session.Reason // if it never counts
	}{
		{``, age, [2]float64{}, ""},
		{`,"_session_expiry":null`, age, [2]float64{}, ""},
		{`,"_session_expiry":0`, age, [2]float64{}, ""},
		{`,"_session_expiry":0.0`, age, [2]float64{}, ""},
		{`,"_session_expiry":false`, age, [2]float64{}, ""},
		{`,"_session_expiry":""`, age, [2]float64{}, ""},
		{`,"_session_expiry":60`, never, [2]float64{}, ""},
		{`,"_session_expiry":0.5`, never, [2]float64{}, ""},
		{`,"_session_expiry":true`, never, [2]float64{}, ""},
		{`,"_session_expiry":-1`, 0, [2]float64{}, session.Expired},
		{`,"_session_expiry":"2026-11-22T13:00:00+00:00"`, 1, [2]float64{}, ""},
		{`,"_session_expiry":"2026-11-22T15:00:00.000000+02:00"`, 1, [2]float64{}, ""},
		{`,"_session_expiry":"2026-12-22T12:00:00+00:00"`, 30 * 24, [2]float64{}, ""},
		{`,"_session_expiry":"2026-11-23T12:00:00"`, 36, [2]float64{10, 36}, ""},
		{`,"_session_expiry":"soon"`, 0, [2]float64{}, session.Malformed},
		{`,"_session_expiry":[60]`, 0, [2]float64{}, session.Malformed},
	} {
		payload := base64.RawURLEncoding.EncodeToString([]byte(`{"_auth_user_id":"42"` + test.expiry + `}`))
		record := kindtest.SignDjango(sha256.New, "key", "django.contrib.sessions.SessionStore", payload)
		dir := t.TempDir()
		path := filepath.Join(dir, "sessionid"+id)
		if err := os.WriteFile(path, []byte(record), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, written, written); err != nil {
			t.Fatal(err)
		}
		for _, hours := range []float64{0, 0.9, 1.1, 9.9, 10.1, 23.9, 24.1, 35.9, 36.1, 719, 721, never - 1} {
			source := kindtest.MustOpen(t)(NewDjango(kindtest.Usual(DjangoOptions{SessionEngine: "file", SecretKeys: setting.NewKeys([]byte("key")), Setup: recipe.Setup{
				MaxAge: age * time.Hour, Store: &store.Files{Dir: dir, Timeout: sessiontest.Patience},
				Now: func() time.Time { return written.Add(time.Duration(hours * float64(time.Hour))) }}})))
			u, err := source.Identify(sessiontest.WithCookie("sessionid", id), nil)
			reason, certain := session.NobodyReason(err)
			want := test.reason
			if want == "" && hours > test.hours {
				want = session.Expired
			}
			if hours > test.unknown[0] && hours < test.unknown[1] {
				if err == nil || certain {
					t.Errorf("%s, %v hours later: got %+v, %v, want unknown", test.expiry, hours, u, err)
				}
				continue
			}
			if reason != want || (u.ID == "42") != (want == "") {
				t.Errorf("%s, %v hours later: got %+v, %v, want %q", test.expiry, hours, u, err, want)
			}
		}
	}
}

// A date in a pickle, which Django of before 4.1 may have written, is not read; so it is unknown when the session ends.
func TestDjangoFilePickledEnd(t *testing.T) {
	dir, id := t.TempDir(), strings.Repeat("i", 32)
	pickled := "\x80\x02}(X\x0d\x00\x00\x00_auth_user_idX\x02\x00\x00\x0042X\x0f\x00\x00\x00_session_expiry" +
		"cdatetime\ndatetime\nU\x01x\x85Ru."
	record := kindtest.SignDjango(sha256.New, "key", "django.contrib.sessions.SessionStore",
		base64.RawURLEncoding.EncodeToString([]byte(pickled)))
	if err := os.WriteFile(filepath.Join(dir, "sessionid"+id), []byte(record), 0o600); err != nil {
		t.Fatal(err)
	}
	source := kindtest.MustOpen(t)(NewDjango(kindtest.Usual(DjangoOptions{SessionEngine: "file", SecretKeys: setting.NewKeys([]byte("key")), Setup: recipe.Setup{
		Store: &store.Files{Dir: dir, Timeout: sessiontest.Patience}}})))
	u, err := source.Identify(sessiontest.WithCookie("sessionid", id), nil)
	if _, certain := session.NobodyReason(err); err == nil || certain {
		t.Errorf("got %+v, %v, want unknown", u, err)
	}
}
