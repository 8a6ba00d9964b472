//go:build unix

package testenv

import (
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// PHP serves the scripts in a folder with PHP's own web server, in several processes, until the test ends. It returns the URL
// of the server. Variables are given as NAME=VALUE, settings as name=value, as in php.ini; the sessions are in a folder of this
// server's own.
func PHP(t testing.TB, folder string, environ []string, settings ...string) string {
	t.Helper()
	program := Need(t, "php")
	addr := FreeAddr(t)
	args := []string{"-n", "-d", "session.save_path=" + t.TempDir()}
	for _, setting := range settings {
		args = append(args, "-d", setting)
	}
	server := exec.Command(program, append(args, "-S", addr, "-t", folder)...)
	server.Env = append(os.Environ(), append(environ, "PHP_CLI_SERVER_WORKERS=4")...)
	server.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the workers outlive a server that is killed alone
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-server.Process.Pid, syscall.SIGKILL)
		server.Wait()
	})
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("tcp", addr); err == nil {
			conn.Close()
			return "http://" + addr
		}
	}
	t.Fatal("php does not answer")
	return ""
}
