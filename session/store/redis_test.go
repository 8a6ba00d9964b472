package store_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
	"tawkproxy/session"
	"tawkproxy/session/record"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

func TestRedis(t *testing.T) {
	server := testenv.Redis(t)
	server.Set("s:1", "record\x00\xff")
	server.Set("s:full", strings.Repeat("x", record.MaxRecord))
	server.Set("s:large", strings.Repeat("x", record.MaxRecord+1))
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
			redis := storetest.OpenRedis(t, url)
			if record, err := redis.Get(t.Context(), "s:1"); string(record.Data) != "record\x00\xff" {
				t.Errorf("got %q, %v", record.Data, err)
			}
			if content, err := redis.Get(t.Context(), "s:full"); len(content.Data) != record.MaxRecord {
				t.Errorf("got %d bytes, %v", len(content.Data), err)
			}
			for key, want := range map[string]session.Reason{"s:2": session.NoRecord, "s:large": session.Malformed, "s:list": ""} {
				_, err := redis.Get(t.Context(), key)
				if reason, _ := session.NobodyReason(err); err == nil || reason != want {
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
			_, err := storetest.OpenRedis(t, url).Get(t.Context(), "s:1")
			if _, certain := session.NobodyReason(err); err == nil || certain {
				t.Errorf("got %v, want unknown", err)
			}
		})
	}
}

func TestRedisCluster(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a cluster takes seconds to form")
	}
	// By itself the cluster's port is 10,000 above the server's, where there may be none.
	_, bus, _ := net.SplitHostPort(testenv.FreeAddr(t))
	server := testenv.Redis(t, "--cluster-enabled", "yes", "--cluster-port", bus)
	if reply := server.Do("CLUSTER", "ADDSLOTSRANGE", "0", "16383"); reply != "+OK" {
		t.Fatal(reply)
	}
	for deadline := time.Now().Add(sessiontest.Patience); server.Do("SET", "s:1", "record") != "+OK"; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the cluster does not come up")
		}
	}
	record, err := storetest.OpenRedis(t, "redis+cluster://"+server.Addr).Get(t.Context(), "s:1")
	if string(record.Data) != "record" {
		t.Errorf("got %q, %v", record.Data, err)
	}
}

// A Redis that takes connections and says nothing costs no more than the time limit.
func TestRedisThatHangs(t *testing.T) {
	redis, err := store.NewRedis("redis://"+storetest.Silent(t), 30*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer redis.Close()
	started := time.Now()
	_, err = redis.Get(t.Context(), "key")
	if _, certain := session.NobodyReason(err); err == nil || certain {
		t.Errorf("got %v, want unknown", err)
	}
	t.Logf("unknown after %v: %v", time.Since(started), err)
}
