// Package docs holds what is written for operators against the program: what is set there can be set, and links lead somewhere.
package docs

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tawkproxy/config"
	"tawkproxy/session/kinds"
)

// A page is a file in Markdown, by its path from the root of the project.
type page struct{ path, text string }

// pages reads those that match.
func pages(t *testing.T, patterns ...string) (found []page) {
	t.Helper()
	for _, pattern := range patterns {
		paths, err := filepath.Glob(filepath.Join("..", pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no pages match %s (%v)", pattern, err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, page{filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator))), string(text)})
		}
	}
	return found
}

// written lists the pages that somebody writes: not the list of settings, which is generated.
func written(t *testing.T) []page {
	all := pages(t, "README.md", "docs/*.md", "docs/sites/*.md")
	return slices.DeleteFunc(all, func(p page) bool { return p.path == "docs/settings.md" })
}

// A block is settings that stand together on a page.
type block struct {
	line    int
	environ []string
}

var (
	// A value in a shell is in single quotes, in double quotes, or free of what means something there.
	assignment = regexp.MustCompile(`(TAWK_\w+)=('[^']*'|"[^"]*"|[^'"\s]*)`)
	shellSigns = regexp.MustCompile(`[;&|<>()$*?\[\]!{}]`)

	// In a compose file a setting is a line.
	yamlSetting = regexp.MustCompile(`^ *(TAWK_\w+): (.*)`)
)

// blocks finds the settings on a page: lines of code that begin with export, and YAML.
func blocks(t *testing.T, p page) (found []block) {
	t.Helper()
	inYAML, inBlock := false, false
	add := func(line int, name, value string) {
		if !inBlock {
			found = append(found, block{line: line})
		}
		inBlock = true
		last := &found[len(found)-1]
		last.environ = append(last.environ, name+"="+value)
	}
	number := 0
	for line := range strings.Lines(p.text) {
		number++
		code := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(code, "```"):
			inYAML, inBlock = code == "```yaml", false
		case inYAML:
			if m := yamlSetting.FindStringSubmatch(line); m != nil {
				add(number, m[1], strings.TrimSpace(m[2]))
			}
		case !strings.HasPrefix(line, "    "):
			inBlock = inBlock && code == ""
		case strings.HasPrefix(code, "export "):
			exports, _, _ := strings.Cut(code, " #")
			assignments := assignment.FindAllStringSubmatch(exports, -1)
			for _, a := range assignments {
				if shellSigns.MatchString(a[2]) && !strings.ContainsAny(a[2][:1], `'"`) {
					t.Errorf("%s:%d: a shell would make something else of %s: quote it", p.path, number, a[0])
				}
				add(number, a[1], unquoted(a[2]))
			}
			if rest := strings.Fields(assignment.ReplaceAllString(exports, "")); len(rest) != 1 || len(assignments) == 0 {
				t.Errorf("%s:%d: cannot read %s", p.path, number, code)
			}
		case strings.Contains(code, "TAWK_") && !strings.HasPrefix(code, "#"):
			t.Errorf("%s:%d: settings that nothing tries: %s", p.path, number, code)
		}
	}
	return found
}

func unquoted(value string) string {
	if value != "" && strings.ContainsAny(value[:1], `'"`) {
		return value[1 : len(value)-1]
	}
	return value
}

const secret = "0123456789abcdef0123456789abcdef"

// gaps fills in what a page leaves to the reader.
var gaps = strings.NewReplacer(
	"base64:…", "base64:"+base64.StdEncoding.EncodeToString([]byte(secret)),
	"…", secret)

// commands in a shell, which print bytes of a key in hex.
var commands = regexp.MustCompile(`\$\([^"]*\)`)

// complete is a block as somebody uses it who has a site, a property, and the files that the block names.
func complete(t *testing.T, b ...block) []string {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	environ := []string{"TAWK_UPSTREAM=http://127.0.0.1:3000", "TAWK_PROPERTY_ID=64b0c0ffee64b0c0ffee64b0", "TAWK_SECRET_KEY=" + secret + "01234567"}
	for _, block := range b {
		for _, entry := range block.environ {
			name, value, _ := strings.Cut(entry, "=")
			if setting, inFile := strings.CutSuffix(name, "_FILE"); inFile {
				value = file
				environ = slices.DeleteFunc(environ, func(entry string) bool { return strings.HasPrefix(entry, setting+"=") })
			}
			if name == "TAWK_PROPERTY_ID" && (value == "…" || value == "${TAWK_PROPERTY_ID}") {
				continue // there is one already
			}
			value = commands.ReplaceAllString(value, strings.Repeat("0f", 32))
			environ = append(environ, name+"="+gaps.Replace(value))
		}
	}
	return environ
}

func sets(b block, name string) bool {
	return slices.ContainsFunc(b.environ, func(entry string) bool { return strings.HasPrefix(entry, name+"=") })
}

// Every block of settings is all that such a site needs. One that chooses no kind of session is for who has set the block above it
// that does, or any.
func TestBlocks(t *testing.T) {
	found := 0
	for _, p := range written(t) {
		chosen := block{environ: []string{"TAWK_SESSION=authjs", "TAWK_AUTHJS_SECRET=…"}}
		for _, b := range blocks(t, p) {
			found++
			environ := complete(t, chosen, b)
			if sets(b, "TAWK_SESSION") {
				chosen = b
				environ = complete(t, b)
			}
			if _, err := config.Load(environ, kinds.Variants()); err != nil {
				t.Errorf("%s:%d: %v", p.path, b.line, err)
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d blocks were found", found)
	}
}

// Every kind of session has its page, which begins with the settings that it needs and leaves none of its own out.
func TestKindsHavePages(t *testing.T) {
	for _, k := range kinds.All() {
		path := "docs/sites/" + k.Name + ".md"
		p := pages(t, path)[0]
		first := blocks(t, p)
		if len(first) == 0 || !slices.Contains(first[0].environ, "TAWK_SESSION="+k.Name) {
			t.Errorf("%s does not begin with the settings of TAWK_SESSION=%s", path, k.Name)
		}
		for _, name := range append(variables(reflect.TypeOf(k.New()).Elem()), k.Needs...) {
			if !regexp.MustCompile(name + `\b`).MatchString(p.text) {
				t.Errorf("%s says nothing of %s", path, name)
			}
		}
		if !strings.Contains(p.text, "`"+k.Cookie) {
			t.Errorf("%s does not name the usual cookie, %s", path, k.Cookie)
		}
	}
}

// variables lists the settings of a struct.
func variables(structure reflect.Type) (names []string) {
	for field := range structure.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("env"), ",")
		switch {
		case name != "":
			names = append(names, name)
		case field.Anonymous:
			names = append(names, variables(field.Type)...)
		}
	}
	return names
}

// Pages name no setting that there is not.
func TestNames(t *testing.T) {
	name := regexp.MustCompile(`TAWK_[A-Z0-9_]+…?`)
	list := name.FindAllString(pages(t, "docs/settings.md")[0].text, -1)
	for _, p := range written(t) {
		for i, line := range strings.Split(p.text, "\n") {
			for _, found := range name.FindAllString(line, -1) {
				if !strings.HasSuffix(found, "…") && !slices.Contains(list, found) {
					t.Errorf("%s:%s: there is no setting %s", p.path, strconv.Itoa(i+1), found)
				}
			}
		}
	}
}
