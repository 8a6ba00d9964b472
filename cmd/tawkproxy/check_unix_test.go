//go:build unix

package main

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestCheckWithoutRights has check, and serve at its start, run as somebody who may not read the site's sessions.
func TestCheckWithoutRights(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: builds the program")
	}
	t.Parallel()
	binary := build(t)
	if err := os.Chmod(filepath.Dir(binary), 0o755); err != nil {
		t.Fatal(err)
	}
	folder, err := os.MkdirTemp("", "sessions") // t.TempDir is for its owner alone
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		os.Chmod(folder, 0o700)
		os.RemoveAll(folder)
	})
	file := filepath.Join(folder, "sess_"+checkPHPID)
	if err := os.WriteFile(file, []byte(checkPHPUser), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &checkedSite{t: t}
	site := httptest.NewServer(s)
	t.Cleanup(site.Close)
	run := func(want ...string) {
		t.Helper()
		command := exec.Command(binary, "check", "--cookie", "PHPSESSID="+checkPHPID)
		command.Env = append(demoSettings(site.URL, "https://embed.tawk.to"), "TAWK_SESSION=php", "TAWK_SESSION_COOKIE=", "TAWK_SESSION_KEY=",
			"TAWK_PHP_SAVE_PATH="+folder, "TAWK_USER_ID=user.id", "TAWK_USER_NAME=", "TAWK_USER_EMAIL=")
		if os.Geteuid() == 0 {
			command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		out, _ := command.CombinedOutput() // its exit code says the same once more
		for _, text := range append(want, "TAWK_PHP_SAVE_PATH", "permission denied", "may not be read by the user") {
			if !strings.Contains(string(out), text) {
				t.Errorf("without %q:\n%s", text, out)
			}
		}
		if command.ProcessState.ExitCode() != exitUsage {
			t.Errorf("exit code %d:\n%s", command.ProcessState.ExitCode(), out)
		}
	}
	may := func(path string, root, owner os.FileMode) {
		t.Helper()
		if os.Geteuid() != 0 {
			root = owner
		}
		if err := os.Chmod(path, root); err != nil {
			t.Fatal(err)
		}
	}
	may(folder, 0o700, 0)
	run("while tawkproxy runs as")
	may(folder, 0o755, 0o755)
	may(file, 0o600, 0)
	run("the files in it", "while tawkproxy runs as")
	may(folder, 0o733, 0o333) // as Debian has it: whose names are known can be opened
	run("it cannot be listed", "cannot tell who is logged in")
}
