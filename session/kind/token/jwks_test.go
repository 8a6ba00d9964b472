package token

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/seal"
	"tawkproxy/session/sessiontest"
)

// A keyServer hands out a key set, which a test may change, and counts how often it was asked.
type keyServer struct {
	*httptest.Server
	asked  atomic.Int32
	answer atomic.Pointer[http.HandlerFunc]
}

func serveKeys(t testing.TB) *keyServer {
	t.Helper()
	s := &keyServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		(*s.answer.Load())(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *keyServer) serve(answer http.HandlerFunc) { s.answer.Store(&answer) }

func (s *keyServer) fail() {
	s.serve(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "down", http.StatusBadGateway) })
}

func (s *keyServer) keys(t testing.TB, keys ...jose.JSONWebKey) {
	t.Helper()
	text, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	s.serve(func(w http.ResponseWriter, _ *http.Request) { w.Write(text) })
}

// A set is fetched when there is a reason to, and its absence is not taken for a forged token.
func TestKeySetLife(t *testing.T) {
	all := kindtest.TestKeys(t)
	signers := map[string]any{"one": all["RS256"], "two": rsaKey(t), "three": rsaKey(t)}
	key := func(id string) jose.JSONWebKey {
		return jose.JSONWebKey{KeyID: id, Key: signers[id].(*rsa.PrivateKey).Public(), Use: "sig", Algorithm: "RS256"}
	}
	token := func(id string) *http.Request {
		claims := kindtest.AdaClaims(map[string]any{"exp": sessiontest.IssuedAt.Add(24 * time.Hour).Unix()})
		return sessiontest.WithCookie("token", kindtest.SignToken(t, "RS256", signers[id], map[string]any{"kid": id}, claims))
	}
	server := serveKeys(t)
	server.fail()
	at := sessiontest.IssuedAt
	o := testSite()
	o.Algorithm, o.JWKS, o.Now = "RS256", kindtest.URL(server.URL), func() time.Time { return at }
	source := kindtest.MustOpen(t)(NewJWT(o))

	steps := []struct {
		name   string
		after  time.Duration
		change func()
		id     string
		want   string // a reason, "user", or "unknown"
		asked  int32  // since the step before; -1: once, behind the visitor's back
	}{
		{"down at the start", 0, nil, "one", "unknown", 1},
		{"still down, left alone", seal.KeySetRetry - time.Second, nil, "one", "unknown", 0},
		{"still down, asked again", time.Second, nil, "one", "unknown", 1},
		{"there", seal.KeySetRetry, func() { server.keys(t, key("one")) }, "one", "user", 1},
		{"remembered", time.Second, nil, "one", "user", 0},
		{"a key that the young set lacks", seal.KeySetPause - 2*time.Second, func() { server.keys(t, key("two")) }, "two", "forged", 0},
		{"a key that the set lacks by now", time.Second, nil, "two", "user", 1},
		{"a key that was taken back", time.Second, nil, "one", "forged", 0},
		{"a key that there is not", seal.KeySetPause, nil, "three", "forged", 1},
		{"down when a key is missing", seal.KeySetPause, server.fail, "three", "unknown", 1},
		{"the last good set stays", 0, nil, "two", "user", 0},
		{"an hour later", time.Hour, func() { server.keys(t, key("two"), key("three")) }, "two", "user", -1},
		{"its new key is there", time.Second, nil, "three", "user", 0},
		{"nonsense", time.Hour, func() { server.serve(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>")) }) },
			"one", "unknown", 1},
		{"the last good set stays again", time.Second, nil, "three", "user", 0},
		{"too much", seal.KeySetRetry, func() {
			server.serve(func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, seal.MaxKeyFile+1)) })
		}, "one", "unknown", 1},
		{"elsewhere", seal.KeySetRetry, func() {
			server.serve(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://evil.example/", http.StatusFound)
			})
		}, "one", "unknown", 1},
	}
	for _, step := range steps {
		at = at.Add(step.after)
		if step.change != nil {
			step.change()
		}
		before := server.asked.Load()
		u, err := source.Identify(token(step.id), nil)
		reason, certain := session.NobodyReason(err)
		got := string(reason)
		switch {
		case err == nil:
			got = "user"
		case !certain:
			got = "unknown"
		}
		if got != step.want {
			t.Errorf("%s: got %+v, %v", step.name, u, err)
		}
		want := step.asked
		if want < 0 {
			want = 1
			for deadline := time.Now().Add(sessiontest.Patience); server.asked.Load() == before && time.Now().Before(deadline); {
				time.Sleep(time.Millisecond)
			}
			waitForKeys(t, source, token("three"))
		}
		if n := server.asked.Load() - before; n != want {
			t.Errorf("%s: asked %d times, not %d", step.name, n, want)
		}
	}
}

// waitForKeys waits until what is being fetched behind the visitor's back has come into force.
func waitForKeys(t *testing.T, source session.Source, r *http.Request) {
	t.Helper()
	for deadline := time.Now().Add(sessiontest.Patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if _, err := source.Identify(r, nil); err == nil {
			return
		}
	}
	t.Error("the new set did not come into force")
}

func rsaKey(t testing.TB) any {
	t.Helper()
	return kindtest.TestKeys(t)["RS256"]
}

// A visitor does not wait longer than their request may; those who come later have the set.
func TestKeySetSlow(t *testing.T) {
	key := kindtest.TestKeys(t)["ES256"]
	server := serveKeys(t)
	slow := make(chan struct{})
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{KeyID: "k", Key: key.Public()}}})
	if err != nil {
		t.Fatal(err)
	}
	server.serve(func(w http.ResponseWriter, _ *http.Request) {
		<-slow
		w.Write(set)
	})
	o := testSite()
	o.Algorithm, o.JWKS = "ES256", kindtest.URL(server.URL)
	source := kindtest.MustOpen(t)(NewJWT(o))
	r := sessiontest.WithCookie("token", kindtest.SignToken(t, "ES256", key, nil, kindtest.AdaClaims(nil)))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := source.Identify(r.WithContext(ctx), nil); err == nil {
		t.Error("a user without a key")
	} else if _, certain := session.NobodyReason(err); certain {
		t.Errorf("the key set is slow, and that is taken for nobody: %v", err)
	}
	close(slow)
	if u, err := source.Identify(r, nil); err != nil || u.ID != "42" {
		t.Errorf("got %+v, %v", u, err)
	}
	if n := server.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// Of a set, only the keys count that are for signatures of the algorithm.
func TestKeySetChoice(t *testing.T) {
	keys := kindtest.TestKeys(t)
	text, err := json.Marshal(map[string]any{"keys": []any{
		jose.JSONWebKey{KeyID: "good", Key: keys["RS256"].Public()},
		jose.JSONWebKey{KeyID: "with the private part", Key: keys["RS256"]},
		jose.JSONWebKey{KeyID: "for encryption", Key: keys["RS256"].Public(), Use: "enc"},
		jose.JSONWebKey{KeyID: "for another algorithm", Key: keys["RS256"].Public(), Algorithm: "PS256"},
		jose.JSONWebKey{KeyID: "of another kind", Key: keys["ES256"].Public()},
		jose.JSONWebKey{KeyID: "secret", Key: []byte("a secret")},
		map[string]any{"kid": "unheard of", "kty": "BLOB"},
		map[string]any{"kid": "broken", "kty": "RSA", "n": "!"},
		map[string]any{"kid": 7},
		"text",
	}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	o := testSite()
	o.Algorithm, o.JWKS = "RS256", kindtest.URL(fileURL(t, file))
	source := kindtest.MustOpen(t)(NewJWT(o))
	for id, want := range map[string]bool{"": true, "good": true, "with the private part": true, "for encryption": false,
		"for another algorithm": false, "of another kind": false, "secret": false, "unheard of": false, "broken": false} {
		header := map[string]any{"kid": id}
		if id == "" {
			header = nil
		}
		u, err := source.Identify(sessiontest.WithCookie("token", kindtest.SignToken(t, "RS256", keys["RS256"], header, kindtest.AdaClaims(nil))), nil)
		if reason, _ := session.NobodyReason(err); (err == nil) != want || !want && reason != session.Forged {
			t.Errorf("key %q: got %+v, %v", id, u, err)
		}
	}
	for _, text := range []string{`{}`, `{"keys":[]}`, `{"keys":{}}`, `[]`, strings.Repeat("[", 20000)} {
		if rings, err := seal.ParseKeySet([]byte(text), jose.RS256); err == nil {
			t.Errorf("%.20s is read as %v", text, rings)
		}
	}
}
