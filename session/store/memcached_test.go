package store_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
	"tawkproxy/session"
	"tawkproxy/session/record"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/hashing"
	"tawkproxy/session/store/storetest"
)

func openMemcached(t *testing.T, url string, timeout time.Duration) *store.Memcached {
	t.Helper()
	opened, err := store.NewMemcached(url, timeout)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	return opened
}

func TestMemcached(t *testing.T) {
	t.Parallel()
	server, socket := testenv.Memcached(t, "-I", "4m", "-m", "64"), testenv.MemcachedSocket(t)
	for _, s := range []*testenv.MemcachedServer{server, socket} {
		s.Set("s:1", 5, "record\x00\xff\r\nEND\r\n")
		s.Set("s:empty", 0, "")
	}
	server.Set("s:full", 0, strings.Repeat("x", record.MaxRecord))
	server.Set("s:large", 0, strings.Repeat("x", record.MaxRecord+1))
	for name, url := range map[string]string{"address": "memcached://" + server.Addr, "socket": "memcached://" + socket.Addr} {
		t.Run(name, func(t *testing.T) {
			memcached := openMemcached(t, url, sessiontest.Patience)
			if record, err := memcached.Get(t.Context(), "s:1"); string(record.Data) != "record\x00\xff\r\nEND\r\n" || record.Flags != 5 {
				t.Errorf("got %q, flags %d, %v", record.Data, record.Flags, err)
			}
			for key, want := range map[string]session.Reason{"s:2": session.NoRecord, "s:empty": session.NoUser, "": session.Malformed,
				"s 1": session.Malformed, "s\r\nflush_all": session.Malformed, strings.Repeat("x", 251): session.Malformed} {
				_, err := memcached.Get(t.Context(), key)
				if reason, _ := session.NobodyReason(err); reason != want {
					t.Errorf("%q: got %v, want reason %q", key, err, want)
				}
			}
		})
	}
	memcached := openMemcached(t, "memcached://"+server.Addr, sessiontest.Patience)
	if content, err := memcached.Get(t.Context(), "s:full"); len(content.Data) != record.MaxRecord {
		t.Errorf("got %d bytes, %v", len(content.Data), err)
	}
	_, err := memcached.Get(t.Context(), "s:large")
	if reason, _ := session.NobodyReason(err); reason != session.Malformed {
		t.Errorf("got %v", err)
	}
}

// A server that is gone is unknown at once, and one that has come back is used again, whatever connections to the last one there are.
func TestMemcachedKilled(t *testing.T) {
	t.Parallel()
	server := testenv.Memcached(t)
	memcached := openMemcached(t, "memcached://"+server.Addr, sessiontest.Patience)
	for range 3 {
		server.Set("s:1", 0, "record")
		answers := make(chan error)
		for range 8 {
			go func() { _, err := memcached.Get(t.Context(), "s:1"); answers <- err }()
		}
		for range 8 {
			if err := <-answers; err != nil {
				t.Error(err)
			}
		}
		server.Kill()
		_, err := memcached.Get(t.Context(), "s:1")
		if fault := store.FaultOf(err); fault != store.Refused {
			t.Errorf("killed: got %v, %q", err, fault)
		}
		server.Start()
		_, err = memcached.Get(t.Context(), "s:1")
		if reason, _ := session.NobodyReason(err); reason != session.NoRecord {
			t.Errorf("back, and empty: got %v", err)
		}
	}
}

// What a server may be wrong about, or is no memcached, is unknown, in words that quote nothing.
func TestMemcachedReplies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reply string
		fault store.Fault
	}{
		"a Redis":           {"-ERR unknown command 'gets', with args beginning with: 's:secret' \r\n", store.NotMemcached},
		"a website":         {"HTTP/1.1 400 Bad Request\r\n\r\ns:secret", store.NotMemcached},
		"no line":           {strings.Repeat("s:secret", 1000), store.NotMemcached},
		"another key":       {"VALUE s:other 0 6\r\nsecret\r\nEND\r\n", store.NotMemcached},
		"no size":           {"VALUE s:secret 0 x\r\n", store.NotMemcached},
		"two items":         {"VALUE s:secret 0 1\r\nx\r\nVALUE s:secret 0 1\r\nx\r\nEND\r\n", store.NotMemcached},
		"a hidden size":     {"VALUE 1\rs:secret 0 4000000000\r\n", store.NotMemcached},
		"two blanks":        {"VALUE s:secret  0 4000000000\r\n", store.NotMemcached},
		"a wrong size":      {"VALUE s:secret 0 3\r\nsecret\r\nEND\r\n", store.NotMemcached},
		"something behind":  {"VALUE s:secret 0 6\r\nsecret\r\nsecret\r\n", store.NotMemcached},
		"trouble":           {"SERVER_ERROR out of memory s:secret\r\n", ""},
		"a password wanted": {"CLIENT_ERROR unauthenticated\r\n", store.Password},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr := storetest.Listen(t, func(conn net.Conn) {
				defer conn.Close()
				conn.Read(make([]byte, 100))
				io.WriteString(conn, c.reply)
				io.Copy(io.Discard, conn)
			})
			memcached := openMemcached(t, "memcached://"+addr, sessiontest.Patience)
			for range 2 {
				_, err := memcached.Get(t.Context(), "s:secret")
				if _, certain := session.NobodyReason(err); err == nil || certain || store.FaultOf(err) != c.fault {
					t.Errorf("got %v, %q", err, store.FaultOf(err))
				}
				if err != nil && strings.Contains(err.Error(), "secret") {
					t.Errorf("the error quotes the reply: %v", err)
				}
			}
		})
	}
	addr := storetest.Listen(t, func(conn net.Conn) {
		defer conn.Close()
		conn.Read(make([]byte, 100))
		io.WriteString(conn, "VALUE s:1 0 4000000000\r\n")
		io.Copy(io.Discard, conn)
	})
	_, err := openMemcached(t, "memcached://"+addr, sessiontest.Patience).Get(t.Context(), "s:1")
	if reason, _ := session.NobodyReason(err); reason != session.Malformed {
		t.Errorf("four gigabytes: got %v", err)
	}
	addr = storetest.Listen(t, func(conn net.Conn) {
		defer conn.Close()
		conn.Read(make([]byte, 100))
		io.WriteString(conn, "VALUE s:1 0 1\r\nx\r\nVALUE s:1 0 4000000000\r\n")
		io.Copy(io.Discard, conn)
	})
	_, err = openMemcached(t, "memcached://"+addr, sessiontest.Patience).Get(t.Context(), "s:1")
	if reason, _ := session.NobodyReason(err); reason != session.Malformed {
		t.Errorf("four gigabytes behind an item: got %v", err)
	}
}

// A memcached that takes connections and says nothing costs no more than the time limit, and no more connections than a few.
func TestMemcachedThatHangs(t *testing.T) {
	t.Parallel()
	connections := make(chan struct{}, 1000)
	addr := storetest.Listen(t, func(conn net.Conn) { connections <- struct{}{}; io.Copy(io.Discard, conn) })
	memcached := openMemcached(t, "memcached://"+addr, 30*time.Millisecond)
	answers := make(chan error)
	const questions = 300
	for range questions {
		go func() { _, err := memcached.Get(t.Context(), "key"); answers <- err }()
	}
	for range questions {
		if err := <-answers; store.FaultOf(err) != store.Late {
			t.Errorf("got %v, want unknown", err)
		}
	}
	if n := len(connections); n > 200 {
		t.Errorf("%d connections", n)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := memcached.Get(gone, "key"); err == nil {
		t.Error("a visitor who left was answered")
	}
}

// A server that is started with a file of accounts is told the password, and no other is.
func TestMemcachedPassword(t *testing.T) {
	t.Parallel()
	accounts := filepath.Join(t.TempDir(), "accounts")
	if err := os.WriteFile(accounts, []byte("reader:p@ss/w\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	readable(filepath.Dir(accounts))
	locked, open := testenv.Memcached(t, "-Y", accounts), testenv.Memcached(t)
	for url, want := range map[string]store.Fault{
		"memcached://" + locked.Addr:                     store.Password,
		"memcached://reader:wrong@" + locked.Addr:        store.Password,
		"memcached://reader:p%40ss%2Fw@" + locked.Addr:   "",
		"memcached://somebody:p%40ss%2Fw@" + open.Addr:   "",
		"memcached://somebody:p%40ss%2Fw@" + locked.Addr: store.Password,
	} {
		_, err := openMemcached(t, url, sessiontest.Patience).Get(t.Context(), "s:1")
		if reason, _ := session.NobodyReason(err); store.FaultOf(err) != want || want == "" && reason != session.NoRecord {
			t.Errorf("%s: got %v, %q", url, err, store.FaultOf(err))
		}
	}
	if open.Has("auth") {
		t.Error("the password was stored as an item")
	}
}

func TestMemcachedOverTLS(t *testing.T) {
	t.Parallel()
	cert, key := testenv.NewAuthority(t).Issue(time.Time{}, "127.0.0.1")
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, content := range map[string][]byte{certFile: cert, keyFile: key} {
		if err := os.WriteFile(file, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	readable(dir)
	server := testenv.Memcached(t, "-Z", "-o", "ssl_chain_cert="+certFile+",ssl_key="+keyFile)
	for url, known := range map[string]bool{"memcacheds://" + server.Addr + "?skip_verify=true": true, "memcacheds://" + server.Addr: false,
		"memcached://" + server.Addr: false} {
		_, err := openMemcached(t, url, sessiontest.Patience).Get(t.Context(), "s:1")
		if _, certain := session.NobodyReason(err); certain != known {
			t.Errorf("%s: got %v", url, err)
		}
	}
}

// readable lets the user as whom the server runs enter the folders of a test.
func readable(dir string) {
	for ; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		os.Chmod(dir, 0o755)
	}
}

func TestNewMemcached(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"memcached://localhost", "memcached://localhost/", "memcached://a:11212", "memcached://a,b:11212:3,[::1]:11211",
		"memcached:///run/memcached.sock", "memcached://a,/run/m%20c.sock?hash=dalli", "memcacheds://u:p%40@a?skip_verify=true&hash=ketama",
		"memcached://a,b"} {
		opened, err := store.NewMemcached(good, time.Second)
		if err != nil {
			t.Errorf("%s: %v", good, err)
			continue
		}
		if divided := good != "memcached://a,b" && !strings.HasPrefix(good, "memcached://a,b:"); opened.Divided() != divided {
			t.Errorf("%s: divided: %t", good, opened.Divided())
		}
		if got := fmt.Sprint(opened.Or(hashing.Dalli)); strings.Contains(got, "p@") || !strings.HasPrefix(got, "memcached at ") {
			t.Errorf("%s is called %s", good, got)
		}
	}
	for _, bad := range []string{"memcached://", "memcached://hunter:2@", "memcached://hunter@a", "memcached://a:0", "memcached://a:hunter",
		"memcached://a:1:0", "memcached://a:1:99999", "memcached://a:1:2:3", "memcached://a,,b", "memcached://a,/", "memcached://[::1", "memcached://[::1]x",
		"memcached://a?hash=hunter", "memcached://a?hunter=1", "memcached://a?skip_verify=true", "memcached://a/hunter", "memcached://hu%nter:2@a",
		"memcached://hu nter:2@a", "memcached://hu%0anter:2@a", "redis://a", "memcached://" + strings.Repeat("a,", 300) + "a"} {
		_, err := store.NewMemcached(bad, time.Second)
		if err == nil {
			t.Errorf("%s is opened", bad)
		} else if strings.Contains(err.Error(), "hunter") {
			t.Errorf("the error quotes the address: %v", err)
		}
	}
}

// Of several servers, one that is away makes unknown what may be on it, and nothing else.
func TestMemcachedSeveral(t *testing.T) {
	t.Parallel()
	one, other := testenv.Memcached(t), testenv.Memcached(t)
	for _, method := range hashing.Names() {
		t.Run(method, func(t *testing.T) {
			url := "memcached://" + one.Addr + "," + other.Addr + "?hash=" + method
			onOne := 0
			for i := range 100 {
				key := fmt.Sprintf("%s:%d", method, i)
				one.Set(key, 0, "record")
				if _, err := openMemcached(t, url, sessiontest.Patience).Get(t.Context(), key); err == nil {
					onOne++
				}
			}
			if all := strings.HasPrefix(method, "php-memcache"); all && onOne < 50 || !all && (onOne < 20 || onOne > 80) {
				t.Errorf("%d of 100 are looked for on one of two servers", onOne)
			}
		})
	}
	other.Kill()
	for _, method := range hashing.Names() {
		memcached := openMemcached(t, "memcached://"+one.Addr+","+other.Addr+"?hash="+method, sessiontest.Patience)
		unknown := 0
		for i := range 100 {
			_, err := memcached.Get(t.Context(), fmt.Sprintf("%s:%d", method, i))
			if _, certain := session.NobodyReason(err); certain {
				t.Errorf("%s: got %v", method, err)
			}
			if err != nil {
				unknown++
			}
		}
		if all := strings.HasPrefix(method, "php-memcache"); all && unknown > 50 || !all && unknown == 0 {
			t.Errorf("%s: %d of 100 unknown", method, unknown)
		}
	}
	// Clients that turn to another server do so for a while after it is back: a session that it does not know may be there.
	clients := map[string]*store.Memcached{}
	for _, method := range hashing.Names() {
		clients[method] = openMemcached(t, "memcached://"+one.Addr+","+other.Addr+"?hash="+method, sessiontest.Patience)
		for i := range 20 {
			clients[method].Get(t.Context(), fmt.Sprintf("none:%d", i))
		}
	}
	other.Start()
	for method, memcached := range clients {
		unknown := 0
		for i := range 20 {
			_, err := memcached.Get(t.Context(), fmt.Sprintf("none:%d", i))
			if _, certain := session.NobodyReason(err); !certain {
				unknown++
			}
		}
		if moves := method == "dalli" || method == "pymemcache" || method == "python-memcached"; moves != (unknown > 0) {
			t.Errorf("%s: %d of 20 unknown", method, unknown)
		}
	}
}
