//go:build unix

package session

import (
	"path/filepath"
	"syscall"
	"testing"
)

// A pipe among the files must not hold anybody up.
func TestFilesOfAPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "s"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := (&Files{Dir: dir, Timeout: patience}).Get(t.Context(), "s")
	if reason, _ := NobodyReason(err); reason != Malformed {
		t.Errorf("got %v", err)
	}
}
