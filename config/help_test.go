package config

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "rewrite what the tests compare with: the README's table and the golden files")

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

func TestReadme(t *testing.T) {
	const path, begin, end = "../README.md", "<!-- settings -->\n", "<!-- /settings -->"
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(readme), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no %s…%s", path, begin, end)
	}
	golden(t, path, before+begin+"\n"+Table()+"\n"+end+after)
}

func TestUsage(t *testing.T) {
	var b bytes.Buffer
	Usage(&b)
	golden(t, "testdata/usage.txt", b.String())
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestEverySettingIsDocumented(t *testing.T) {
	meaning := meanings()
	seen := map[string]bool{}
	for _, g := range groups(&Config{}) {
		if meaning[g.name] == "" {
			t.Errorf("%s has no comment", g.name)
		}
		for _, s := range g.settings {
			if !strings.HasPrefix(s.name, "TAWK_") || seen[s.name] {
				t.Errorf("%s.%s: the name %q is not one of its own", g.name, s.field, s.name)
			}
			seen[s.name] = true
			if !strings.HasSuffix(meaning[s.name], ".") {
				t.Errorf("%s has no comment of whole sentences: %q", s.name, meaning[s.name])
			}
			for _, word := range s.words {
				if !strings.Contains(meaning[s.name], "`"+word+"`") {
					t.Errorf("the comment of %s says nothing of %q", s.name, word)
				}
			}
		}
	}
	for _, rule := range rules {
		for _, name := range rule.settings {
			if !seen[name] {
				t.Errorf("a rule for %s, which is no setting", name)
			}
		}
	}
	for _, need := range needs {
		for _, name := range append(need.needed, need.entry) {
			if !seen[name] {
				t.Errorf("%s=%s speaks of %s, which is no setting", need.entry, need.words, name)
			}
		}
	}
}
