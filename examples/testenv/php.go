package testenv

import (
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// PHP serves the folder of a site with PHP's own web server, with settings for php.ini such as session.save_path=/tmp, until the
// test is over, and returns the site's URL. The extensions that the site needs are named as php -m lists them.
func PHP(t testing.TB, root string, settings []string, extensions ...string) string {
	t.Helper()
	program := Need(t, "php")
	modules, err := exec.Command(program, "-m").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, extension := range extensions {
		if !strings.Contains(string(modules), "\n"+extension+"\n") {
			Missing(t, "the PHP extension %s is not installed", extension)
		}
	}
	addr := FreeAddr(t)
	args := []string{"-S", addr, "-t", root}
	for _, setting := range settings {
		args = append(args, "-d", setting)
	}
	server := exec.Command(program, args...)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
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
