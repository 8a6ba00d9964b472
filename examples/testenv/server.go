package testenv

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// A server is a program that a test starts, ends and starts again. It runs in a folder of its own, as a user without rights.
type server struct {
	Dir string // the folder; its name is short enough for the address of a socket

	t        testing.TB
	uid, gid int // whose the folder is
	process  *exec.Cmd
}

// newServer makes the folder, and removes it with the test.
func newServer(t testing.TB, name string) *server {
	t.Helper()
	dir, err := os.MkdirTemp("", name)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Dir: dir, t: t, uid: -1, gid: -1}
	t.Cleanup(func() {
		s.end(syscall.SIGKILL)
		os.RemoveAll(dir)
	})
	if os.Geteuid() == 0 {
		nobody, err := user.Lookup("nobody")
		if err != nil {
			Missing(t, "there is no user nobody")
		}
		s.uid, _ = strconv.Atoi(nobody.Uid)
		s.gid, _ = strconv.Atoi(nobody.Gid)
		if err := os.Chown(dir, s.uid, s.gid); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// command is a program to be run as a user without rights. Database servers refuse to run as root.
func (s *server) command(program string, args ...string) *exec.Cmd {
	s.t.Helper()
	words := append([]string{program}, args...)
	if os.Geteuid() == 0 {
		words = append([]string{Need(s.t, "setpriv"), "--reuid=nobody", "--regid=nogroup", "--clear-groups"}, words...)
	}
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = s.Dir
	// A MariaDB that starts sweeps the temporary tables of all others out of the folder that they share.
	cmd.Env = append(os.Environ(), "TMPDIR="+s.Dir)
	return cmd
}

// fill makes a folder in the server's own by a command whose last argument ends with its path. What the command has made is kept for this
// release of the server among the user's caches, and copied from there the next time.
func (s *server) fill(name, program string, command ...string) {
	s.t.Helper()
	of, err := os.Stat(program)
	if err != nil {
		s.t.Fatal(err)
	}
	caches, err := os.UserCacheDir()
	if err != nil {
		caches = s.t.TempDir()
	}
	dir := filepath.Join(s.Dir, name)
	release := fmt.Sprint(program, of.Size(), of.ModTime().UnixNano(), command)
	kept := filepath.Join(caches, "tawkproxy-test", fmt.Sprintf("%s-%x", filepath.Base(program), sha256.Sum256([]byte(release)))[:40])
	if os.CopyFS(dir, os.DirFS(kept)) == nil {
		s.own(dir)
		return
	}
	os.RemoveAll(dir)
	command[len(command)-1] += dir
	s.prepare(command[0], command[1:]...)
	if err := os.MkdirAll(filepath.Dir(kept), 0o700); err != nil {
		return
	}
	// Others may be doing the same: whoever renames first has made it.
	begun, err := os.MkdirTemp(filepath.Dir(kept), "begun")
	if err != nil {
		return
	}
	defer os.RemoveAll(begun)
	if os.CopyFS(filepath.Join(begun, name), os.DirFS(dir)) == nil {
		_ = os.Rename(filepath.Join(begun, name), kept)
	}
}

// own gives the server's user a folder and all in it, for nobody else to read.
func (s *server) own(dir string) {
	s.t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if s.uid >= 0 {
			err = os.Chown(path, s.uid, s.gid)
		}
		if entry.IsDir() && err == nil {
			err = os.Chmod(path, 0o700)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// prepare runs a program to its end.
func (s *server) prepare(program string, args ...string) {
	s.t.Helper()
	if output, err := s.command(program, args...).CombinedOutput(); err != nil {
		s.t.Fatalf("%s: %v\n%s", program, err, output)
	}
}

// begin starts the server, if it does not run, and waits until it is ready.
func (s *server) begin(ready func() bool, program string, args ...string) {
	s.t.Helper()
	if s.process != nil {
		return
	}
	s.process = s.command(program, args...)
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if ready() {
			return
		}
	}
	s.t.Fatalf("%s does not answer", program)
}

// end ends the server by a signal.
func (s *server) end(signal os.Signal) {
	if s.process == nil {
		return
	}
	s.process.Process.Signal(signal)
	s.process.Wait()
	s.process = nil
}
