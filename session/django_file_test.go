package session

import (
	"crypto/sha256"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
		reason  Reason // if it never counts
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
		{`,"_session_expiry":-1`, 0, [2]float64{}, Expired},
		{`,"_session_expiry":"2026-11-22T13:00:00+00:00"`, 1, [2]float64{}, ""},
		{`,"_session_expiry":"2026-11-22T15:00:00.000000+02:00"`, 1, [2]float64{}, ""},
		{`,"_session_expiry":"2026-12-22T12:00:00+00:00"`, 30 * 24, [2]float64{}, ""},
		{`,"_session_expiry":"2026-11-23T12:00:00"`, 36, [2]float64{10, 36}, ""},
		{`,"_session_expiry":"soon"`, 0, [2]float64{}, Malformed},
		{`,"_session_expiry":[60]`, 0, [2]float64{}, Malformed},
	} {
		payload := base64.RawURLEncoding.EncodeToString([]byte(`{"_auth_user_id":"42"` + test.expiry + `}`))
		record := signDjango(sha256.New, "key", "django.contrib.sessions.SessionStore", payload)
		dir := t.TempDir()
		path := filepath.Join(dir, "sessionid"+id)
		if err := os.WriteFile(path, []byte(record), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, written, written); err != nil {
			t.Fatal(err)
		}
		for _, hours := range []float64{0, 0.9, 1.1, 9.9, 10.1, 23.9, 24.1, 35.9, 36.1, 719, 721, never - 1} {
			source := mustOpen(t)(Django(DjangoOptions{Engine: "file", SecretKeys: [][]byte{[]byte("key")}, Setup: Setup{
				MaxAge: age * time.Hour, Store: &Files{Dir: dir, Timeout: patience},
				Now: func() time.Time { return written.Add(time.Duration(hours * float64(time.Hour))) }}}))
			u, err := source.Identify(withCookie("sessionid", id), nil)
			reason, certain := NobodyReason(err)
			want := test.reason
			if want == "" && hours > test.hours {
				want = Expired
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
	record := signDjango(sha256.New, "key", "django.contrib.sessions.SessionStore",
		base64.RawURLEncoding.EncodeToString([]byte(pickled)))
	if err := os.WriteFile(filepath.Join(dir, "sessionid"+id), []byte(record), 0o600); err != nil {
		t.Fatal(err)
	}
	source := mustOpen(t)(Django(DjangoOptions{Engine: "file", SecretKeys: [][]byte{[]byte("key")}, Setup: Setup{
		Store: &Files{Dir: dir, Timeout: patience}}}))
	u, err := source.Identify(withCookie("sessionid", id), nil)
	if _, certain := NobodyReason(err); err == nil || certain {
		t.Errorf("got %+v, %v, want unknown", u, err)
	}
}
