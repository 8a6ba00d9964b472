package main

import (
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

// TestDocumentation asks for the manuals that Debian packages: made by many tools in thirty years, in many languages.
func TestDocumentation(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: hundreds of pages take seconds")
	}
	t.Parallel()
	for _, manual := range []struct {
		name, folder string
		pages        int // at most so many, evenly chosen
	}{
		{"apache2-doc", "/usr/share/doc/apache2-doc/manual", 500},
		{"git-doc", "/usr/share/doc/git-doc", 200},
		{"debian-reference-ja", "/usr/share/debian-reference", 50},
		{"debian-faq", "/usr/share/doc/debian/FAQ", 50},
		{"maint-guide", "/usr/share/doc/maint-guide/html", 50},
		{"phpmyadmin", "/usr/share/doc/phpmyadmin/html", 50},
		{"awstats", "/usr/share/doc/awstats/html", 50},
	} {
		t.Run(manual.name, func(t *testing.T) {
			t.Parallel()
			needFile(t, manual.name, manual.folder)
			var paths []string
			err := fs.WalkDir(os.DirFS(manual.folder), ".", func(name string, entry fs.DirEntry, err error) error {
				if err == nil && entry.Type().IsRegular() && strings.Contains(name, ".htm") && !strings.HasSuffix(name, ".gz") {
					paths = append(paths, (&url.URL{Path: "/" + name}).String())
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			pages := min(manual.pages, len(paths))
			crawl, n := newCrawl(t, manualSite(manual.folder)), testenv.Sample(pages)
			for i := range n {
				crawl.visit(paths[i*len(paths)/n])
			}
			crawl.explain(max(pages, 1))
		})
	}
}

// manualSite serves a folder. Its pages name their charsets themselves.
func manualSite(folder string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, err := os.Open(filepath.Join(folder, filepath.Clean("/"+r.URL.Path)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer file.Close()
		w.Header().Set("Content-Type", "text/html")
		http.ServeContent(w, r, "", time.Time{}, file)
	})
}

// needFile returns the path of a file or folder that a Debian package brings.
func needFile(t *testing.T, name, path string) string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		testenv.Missing(t, "Debian's package %s is not installed: %v", name, err)
	}
	return path
}
