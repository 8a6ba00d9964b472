package golang

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record/recordtest"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

// The captures of the Redis stores, from a real Redis.
func TestGorillaFixturesFromRedis(t *testing.T) {
	testenv.Need(t, "redis-server")
	kind := gorillaFixtures
	kind.ServeRedis = func(t *testing.T, snapshot kindtest.RedisSnapshot) string {
		server := testenv.Redis(t)
		for _, k := range snapshot.Keys {
			server.Set(k.Key, string(k.Value))
		}
		return "unix://" + server.Socket
	}
	for _, variant := range kindtest.LoadFixtures(t, "gorilla") {
		if !strings.HasPrefix(variant.Name, "redis") {
			continue
		}
		for _, c := range variant.Cases {
			if c.Expect.Outcome != "user" {
				continue
			}
			source := openGorilla(t, kindtest.OpenFixture(t, kind, variant, c))
			if u, err := source.Identify(c.Request(), nil); err != nil || !kindtest.IsUser(u, c) {
				t.Errorf("%s/%s: got %+v, %v", variant.Name, c.Name, u, err)
			}
		}
	}
}

// A Redis that is killed makes the answer unknown, not nobody, and is used again as soon as it is back.
func TestRedisKilled(t *testing.T) {
	server := testenv.Redis(t)
	token := strings.Repeat("t", 43)
	record := string(recordtest.EncodeGob(t, struct{ Values map[string]any }{map[string]any{"id": 42}}))
	server.Set("scs:session:"+token, record)
	source, err := NewSCS(kindtest.Usual(SCSOptions{
		Setup: recipe.Setup{Cookie: "session", Store: storetest.OpenRedis(t, "redis://"+server.Addr), Mapping: session.Mapping{ID: "id"}}}))
	if err != nil {
		t.Fatal(err)
	}
	identify := func() (session.User, error) {
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header.Set("Cookie", "session="+token)
		return source.Identify(r, nil)
	}
	if u, err := identify(); u.ID != "42" {
		t.Fatalf("got %+v, %v", u, err)
	}
	server.Kill()
	for range 2 * store.BreakAfter {
		_, err := identify()
		if _, certain := session.NobodyReason(err); err == nil || certain {
			t.Fatalf("got %v, want unknown", err)
		}
	}
	server.Start()
	for deadline := time.Now().Add(sessiontest.Patience); ; time.Sleep(20 * time.Millisecond) {
		_, err := identify()
		if reason, _ := session.NobodyReason(err); reason == session.NoRecord {
			break // it forgot all sessions
		}
		if time.Now().After(deadline) {
			t.Fatalf("Redis is back, but got %v", err)
		}
	}
	server.Set("scs:session:"+token, record)
	if u, err := identify(); u.ID != "42" {
		t.Errorf("got %+v, %v", u, err)
	}
}
