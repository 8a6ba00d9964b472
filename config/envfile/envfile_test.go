package envfile_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tawkproxy/config/envfile"
	"tawkproxy/examples/testenv"
)

// values are such as settings have, and such as make trouble.
var values = []string{
	"http://127.0.0.1:8000", "base64:YSBrZXkgZm9yIHRyaWFscywgMzIgYnl0ZXMgbG9uZy4=", "mysql://shop:pa%20ss%23w%24rd@127.0.0.1:3306/shop",
	"a#b", "#a", "a=b", "=", "input[name=uid]@value", "/shop/*", "what?", "user.id,name", "5%", "--flag", "+1",
	"a b", " a", "a ", "a\tb", "it's", `"quoted"`, `a"b`, `back\slash`, `\`, "$HOME", "${HOME}", "a$", "`id`", "$(id)", "a;b", "a&b", "a|b",
	"a>b", "<b", "(a)", "{a,b}", "~", "~root", "/a:~root", "!a", "^a", "José", "k|e'y$\\ %41 \"quoted\" `tick`", "*", "[a-z]*", "?", "%s", "",
}

// Every value that may stand as it is comes out alike wherever such a file is read: by shells, by systemd and by docker.
func TestReadAlike(t *testing.T) {
	var lines []envfile.Line
	want := map[string]string{}
	for i, value := range values {
		name := "TAWK_V" + strings.Repeat("I", i)
		lines = append(lines, envfile.Line{Value: "remark " + value + `\`})
		if envfile.Plain(value) {
			lines = append(lines, envfile.Line{Name: name, Value: value})
			want[name] = value
		}
	}
	if len(want) < 15 || len(want) > len(values)-20 {
		t.Fatalf("%d of %d values may stand as they are", len(want), len(values))
	}
	text := envfile.Write(lines)
	for name, read := range readers() {
		t.Run(name, func(t *testing.T) { compare(t, want, read(t, text)) })
	}
}

// What stands in quotes is for shells and systemd.
func TestQuoted(t *testing.T) {
	var lines []envfile.Line
	want := map[string]string{}
	for i, value := range values {
		name := "TAWK_V" + strings.Repeat("I", i)
		quoted, ok := envfile.Quoted(value)
		if !ok {
			if !strings.Contains(value, "\t") {
				t.Errorf("there is no way to write %q", value)
			}
			continue
		}
		lines = append(lines, envfile.Line{Name: name, Value: quoted})
		want[name] = value
	}
	text := envfile.Write(lines)
	for name, read := range readers() {
		if name != "docker" && name != "systemd" { // whose generator looks for variables in them
			t.Run(name, func(t *testing.T) { compare(t, want, read(t, text)) })
		}
	}
	compare(t, want, bySystemdsRules(text))
}

func compare(t *testing.T, want, got map[string]string) {
	t.Helper()
	for name, value := range want {
		if read, ok := got[name]; !ok || read != value {
			t.Errorf("%q is read as %q (%t)", value, read, ok)
		}
	}
}

func readers() map[string]func(*testing.T, string) map[string]string {
	return map[string]func(*testing.T, string) map[string]string{
		"sh":      func(t *testing.T, text string) map[string]string { return byShell(t, "sh", text) },
		"bash":    func(t *testing.T, text string) map[string]string { return byShell(t, "bash", text) },
		"systemd": bySystemd,
		"rules of systemd": func(_ *testing.T, text string) map[string]string {
			return bySystemdsRules(text)
		},
		"docker": func(_ *testing.T, text string) map[string]string { return byDockersRules(text) },
	}
}

func byShell(t *testing.T, shell, text string) map[string]string {
	file := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(testenv.Need(t, shell), "-c", `set -a; . "$0"; exec env -0`, file)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/nowhere"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return split(string(out), "\x00")
}

func split(text, end string) map[string]string {
	read := map[string]string{}
	for pair := range strings.SplitSeq(text, end) {
		name, value, _ := strings.Cut(pair, "=")
		read[name] = value
	}
	return read
}

// bySystemd has systemd's own reader read the file, of which the generator of environment.d is the one that shows what it has read.
func bySystemd(t *testing.T, text string) map[string]string {
	const generator = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator"
	if _, err := os.Stat(generator); err != nil {
		testenv.Missing(t, "systemd is not installed")
	}
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, "environment.d"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "environment.d", "tawkproxy.conf"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(generator)
	cmd.Env = []string{"XDG_CONFIG_HOME=" + home, "HOME=" + home, "PATH=" + os.Getenv("PATH")}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]string{}
	for name, value := range split(string(out), "\n") { // which is written for a shell again
		if quoted, ok := strings.CutPrefix(value, "$'"); ok {
			value = strings.NewReplacer(`\'`, "'", `\\`, `\`).Replace(strings.TrimSuffix(quoted, "'"))
		} else if strings.HasPrefix(value, `"`) {
			value = strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\$`, "$", "\\`", "`").Replace(value[1 : len(value)-1])
		}
		read[name] = value
	}
	return read
}

// bySystemdsRules is parse_env_file_internal of systemd's basic/env-file.c, without names that are refused.
func bySystemdsRules(text string) map[string]string {
	read := map[string]string{}
	const (
		preKey = iota
		key
		preValue
		value
		valueEscape
		single
		double
		doubleEscape
		comment
		commentEscape
	)
	state := preKey
	var name, said []byte
	blank := -1
	push := func() {
		if blank >= 0 {
			said = said[:blank]
		}
		read[strings.TrimRight(string(name), " \t")] = string(said)
		name, said, blank, state = nil, nil, -1, preKey
	}
	for _, c := range []byte(text) {
		switch state {
		case preKey:
			if c == '#' || c == ';' {
				state = comment
			} else if !strings.ContainsRune(" \t\n\r", rune(c)) {
				state, name = key, []byte{c}
			}
		case key:
			if c == '\n' || c == '\r' {
				state = preKey
			} else if c == '=' {
				state = preValue
			} else {
				name = append(name, c)
			}
		case preValue:
			switch c {
			case '\n', '\r':
				push()
			case '\'':
				state = single
			case '"':
				state = double
			case '\\':
				state = valueEscape
			case ' ', '\t':
			default:
				state, said = value, append(said, c)
			}
		case value:
			switch c {
			case '\n', '\r':
				push()
			case '\\':
				state, blank = valueEscape, -1
			case ' ', '\t':
				if blank < 0 {
					blank = len(said)
				}
				said = append(said, c)
			default:
				blank, said = -1, append(said, c)
			}
		case valueEscape:
			state = value
			if c != '\n' && c != '\r' {
				said = append(said, c)
			}
		case single:
			if c == '\'' {
				state = preValue
			} else {
				said = append(said, c)
			}
		case double:
			switch c {
			case '"':
				state = preValue
			case '\\':
				state = doubleEscape
			default:
				said = append(said, c)
			}
		case doubleEscape:
			state = double
			if strings.IndexByte("\"\\`$", c) >= 0 {
				said = append(said, c)
			} else if c != '\n' {
				said = append(said, '\\', c)
			}
		case comment:
			if c == '\\' {
				state = commentEscape
			} else if c == '\n' || c == '\r' {
				state = preKey
			}
		case commentEscape:
			state = comment
		}
	}
	if state >= preValue && state < comment {
		push()
	}
	return read
}

// byDockersRules is kvfile.Parse of docker/cli, pkg/kvfile/kvfile.go.
func byDockersRules(text string) map[string]string {
	read := map[string]string{}
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimLeft(strings.TrimSuffix(line, "\r"), " \t")
		if name, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
			read[name] = value
		}
	}
	return read
}

// A remark is one line, whatever stands in it.
func TestRemark(t *testing.T) {
	text := envfile.Write([]envfile.Line{{Value: "one\nTAWK_X=1 \\"}, {Name: "TAWK_A", Value: "1"}, {}})
	if text != "# one TAWK_X=1\nTAWK_A=1\n\n" {
		t.Errorf("%q", text)
	}
}
