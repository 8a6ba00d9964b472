package main

import (
	"fmt"
	"net/http"
	"net/http/cgi"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// TestCGIPrograms follows the links of CGI programs that Debian has, in C and Perl.
func TestCGIPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starting Perl for each of a hundred pages takes seconds")
	}
	t.Parallel()
	t.Run("gitweb", func(t *testing.T) {
		t.Parallel()
		program := needFile(t, "gitweb", "/usr/lib/cgi-bin/gitweb.cgi")
		folder := repository(t)
		write(t, folder+"/gitweb.conf", `$projectroot = "`+folder+`"; $feature{'blame'}{'default'} = [1];`)
		gitweb := &cgi.Handler{Path: program, Root: "/gitweb", Env: []string{"GITWEB_CONFIG=" + folder + "/gitweb.conf"}}

		// It serves XHTML, by name, to every reader that takes it, and what is not text/html is left alone. An operator who wants
		// the chat there has it believe that readers do not take it.
		crawl := newCrawl(t, gitweb).from(10, "/gitweb/")
		crawl.explain(0)
		if crawl.pages > 0 {
			t.Errorf("%d pages are text/html", crawl.pages)
		}
		html := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Set("Accept", "text/html")
			gitweb.ServeHTTP(w, r)
		})
		newCrawl(t, html).from(30, "/gitweb/", "/gitweb/?p=nothing.git").explain(20)
	})
	t.Run("cgit", func(t *testing.T) {
		t.Parallel()
		program := needFile(t, "cgit", "/usr/lib/cgit/cgit.cgi")
		folder := repository(t)
		write(t, folder+"/cgitrc", "virtual-root=/cgit/\nenable-blame=1\nsnapshots=tar.gz\nreadme=:README.html\n"+
			"repo.url=site\nrepo.path="+folder+"/site.git\n")
		site := &cgi.Handler{Path: program, Root: "/cgit", Env: []string{"CGIT_CONFIG=" + folder + "/cgitrc"}}
		newCrawl(t, site).from(60, "/cgit/", "/cgit/nothing/").explain(30)
	})
	t.Run("man2html", func(t *testing.T) {
		t.Parallel()
		program := needFile(t, "man2html", "/usr/lib/cgi-bin/man/man2html")
		site := http.NewServeMux()
		for _, name := range []string{"man2html", "mansec", "manwhatis"} {
			root := "/cgi-bin/man/" + name
			handler := &cgi.Handler{Path: filepath.Join(filepath.Dir(program), name), Root: root}
			site.Handle(root, handler)
			site.Handle(root+"/", handler)
		}
		newCrawl(t, site).from(40, "/cgi-bin/man/man2html", "/cgi-bin/man/man2html?git", "/cgi-bin/man/man2html?1+nothing",
			"/cgi-bin/man/mansec?query=1").explain(25)
	})
	t.Run("AWStats", func(t *testing.T) {
		t.Parallel()
		program := needFile(t, "awstats", "/usr/lib/cgi-bin/awstats.pl")
		folder := t.TempDir()
		var log strings.Builder
		for i := range 200 {
			fmt.Fprintf(&log, "192.0.2.%d - - [%02d/Mar/2024:10:00:00 +0000] \"GET /page%d.html HTTP/1.1\" 200 1000 \"-\" \"-\"\n",
				i%50, 1+i/10, i%7)
		}
		write(t, folder+"/access.log", log.String())
		write(t, folder+"/awstats.site.conf", "LogFile=\""+folder+"/access.log\"\nLogFormat=1\nSiteDomain=\"site.example\"\n"+
			"HostAliases=\"localhost\"\nDirData=\""+folder+"\"\nDirLang=\"/usr/share/awstats/lang\"\nDNSLookup=0\nLang=auto\n")
		environ := []string{"AWSTATS_ENABLE_CONFIG_DIR=1"}
		update := exec.Command(program, "-config=site", "-configdir="+folder, "-update")
		update.Env = append(os.Environ(), environ...)
		if out, err := update.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		query := "/cgi-bin/awstats.pl?config=site&configdir=" + url.QueryEscape(folder) + "&month=03&year=2024"
		newCrawl(t, &cgi.Handler{Path: program, Root: "/cgi-bin/awstats.pl", Env: environ}).
			from(20, query, query+"&framename=mainright", query+"&framename=mainleft", "/cgi-bin/awstats.pl?config=nothing").explain(15)
	})
}

// repository makes a folder with a Git repository called site.git in it: pages in two encodings, a picture, branches and tags.
func repository(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	git := func(args ...string) {
		t.Helper()
		command := exec.Command(testenv.Need(t, "git"), append([]string{"-C", folder + "/site"}, args...)...)
		command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=A & b", "GIT_AUTHOR_EMAIL=ada@example.com",
			"GIT_COMMITTER_NAME=José", "GIT_COMMITTER_EMAIL=jose@example.com")
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v: %s", args, err, out)
		}
	}
	write(t, folder+"/site/README.html", "<!DOCTYPE html><html><head><title>x</title></head><body>y</body></html>\n")
	git("init", "-q", "-b", "main")
	for i, file := range []struct{ name, text string }{
		{"index.html", "<head></head><script>'</script>'"}, {"über/naïve.txt", "Größe\n"}, {"latin1.txt", "Gr\xf6\xdfe\n"},
		{"a <b> & 'c'.txt", "</head>\n"}, {"picture.png", "\x89PNG\r\n\x1a\n\x00\x00"}, {"deep/deeper.c", "int main() {}\n"},
	} {
		write(t, folder+"/site/"+file.name, file.text)
		git("add", ".")
		git("commit", "-q", "-m", fmt.Sprintf("Change %d <script>\n\n</head> & more: %s", i, file.name))
		git("tag", "-a", "-m", "</title>", fmt.Sprintf("v%d", i))
	}
	git("branch", "other", "HEAD~2")
	git("clone", "-q", "--bare", ".", folder+"/site.git")
	return folder
}
