package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// A script is a person who answers by what a question is about, and fails the test where there is no answer.
type script struct {
	t       *testing.T
	answers map[string][]string // by the name of the setting or flag, one after the other; "": just Enter
	asked   []string
	hidden  []string
}

var asksFor = regexp.MustCompile(`(?m)^(--\w+|TAWK_\w+)(?: \[[^\n]*\])?(?: \(not shown\))?: $`)

func (s *script) ask(_ context.Context, secret bool, question string) (string, error) {
	found := asksFor.FindStringSubmatch(question)
	if found == nil {
		return "", fmt.Errorf("a question about nothing: %q", question)
	}
	name := found[1]
	s.asked = append(s.asked, name)
	if secret {
		s.hidden = append(s.hidden, name)
	}
	if len(s.answers[name]) == 0 {
		return "", fmt.Errorf("nobody knows the answer to %q", question)
	}
	answer := s.answers[name][0]
	s.answers[name] = s.answers[name][1:]
	return answer, nil
}

// An initRun is one run of the command init.
type initRun struct {
	person  asker
	machine fs.FS
	environ []string

	code        int
	out, errors string
	file        string
}

func (r *initRun) do(t *testing.T, args ...string) {
	t.Helper()
	if r.file == "" {
		r.file = filepath.Join(t.TempDir(), "tawkproxy.env")
	}
	var out, errs strings.Builder
	r.code = initialise(t.Context(), append([]string{"--output", r.file}, args...), r.environ, r.person, r.machine, &out, &errs)
	r.out, r.errors = out.String(), errs.String()
}

// lines are the settings in the written file, as a shell reads it.
func (r *initRun) lines(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command("sh", "-c", `set -a; . "$0"; exec env`, r.file)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	lines = slices.DeleteFunc(lines, func(line string) bool { return !strings.HasPrefix(line, "TAWK_") })
	slices.Sort(lines)
	return lines
}

// A shopFront is a site in PHP, for who only looks at it.
func shopFront(t *testing.T) string {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Powered-By", "PHP/8.2.1")
		if r.URL.Path == "/login.php" {
			http.SetCookie(w, &http.Cookie{Name: "PHPSESSID", Value: "0123456789abcdefghijklmnop"})
		}
		fmt.Fprint(w, `<html><head><title>Shop</title></head><body><a href="/login.php">Log in</a></body></html>`)
	}))
	t.Cleanup(site.Close)
	return site.URL
}

// phpMachine is one on which PHP keeps its sessions in a folder.
func phpMachine(folder string) fs.FS {
	return fstest.MapFS{"etc/php/8.2/fpm/php.ini": {Data: []byte("session.save_path = \"2;" + folder + "\"\n")}}
}

// What nobody says and nobody can be asked is named, all of it at once, and nothing is written.
func TestInitNamesWhatIsMissing(t *testing.T) {
	r := initRun{machine: phpMachine(t.TempDir())}
	r.do(t, "--site", shopFront(t), "--folder", "../../examples/php")
	if r.code != exitUsage {
		t.Errorf("exit code %d", r.code)
	}
	for _, name := range []string{"TAWK_PROPERTY_ID: the property id", "TAWK_SECRET_KEY: the secret key", "TAWK_USER_ID: where in the session",
		"probably --set TAWK_USER_ID=user.id", "docs/sites/php.md"} {
		if !strings.Contains(r.errors, name) {
			t.Errorf("%q is not named:\n%s", name, r.errors)
		}
	}
	if _, err := os.Lstat(r.file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was written: %v", err)
	}
}

// The file is the owner's alone, is never written over by itself, and what is secret is in it and nowhere else.
func TestInitWrites(t *testing.T) {
	site, sessions := shopFront(t), t.TempDir()
	r := initRun{machine: phpMachine(sessions), environ: []string{"TAWK_SECRET_KEY=" + demoKey, "HOME=/"}}
	args := []string{"--site", site, "--folder", "../../examples/php", "--set", "TAWK_PROPERTY_ID=" + demoProperty, "--set", "TAWK_USER_ID=user.id"}
	r.do(t, args...)
	if r.code != exitOK {
		t.Fatalf("exit code %d: %s", r.code, r.errors)
	}
	want := []string{"TAWK_PHP_SAVE_PATH_FILE=" + r.file + ".php_save_path", "TAWK_PROPERTY_ID=" + demoProperty, "TAWK_SECRET_KEY=" + demoKey,
		"TAWK_SESSION=php", "TAWK_UPSTREAM=" + site, "TAWK_USER_ID=user.id"}
	if got := r.lines(t); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	cfg, err := load(r.lines(t))
	if err != nil || cfg.Widget.Key.Reveal() != demoKey {
		t.Errorf("the lines are not settings: %v", err)
	}
	for _, name := range []string{r.file, r.file + ".php_save_path"} {
		about, err := os.Stat(name)
		if err != nil || about.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, about.Mode(), err)
		}
	}
	if strings.Contains(r.out+r.errors, demoKey) {
		t.Errorf("a secret was shown:\n%s%s", r.out, r.errors)
	}
	for _, text := range []string{"Next, in a shell:  set -a; . " + r.file, "EnvironmentFile=" + r.file, "docs/sites/php.md"} {
		if !strings.Contains(r.out, text) {
			t.Errorf("%q is not said:\n%s", text, r.out)
		}
	}

	if err := os.WriteFile(r.file, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	r.do(t, args...)
	kept, _ := os.ReadFile(r.file)
	if r.code != exitUsage || string(kept) != "mine" || !strings.Contains(r.errors, "--force") {
		t.Errorf("exit code %d, %q, %s", r.code, kept, r.errors)
	}
	r.do(t, append(args, "--force")...)
	about, err := os.Stat(r.file)
	if r.code != exitOK || err != nil || about.Mode().Perm() != 0o600 || !slices.Equal(r.lines(t), want) {
		t.Errorf("with --force: exit code %d, %v, %v: %s", r.code, about.Mode(), err, r.errors)
	}
}

// With --force, a link in the place of the file is replaced, and what it leads to stays.
func TestInitReplacesLink(t *testing.T) {
	r := initRun{machine: phpMachine(t.TempDir())}
	folder := t.TempDir()
	r.file = filepath.Join(folder, "tawkproxy.env")
	other := filepath.Join(folder, "other")
	if err := os.WriteFile(other, []byte("other"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(other, r.file); err != nil {
		t.Skip(err)
	}
	r.do(t, "--site", shopFront(t), "--force", "--kind", "php", "--set", "TAWK_SECRET_KEY="+demoKey, "--set", "TAWK_PROPERTY_ID="+demoProperty,
		"--set", "TAWK_USER_ID=x", "--set", "TAWK_PHP_SAVE_PATH="+t.TempDir())
	if text, _ := os.ReadFile(other); r.code != exitOK || string(text) != "other" {
		t.Errorf("exit code %d, %q: %s", r.code, text, r.errors)
	}
}

// A person is asked for what is missing, one question at a time, again where the answer is none; secrets are not shown.
func TestInitAsks(t *testing.T) {
	person := &script{t: t, answers: map[string][]string{
		"--site": {"", strings.TrimPrefix(shopFront(t), "http://")}, "--folder": {"../../examples/php"},
		"TAWK_PROPERTY_ID": {"https://embed.tawk.to/x/default", demoProperty}, "TAWK_SECRET_KEY": {demoKey}, "TAWK_USER_ID": {""},
	}}
	r := initRun{machine: phpMachine(t.TempDir()), person: person}
	r.do(t)
	if r.code != exitOK {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.errors)
	}
	want := []string{"--site", "--site", "--folder", "TAWK_PROPERTY_ID", "TAWK_PROPERTY_ID", "TAWK_SECRET_KEY", "TAWK_USER_ID"}
	if !slices.Equal(person.asked, want) || !slices.Equal(person.hidden, []string{"TAWK_SECRET_KEY"}) {
		t.Errorf("asked for %q, hidden %q", person.asked, person.hidden)
	}
	if lines := r.lines(t); !slices.Contains(lines, "TAWK_USER_ID=user.id") {
		t.Errorf("what was proposed was not taken: %q", lines)
	}
	if !strings.Contains(r.out, "TAWK_PROPERTY_ID: ") || strings.Contains(r.out, demoKey) {
		t.Error(r.out)
	}
}

// A site that shows nothing may be any: the kinds are listed, and what the chosen one needs is asked for.
func TestInitUnknownSite(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		fmt.Fprint(w, "<html><head></head></html>")
	}))
	defer site.Close()
	r := initRun{}
	r.do(t, "--site", site.URL)
	if r.code != exitUsage || !strings.Contains(r.errors, "--kind: is missing") || !strings.Contains(r.out, "any site that has a page or an API") {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.errors)
	}
	person := &script{t: t, answers: map[string][]string{"--folder": {""}, "--kind": {"site"}, "TAWK_PROPERTY_ID": {demoProperty}, "TAWK_SECRET_KEY": {demoKey},
		"TAWK_SESSION_URL": {"/me"}, "TAWK_USER_ID": {"input[name=uid]@value"}}}
	r = initRun{person: person}
	r.do(t, "--site", site.URL, "--set", "TAWK_SESSION_ANSWER=html", "--set", "TAWK_USER_PREFIX=two words:")
	if r.code != exitOK || !slices.Contains(r.lines(t), "TAWK_USER_ID=input[name=uid]@value") || !slices.Contains(r.lines(t), "TAWK_CSP=extend") ||
		!slices.Contains(r.lines(t), "TAWK_USER_PREFIX=two words:") || !strings.Contains(r.out, "docker --env-file takes") {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.errors)
	}
}

// A site that is to be asked itself is asked about those who send its session cookie.
func TestInitSessionCookie(t *testing.T) {
	r := initRun{}
	r.do(t, "--site", shopFront(t), "--kind", "site", "--set", "TAWK_SECRET_KEY="+demoKey, "--set", "TAWK_PROPERTY_ID="+demoProperty,
		"--set", "TAWK_SESSION_URL=/me", "--set", "TAWK_USER_ID=id")
	if !slices.Contains(r.lines(t), "TAWK_SESSION_COOKIE=PHPSESSID") {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.errors)
	}
}

func TestInitMistakes(t *testing.T) {
	site := shopFront(t)
	for _, test := range []struct{ args, says string }{
		{"--site http://127.0.0.1:1", "the site does not answer at http://127.0.0.1:1"},
		{"--site ftp://host/", "is no address of a site"},
		{"--site " + site + " --folder /nonexistent", "--folder: cannot be opened"},
		{"--site " + site + " --kind phpp", `"phpp" is not a kind of sessions`},
		{"--site " + site + " --set X=1", "write TAWK_NAME=VALUE"},
		{"--site " + site + " now", `not "now"`},
		{"--site " + site + " --kind php --set TAWK_PROPERTY=1", "TAWK_PROPERTY: "},
		{"", "--site: is missing"},
	} {
		r := initRun{machine: phpMachine(t.TempDir())}
		r.do(t, strings.Fields(test.args)...)
		if r.code == exitOK || !strings.Contains(r.errors, test.says) {
			t.Errorf("%s: exit code %d: %s", test.args, r.code, r.errors)
		}
	}
}
