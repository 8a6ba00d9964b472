package store_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

func TestRedisOverTLS(t *testing.T) {
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: certificate}, keyFile: {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	addr := testenv.FreeAddr(t)
	_, port, _ := net.SplitHostPort(addr)
	server := testenv.Redis(t, "--tls-port", port, "--tls-cert-file", certFile, "--tls-key-file", keyFile,
		"--tls-ca-cert-file", certFile, "--tls-auth-clients", "no")
	server.Set("s:1", "record")
	if record, err := storetest.OpenRedis(t, "rediss://"+addr+"?skip_verify=true").Get(t.Context(), "s:1"); string(record.Data) != "record" {
		t.Errorf("got %q, %v", record.Data, err)
	}
	if _, err := storetest.OpenRedis(t, "rediss://"+addr).Get(t.Context(), "s:1"); err == nil {
		t.Error("a certificate that nobody vouches for is taken")
	}
}

// The master is found through a sentinel, and the new one after the old one is gone.
func TestRedisSentinel(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a sentinel takes seconds to see that its Redis is gone")
	}
	first, second := testenv.Redis(t, "--repl-diskless-sync-delay", "0"), testenv.Redis(t)
	host, port, _ := net.SplitHostPort(first.Addr)
	if reply := second.Do("REPLICAOF", host, port); reply != "+OK" {
		t.Fatal(reply)
	}
	config := filepath.Join(t.TempDir(), "sentinel.conf")
	lines := []string{"sentinel monitor shop " + host + " " + port + " 1", "sentinel down-after-milliseconds shop 300",
		"sentinel failover-timeout shop 2000"}
	if err := os.WriteFile(config, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	first.Set("s:1", "record")
	waitFor(t, "the replica to have the record", func() bool {
		return strings.Contains(second.Text("GET", "s:1"), "record")
	})
	waitFor(t, "the master to know the replica", func() bool {
		return strings.Contains(first.Text("INFO", "replication"), "state=online")
	})
	sentinel := testenv.Sentinel(t, config)
	sentinel.Do("SENTINEL", "DEBUG", "info-period", "100") // from Redis 7 on; else it asks for replicas every ten seconds
	redis := storetest.OpenRedis(t, "redis+sentinel://"+sentinel.Addr+"/0?master_name=shop")
	if record, err := redis.Get(t.Context(), "s:1"); string(record.Data) != "record" {
		t.Fatalf("got %q, %v", record.Data, err)
	}
	waitFor(t, "the sentinel to see the replica", func() bool {
		return strings.Contains(sentinel.Text("SENTINEL", "REPLICAS", "shop"), second.Addr)
	})
	first.Kill()
	waitFor(t, "the new master", func() bool {
		record, _ := redis.Get(t.Context(), "s:1")
		return string(record.Data) == "record"
	})
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(3 * sessiontest.Patience); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// What a real server says to a wrong password and to a number of a database that it does not have.
func TestRedisFaults(t *testing.T) {
	t.Parallel()
	server := testenv.Redis(t)
	server.Do("CONFIG", "SET", "requirepass", "right")
	for url, want := range map[string]store.Fault{
		"redis://" + server.Addr + "/0":          store.Password,
		"redis://:wrong@" + server.Addr + "/0":   store.Password,
		"redis://:right@" + server.Addr + "/99":  store.NoDatabase,
		"redis://:right@" + server.Addr + "/0":   "",
		"redis://nobody:x@" + server.Addr + "/0": store.Password,
	} {
		opened, err := store.NewRedis(url, 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		_, err = opened.Get(t.Context(), "x")
		opened.Close()
		if got := store.FaultOf(err); got != want || err == nil {
			t.Errorf("%s: %v is %q, want %q", url, err, got, want)
		}
	}
}
