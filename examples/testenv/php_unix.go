//go:build unix

package testenv

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"
)

// PHP serves the scripts in a folder with PHP's own web server, in several processes, until the test ends. It returns the URL
// of the server. Variables are given as NAME=VALUE, settings as name=value, as in php.ini; the sessions are in a folder of this
// server's own.
func PHP(t testing.TB, folder string, environ []string, settings ...string) string {
	t.Helper()
	return startPHP(t, []string{"-t", folder}, environ, settings)
}

// PHPRouter is [PHP] with a script that gets every request first, as rewriting rules of a web server would have it. It returns
// false for what the server is to answer itself.
func PHPRouter(t testing.TB, folder, script string, environ []string, settings ...string) string {
	t.Helper()
	return startPHP(t, []string{"-t", folder, script}, environ, settings)
}

func startPHP(t testing.TB, what, environ, settings []string) string {
	t.Helper()
	program := Need(t, "php")
	args := []string{"-n", "-d", "session.save_path=" + t.TempDir()}
	for _, setting := range settings {
		args = append(args, "-d", setting)
	}
	// Whatever address is free may be taken by somebody else before PHP has it.
	for range 5 {
		addr := FreeAddr(t)
		if servePHP(t, addr, exec.Command(program, slices.Concat(args, []string{"-S", addr}, what)...), environ) {
			return "http://" + addr
		}
	}
	t.Fatal("php does not get an address")
	return ""
}

// servePHP starts a server and tells whether it listens. That an address can be dialled does not say by whom it is answered.
func servePHP(t testing.TB, addr string, server *exec.Cmd, environ []string) bool {
	t.Helper()
	log, err := os.CreateTemp(t.TempDir(), "php")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	server.Stderr = log
	server.Env = append(os.Environ(), append(environ, "PHP_CLI_SERVER_WORKERS=4")...)
	server.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the workers outlive a server that is killed alone
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		server.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		syscall.Kill(-server.Process.Pid, syscall.SIGKILL)
		<-ended
	})
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		said, _ := os.ReadFile(log.Name())
		if bytes.Contains(said, []byte("http://"+addr+") started")) {
			return true
		}
		select {
		case <-ended:
			t.Logf("php ended at once: %s", said)
			return false
		default:
		}
	}
	t.Fatal("php does not begin to serve")
	return false
}
