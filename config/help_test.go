package config

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"tawkproxy/config/setting"
	"tawkproxy/session/kinds"
)

var update = flag.Bool("update", false, "rewrite what the tests compare with: docs/settings.md and the golden files")

// golden compares got with a file, which -update rewrites.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if that is meant, run go test ./config -update. Now it is:\n%s", path, got)
	}
}

func TestSettingsPage(t *testing.T) {
	golden(t, "../docs/settings.md", "# Settings\n\nAll settings are environment variables. "+
		"A secret may also stand in a file that the variable with `_FILE` behind its name leads to.\n\n"+Table(kinds.Variants()))
}

func TestUsage(t *testing.T) {
	var b bytes.Buffer
	Usage(&b, kinds.Variants())
	golden(t, "testdata/usage.txt", b.String())
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestEverySettingIsDocumented(t *testing.T) {
	titles, known := map[string]bool{}, map[string]bool{}
	for _, g := range groups(&Config{}, kinds.Variants()) {
		if g.title == "" || titles[g.title] {
			t.Errorf("a group of settings has the title %q, which is not one of its own", g.title)
		}
		titles[g.title] = true
		seen := map[string]bool{}
		for _, s := range g.settings {
			if !strings.HasPrefix(s.name, "TAWK_") || seen[s.name] || known[s.name] && g.kind == "" {
				t.Errorf("%s.%s: the name %q is not one of its own", g.title, s.field, s.name)
			}
			seen[s.name], known[s.name] = true, true
			if !strings.HasSuffix(meanings[s.name], ".") {
				t.Errorf("%s has no comment of whole sentences: %q", s.name, meanings[s.name])
			}
			for _, word := range s.words {
				if s.name != chooser && !strings.Contains(meanings[s.name], "`"+word+"`") {
					t.Errorf("the comment of %s says nothing of %q", s.name, word)
				}
			}
		}
	}
	for _, k := range kinds.Variants() {
		rules := append(new(Config).rules(k), k.Rules(&setting.Common{Session: &setting.Session{}, User: &setting.User{}})...)
		for _, rule := range rules {
			for _, name := range rule.Settings {
				if !known[name] {
					t.Errorf("%s: a rule for %s, which is no setting", k.Name, name)
				}
			}
		}
		for _, name := range k.Needs {
			if !known[name] {
				t.Errorf("%s needs %s, which is no setting", k.Name, name)
			}
		}
		if k.Guide == "" || k.Title == "" {
			t.Errorf("%s does not say when to choose it", k.Name)
		}
	}
}
