package testenv

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A FerretServer is FerretDB 1, which speaks MongoDB's protocol and keeps everything in files. A test may kill and start it again: it is then
// at the same address, and has what it had.
type FerretServer struct {
	Addr string // loopback address

	t       testing.TB
	program string
	args    []string
	process *exec.Cmd
	said    strings.Builder
}

// FerretDB starts one on a free port, with the extra arguments given, and ends it with the test.
func FerretDB(t testing.TB, args ...string) *FerretServer {
	t.Helper()
	Slow(t, "FerretDB")
	program, dir := Need(t, "ferretdb"), t.TempDir()
	s := &FerretServer{Addr: FreeAddr(t), t: t, program: program}
	s.args = append([]string{"--handler=sqlite", "--sqlite-url=file:" + dir + "/", "--listen-addr=" + s.Addr, "--debug-addr=-", "--state-dir=-",
		"--telemetry=disable", "--log-level=error"}, args...)
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			t.Logf("ferretdb said:\n%s", s.said.String())
		}
	})
	s.Start()
	return s
}

// URL is the address of its database shop.
func (s *FerretServer) URL() string { return "mongodb://" + s.Addr + "/shop" }

// Start starts the server, if it is not running, and waits until it takes connections.
func (s *FerretServer) Start() {
	s.t.Helper()
	if s.process != nil {
		return
	}
	s.process = exec.Command(s.program, s.args...)
	s.process.Env = append(os.Environ(), "DO_NOT_TRACK=1")
	s.process.Stdout, s.process.Stderr = &s.said, &s.said
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("tcp", s.Addr); err == nil {
			conn.Close()
			return
		}
	}
	s.t.Fatal("ferretdb does not answer")
}

// Kill ends the server at once, as a crash would.
func (s *FerretServer) Kill() {
	if s.process == nil {
		return
	}
	s.process.Process.Kill()
	s.process.Wait()
	s.process = nil
}
