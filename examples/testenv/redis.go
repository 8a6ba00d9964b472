package testenv

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A RedisServer is a real Redis that a test may stop, kill and start again, on the same socket and port each time.
type RedisServer struct {
	Addr   string // loopback address
	Socket string // path of its Unix socket

	t       testing.TB
	program string
	args    []string
	process *exec.Cmd
}

// Redis starts an empty redis-server on a free port, with the extra arguments given, and ends it with the test. It keeps
// nothing on disk, so that one that was killed is empty when it comes back.
func Redis(t testing.TB, args ...string) *RedisServer {
	t.Helper()
	return startRedis(t, append([]string{"--save", "", "--appendonly", "no"}, args...)...)
}

// Sentinel starts a Redis Sentinel with that file of settings, to which it writes.
func Sentinel(t testing.TB, config string) *RedisServer {
	t.Helper()
	return startRedis(t, config, "--sentinel")
}

func startRedis(t testing.TB, args ...string) *RedisServer {
	t.Helper()
	program := Need(t, "redis-server")
	// Not t.TempDir, whose long names do not fit into the address of a socket.
	dir, err := os.MkdirTemp("", "redis")
	if err != nil {
		t.Fatal(err)
	}
	s := &RedisServer{Addr: FreeAddr(t), Socket: filepath.Join(dir, "s"), t: t, program: program}
	t.Cleanup(func() {
		s.Kill()
		os.RemoveAll(dir)
	})
	host, port, _ := net.SplitHostPort(s.Addr)
	s.args = append(args, "--bind", host, "--port", port, "--unixsocket", s.Socket, "--dir", dir)
	s.Start()
	return s
}

// FreeAddr returns a loopback address on which nobody listens. Its port is none of those that systems give to connections that go
// out, of which there may be thousands, so that none of them takes it before the server does that it is for.
func FreeAddr(t testing.TB) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(22_000)))
		if err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}

// Start starts the server, if it is not running, and waits until it takes connections.
func (s *RedisServer) Start() {
	s.t.Helper()
	if s.process != nil {
		return
	}
	s.process = exec.Command(s.program, s.args...)
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if s.Do("PING") == "+PONG" {
			return
		}
	}
	s.t.Fatal("redis-server does not answer")
}

// Kill ends the server at once, as a crash would.
func (s *RedisServer) Kill() {
	if s.process == nil {
		return
	}
	s.process.Process.Kill()
	s.process.Wait()
	s.process = nil
}
