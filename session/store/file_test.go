package store_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/record"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
)

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	files := &store.Files{Dir: filepath.Join(dir, "sessions"), Timeout: sessiontest.Patience}
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(files.Dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(files.Dir, "a", "b"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	write("sess_1", []byte("one"))
	write("a/b/sess_2", []byte("two"))
	write("full", make([]byte, record.MaxRecord))
	write("beyond", make([]byte, record.MaxRecord+1))
	for link, to := range map[string]string{"inside": "sess_1", "outside": "../secret", "absolute": filepath.Join(dir, "secret")} {
		if err := os.Symlink(to, filepath.Join(files.Dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	modified := time.Unix(1795357041, 0)
	if err := os.Chtimes(filepath.Join(files.Dir, "sess_1"), modified, modified); err != nil {
		t.Fatal(err)
	}

	tests := []struct {
		key    string
		data   string
		reason session.Reason // "" beside no data: unknown
	}{
		{"sess_1", "one", ""},
		{"a/b/sess_2", "two", ""},
		{"inside", "", ""},
		{"full", string(make([]byte, record.MaxRecord)), ""},
		{"sess_3", "", session.NoRecord},
		{"no/such/folder", "", session.NoRecord},
		{"beyond", "", session.Malformed},
		{"a/b", "", session.Malformed},
		{"outside", "", ""},
		{"absolute", "", ""},
		{"../secret", "", ""},
		{"/etc/passwd", "", ""},
		{"sess\x001", "", ""},
	}
	for _, test := range tests {
		record, err := files.Get(t.Context(), test.key)
		reason, certain := session.NobodyReason(err)
		if string(record.Data) != test.data || reason != test.reason || (err == nil) != (test.data != "") ||
			certain != (test.reason != "") {
			t.Errorf("%q: got %d bytes, %v", test.key, len(record.Data), err)
		}
		if err != nil && strings.Contains(err.Error(), test.key) {
			t.Errorf("the error tells the session's id: %v", err)
		}
	}
	if record, _ := files.Get(t.Context(), "sess_1"); !record.Modified.Equal(modified) {
		t.Errorf("modified %v", record.Modified)
	}
}

// The folder may be missing when the program starts, and be replaced while it runs, as when a new release is linked in.
func TestFilesOfAFolderThatIsReplaced(t *testing.T) {
	dir := t.TempDir()
	current := filepath.Join(dir, "current")
	files := &store.Files{Dir: current, Timeout: sessiontest.Patience}
	if _, err := files.Get(t.Context(), "s"); err == nil {
		t.Fatal("a file out of no folder")
	} else if _, certain := session.NobodyReason(err); certain {
		t.Error("a missing folder is taken for a missing session")
	}
	for _, release := range []string{"one", "two"} {
		if err := os.Mkdir(filepath.Join(dir, release), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, release, "s"), []byte(release), 0o600); err != nil {
			t.Fatal(err)
		}
		os.Remove(current)
		if err := os.Symlink(release, current); err != nil {
			t.Fatal(err)
		}
		if record, err := files.Get(t.Context(), "s"); string(record.Data) != release {
			t.Errorf("got %q, %v", record.Data, err)
		}
	}
}

func TestFilesOfAVisitorWhoLeft(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "s"), bytes.Repeat([]byte("x"), record.MaxRecord), 0o600); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 { // either may come first, but neither is nobody
		if _, err := (&store.Files{Dir: dir}).Get(gone, "s"); err != nil {
			if _, certain := session.NobodyReason(err); certain {
				t.Fatal(err)
			}
		}
	}
}
