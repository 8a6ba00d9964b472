package kindtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tawkproxy/session/folder"
	"tawkproxy/session/kind"
)

// Finds lets a finder look into each folder below dir: an application's, named folder, with the files of its machine in machine and its
// environment in the file environ, if there are such. What it finds must be what stands in the file want; update writes that anew.
func Finds(t *testing.T, dir string, find kind.Finder, update bool) {
	t.Helper()
	cases, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("there is nothing in %s (%v)", dir, err)
	}
	for _, at := range cases {
		t.Run(filepath.Base(at), func(t *testing.T) {
			environ, _ := os.ReadFile(filepath.Join(at, "environ"))
			in := folder.New(os.DirFS(filepath.Join(at, "folder")), "/srv/app", os.DirFS(filepath.Join(at, "machine")),
				strings.Split(string(environ), "\n"))
			got := Shown(find(in), in)
			file := filepath.Join(at, "want")
			if update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("found\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// Shown is a finding as text, secrets included.
func Shown(found kind.Finding, in *folder.Folder) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d\n", found.What, found.Weight)
	for _, s := range found.Settings {
		if s.Value == "" {
			fmt.Fprintf(&b, "ask %s [%s] %s\n", s.Name, s.Guess, s.Why)
			continue
		}
		fmt.Fprintf(&b, "%s=%s (%s)\n", s.Name, s.Value, s.From)
	}
	for _, note := range append(found.Notes, in.Trouble()...) {
		fmt.Fprintf(&b, "note %s\n", note)
	}
	return b.String()
}
