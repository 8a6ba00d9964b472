package session

import (
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

func openRedis(t *testing.T, rawURL string) *Redis {
	t.Helper()
	redis, err := NewRedis(rawURL, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { redis.Close() })
	return redis
}

func TestRedis(t *testing.T) {
	server := testenv.Redis(t)
	server.Set("s:1", "record\x00\xff")
	server.Set("s:full", strings.Repeat("x", maxRecord))
	server.Set("s:large", strings.Repeat("x", maxRecord+1))
	server.Do("LPUSH", "s:list", "x")
	server.Do("ACL", "SETUSER", "reader", "on", ">p@ss/w", "~s:*", "resetchannels", "-@all", "+getrange")
	server.Do("ACL", "SETUSER", "stranger", "on", ">pw", "~other:*", "-@all", "+getrange")

	urls := map[string]string{
		"address": "redis://" + server.Addr,
		"socket":  "unix://" + server.Socket,
		"account": "redis://reader:p%40ss%2Fw@" + server.Addr + "/0",
	}
	for name, url := range urls {
		t.Run(name, func(t *testing.T) {
			redis := openRedis(t, url)
			if record, err := redis.Get(t.Context(), "s:1"); string(record.Data) != "record\x00\xff" {
				t.Errorf("got %q, %v", record.Data, err)
			}
			if record, err := redis.Get(t.Context(), "s:full"); len(record.Data) != maxRecord {
				t.Errorf("got %d bytes, %v", len(record.Data), err)
			}
			for key, want := range map[string]Reason{"s:2": NoRecord, "s:large": Malformed, "s:list": ""} {
				_, err := redis.Get(t.Context(), key)
				if reason, _ := NobodyReason(err); err == nil || reason != want {
					t.Errorf("%s: got %v, want reason %q", key, err, want)
				}
			}
		})
	}
	for name, url := range map[string]string{
		"wrong password": "redis://reader:wrong@" + server.Addr,
		"no right":       "redis://stranger:pw@" + server.Addr,
		"nobody there":   "redis://" + testenv.FreeAddr(t),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := openRedis(t, url).Get(t.Context(), "s:1")
			if _, certain := NobodyReason(err); err == nil || certain {
				t.Errorf("got %v, want unknown", err)
			}
		})
	}
}

func TestRedisCluster(t *testing.T) {
	server := testenv.Redis(t, "--cluster-enabled", "yes")
	if reply := server.Do("CLUSTER", "ADDSLOTSRANGE", "0", "16383"); reply != "+OK" {
		t.Fatal(reply)
	}
	for deadline := time.Now().Add(patience); server.Do("SET", "s:1", "record") != "+OK"; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the cluster does not come up")
		}
	}
	record, err := openRedis(t, "redis+cluster://"+server.Addr).Get(t.Context(), "s:1")
	if string(record.Data) != "record" {
		t.Errorf("got %q, %v", record.Data, err)
	}
}

// The captures of the Redis stores, from a real Redis.
func TestGorillaFixturesFromRedis(t *testing.T) {
	testenv.Need(t, "redis-server")
	kind := gorillaFixtures
	kind.ServeRedis = func(t *testing.T, snapshot redisSnapshot) string {
		server := testenv.Redis(t)
		for _, k := range snapshot.Keys {
			server.Set(k.Key, string(k.Value))
		}
		return "unix://" + server.Socket
	}
	for _, variant := range loadFixtures(t, "gorilla") {
		if !strings.HasPrefix(variant.name, "redis") {
			continue
		}
		for _, c := range variant.Cases {
			if c.Expect.Outcome != "user" {
				continue
			}
			source := openGorilla(t, openFixture(t, kind, variant, c))
			if u, err := source.Identify(c.request(), nil); err != nil || !isUser(u, c) {
				t.Errorf("%s/%s: got %+v, %v", variant.name, c.Name, u, err)
			}
		}
	}
}

// A Redis that is killed makes the answer unknown, not nobody, and is used again as soon as it is back.
func TestRedisKilled(t *testing.T) {
	server := testenv.Redis(t)
	token := strings.Repeat("t", 43)
	record := string(encodeGob(t, struct{ Values map[string]any }{map[string]any{"id": 42}}))
	server.Set("scs:session:"+token, record)
	source, err := SCS(SCSOptions{
		Setup: Setup{Cookie: "session", Store: openRedis(t, "redis://"+server.Addr), Mapping: Mapping{ID: "id"}}})
	if err != nil {
		t.Fatal(err)
	}
	identify := func() (User, error) {
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header.Set("Cookie", "session="+token)
		return source.Identify(r, nil)
	}
	if u, err := identify(); u.ID != "42" {
		t.Fatalf("got %+v, %v", u, err)
	}
	server.Kill()
	for range 2 * breakAfter {
		_, err := identify()
		if _, certain := NobodyReason(err); err == nil || certain {
			t.Fatalf("got %v, want unknown", err)
		}
	}
	server.Start()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		_, err := identify()
		if reason, _ := NobodyReason(err); reason == NoRecord {
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

// A Redis that takes connections and says nothing costs no more than the time limit.
func TestRedisThatHangs(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go io.Copy(io.Discard, conn)
		}
	}()
	redis, err := NewRedis("redis://"+listener.Addr().String(), 30*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer redis.Close()
	started := time.Now()
	_, err = redis.Get(t.Context(), "key")
	if _, certain := NobodyReason(err); err == nil || certain {
		t.Errorf("got %v, want unknown", err)
	}
	t.Logf("unknown after %v: %v", time.Since(started), err)
}
