package testenv

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A MemcachedServer is a real memcached that a test may kill and start again, on the same port each time. One that was killed is empty
// when it comes back.
type MemcachedServer struct {
	Addr string // loopback address, or the path of a socket

	server  *server
	network string
	args    []string
}

// Memcached starts an empty memcached on a free port, with the extra arguments given, and ends it with the test.
func Memcached(t testing.TB, args ...string) *MemcachedServer {
	t.Helper()
	return memcachedAt(t, FreeAddr(t), args...)
}

// MemcachedUsualPort is the same on the port of memcached, at a loopback address that nobody else has.
func MemcachedUsualPort(t testing.TB) *MemcachedServer {
	t.Helper()
	for range 20 {
		addr := fmt.Sprintf("127.%d.%d.%d:11211", 64+rand.IntN(128), rand.IntN(256), 1+rand.IntN(254))
		if l, err := net.Listen("tcp", addr); err == nil {
			l.Close()
			return memcachedAt(t, addr)
		}
	}
	t.Skip("there are no loopback addresses but the usual one")
	return nil
}

func memcachedAt(t testing.TB, addr string, args ...string) *MemcachedServer {
	t.Helper()
	m := &MemcachedServer{Addr: addr, network: "tcp", server: newServer(t, "memcached")}
	host, port, _ := net.SplitHostPort(m.Addr)
	m.args = append([]string{"-l", host, "-p", port, "-U", "0", "-m", "8"}, args...)
	m.Start()
	return m
}

// MemcachedSocket is the same on a Unix socket.
func MemcachedSocket(t testing.TB) *MemcachedServer {
	t.Helper()
	m := &MemcachedServer{network: "unix", server: newServer(t, "memcached")}
	m.Addr = filepath.Join(m.server.Dir, "s")
	m.args = []string{"-s", m.Addr, "-a", "0777", "-m", "8"}
	m.Start()
	return m
}

// Start starts the server, if it is not running, and waits until it takes connections.
func (m *MemcachedServer) Start() {
	m.server.t.Helper()
	m.server.begin(func() bool {
		conn, err := net.DialTimeout(m.network, m.Addr, time.Second)
		if err == nil {
			conn.Close()
		}
		return err == nil
	}, Need(m.server.t, "memcached"), m.args...)
}

// Kill ends the server at once, as a crash would.
func (m *MemcachedServer) Kill() { m.server.end(syscall.SIGKILL) }

// Set stores a value under a key.
func (m *MemcachedServer) Set(key string, flags uint32, value string) {
	m.server.t.Helper()
	if line := m.exchange(fmt.Sprintf("set %s %d 0 %d\r\n%s\r\n", key, flags, len(value), value)); line != "STORED" {
		m.server.t.Fatalf("set: %q", line)
	}
}

// Has tells whether there is a value under a key.
func (m *MemcachedServer) Has(key string) bool {
	m.server.t.Helper()
	return strings.HasPrefix(m.exchange("get "+key+"\r\n"), "VALUE ")
}

// Value is the value under a key, and its flags.
func (m *MemcachedServer) Value(key string) (value string, flags uint32) {
	m.server.t.Helper()
	reply := m.replies("get " + key + "\r\n")
	line, _ := reply.ReadString('\n')
	size := 0
	if _, err := fmt.Sscanf(line, "VALUE "+strings.ReplaceAll(key, "%", "%%")+" %d %d\r\n", &flags, &size); err != nil {
		m.server.t.Fatalf("get: %q", line)
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(reply, data); err != nil {
		m.server.t.Fatal(err)
	}
	return string(data), flags
}

// exchange sends words and returns the first line of the reply.
func (m *MemcachedServer) exchange(words string) string {
	m.server.t.Helper()
	line, err := m.replies(words).ReadString('\n')
	if err != nil {
		m.server.t.Fatal(err)
	}
	return strings.TrimRight(line, "\r\n")
}

// replies sends words. It needs no library, so that what the tests write is not written by what they test.
func (m *MemcachedServer) replies(words string) *bufio.Reader {
	m.server.t.Helper()
	conn, err := net.DialTimeout(m.network, m.Addr, 5*time.Second)
	if err != nil {
		m.server.t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, words); err != nil {
		m.server.t.Fatal(err)
	}
	// The server hangs up when it has answered.
	conn.(interface{ CloseWrite() error }).CloseWrite()
	text, err := io.ReadAll(conn)
	if err != nil {
		m.server.t.Fatal(err)
	}
	return bufio.NewReader(bytes.NewReader(text))
}
