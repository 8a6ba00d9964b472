//go:build unix

package store_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"tawkproxy/session"
	"tawkproxy/session/record/recordtest"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
)

// A pipe among the files must not hold anybody up.
func TestFilesOfAPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "s"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := (&store.Files{Dir: dir, Timeout: sessiontest.Patience}).Get(t.Context(), "s")
	if reason, _ := session.NobodyReason(err); reason != session.Malformed {
		t.Errorf("got %v", err)
	}
}

// Debian's folder of PHP sessions may be entered by everybody and listed by nobody but root.
func TestFilesOfAFolderThatCannotBeListed(t *testing.T) {
	dir := t.TempDir()
	recordtest.WriteFile(t, "42", dir, "s")
	const nobody = 65534
	root := os.Geteuid() == 0
	modes := map[string]os.FileMode{dir: 0o311}
	if root {
		modes = map[string]os.FileMode{dir: 0o733 | os.ModeSticky, filepath.Dir(dir): 0o711, filepath.Join(dir, "s"): 0o644}
	}
	for path, mode := range modes {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	defer os.Chmod(dir, 0o700)
	if root { // whom no mode keeps out
		if err := syscall.Seteuid(nobody); err != nil {
			t.Skip(err)
		}
		defer syscall.Seteuid(0)
	}
	files := &store.Files{Dir: dir, Timeout: sessiontest.Patience}
	if record, err := files.Get(t.Context(), "s"); string(record.Data) != "42" {
		t.Errorf("got %q, %v", record.Data, err)
	}
	_, err := files.Get(t.Context(), "t")
	if reason, _ := session.NobodyReason(err); reason != session.NoRecord {
		t.Errorf("got %v", err)
	}
}
