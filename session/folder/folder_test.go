package folder_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"tawkproxy/examples/testenv"
	"tawkproxy/session/folder"
)

// Nothing outside of the folder is read, nothing that is no file or too large, and it is said what was not.
func TestFolder(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(outside, "secret"), "of somebody else")
	write(filepath.Join(dir, "inside"), "here")
	write(filepath.Join(dir, "large"), strings.Repeat("x", 3<<20))
	if err := os.Mkdir(filepath.Join(dir, "below"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"absolute": filepath.Join(outside, "secret"), "up": "../" + filepath.Base(outside) + "/secret",
		"link": "inside", "nowhere": "missing"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	f, err := folder.Open(dir, nil, []string{"A=1", "A=2"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for name, want := range map[string]string{"inside": "here", "link": "here", "absolute": "", "up": "", "large": "", "below": "", "missing": "",
		"../" + filepath.Base(outside) + "/secret": "", "nowhere": ""} {
		if got := f.Text(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	trouble := strings.Join(f.Trouble(), "\n")
	for _, said := range []string{"large: is larger", "below: is not a file", "absolute is a link to " + outside, "up is a link to ../"} {
		if !strings.Contains(trouble, said) {
			t.Errorf("%q is not said: %s", said, trouble)
		}
	}
	if value, _ := f.Env("A"); value != "2" {
		t.Errorf("A is %q", value)
	}
	if f.Path("x/y") != filepath.ToSlash(dir)+"/x/y" || f.Path("/x") != "/x" {
		t.Error(f.Path("x/y"))
	}
}

// All files together are bounded, and what others have written is left out.
func TestWalk(t *testing.T) {
	files := fstest.MapFS{"a.php": {Data: []byte("1")}, "b/c.php": {Data: []byte("2")}, "vendor/x.php": {}, ".git/x.php": {}, "b/d.txt": {}}
	var names []string
	folder.New(files, "/srv", nil, nil).Walk(".", ".php", func(name, _ string) bool { names = append(names, name); return true })
	if got := strings.Join(names, " "); got != "a.php b/c.php" {
		t.Error(got)
	}
	for i := range 40 {
		files["large"+string(rune('a'+i))+".php"] = &fstest.MapFile{Data: make([]byte, 2<<20)}
	}
	read := 0
	folder.New(files, "/srv", nil, nil).Walk(".", ".php", func(_, text string) bool { read += len(text); return true })
	if read > 64<<20 || read < 60<<20 {
		t.Errorf("%d bytes were read", read)
	}
}

func TestAddresses(t *testing.T) {
	for want, d := range map[string]folder.Database{
		"mysql://u:p%40s%24s@127.0.0.1:3307/a%20b": {Scheme: "mysql", Port: "3307", User: "u", Password: "p@s$s", Name: "a b"},
		"mysql://u@/a?socket=/run/my.sock":         {Scheme: "mysql", Host: "localhost", Socket: "/run/my.sock", User: "u", Name: "a"},
		"postgres://u:p@[::1]/a":                   {Scheme: "postgres", Host: "::1", User: "u", Password: "p", Name: "a"},
		"postgres:///a?host=/run/postgresql":       {Scheme: "postgres", Socket: "/run/postgresql", Name: "a"},
		"sqlite:///srv/a%20b.sqlite":               {Scheme: "sqlite", Name: "/srv/a b.sqlite"},
	} {
		if got := d.URL(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		again, ok := folder.ParseDatabase(want)
		if !ok || again.URL() != want {
			t.Errorf("%s is read as %+v", want, again)
		}
	}
	if got := (folder.Database{Scheme: "sqlite", Name: "a.sqlite"}).URL(); got != "" {
		t.Errorf("a relative path: %s", got)
	}
	if got := folder.Redis("/run/redis.sock", "", "", "p@ss", "2"); got != "unix://:p%40ss@/run/redis.sock?db=2" {
		t.Error(got)
	}
}

const dotenv = `# a remark
PLAIN=a b   
export EXPORTED=1
SPACED = "a  b"
SINGLE='a $PLAIN # "b" \n'
DOUBLE="a \"b\" \\ \$c \n${EXPORTED}"
EMPTY=
HASH=a#b
BLANK_HASH=a #b
QUOTED_HASH="a#b"
BARE=x$EXPORTED
BRACED=x${EXPORTED}y
UNKNOWN="${NOWHERE}"
LINES="one
two"
AFTER=1
`

func TestDotenv(t *testing.T) {
	f := folder.New(fstest.MapFS{".env": {Data: []byte(dotenv + "COMMAND=a$(id)\nLAST='x\n")}, "two": {Data: []byte("PLAIN=2\r\nESCAPED=a\\ b\nDEFAULT=${NOWHERE:-d}")}}, "/", nil, nil)
	d := f.Dotenv(folder.Symfony, ".env", "two", "missing")
	for name, want := range map[string]string{"PLAIN": "2", "EXPORTED": "1", "SPACED": "a  b", "SINGLE": `a $PLAIN # "b" \n`, "DOUBLE": "a \"b\" \\ $c \n1",
		"EMPTY": "", "HASH": "a#b", "BLANK_HASH": "a", "QUOTED_HASH": "a#b", "BARE": "x1", "BRACED": "x1y", "UNKNOWN": "", "LINES": "one\ntwo", "AFTER": "1",
		"ESCAPED": "a b", "DEFAULT": "d"} {
		if got, set := d.Get(name); !set || got != want {
			t.Errorf("%s is %q (%t), want %q", name, got, set, want)
		}
	}
	if !d.Computed["COMMAND"] || !d.Computed["LAST"] || d.Computed["BARE"] {
		t.Errorf("computed are %v", d.Computed)
	}
}

// The library that Laravel reads .env with, run by PHP, says the same.
func TestDotenvAsLaravel(t *testing.T) {
	const library = "/usr/share/php/Dotenv/autoload.php"
	if _, err := os.Stat(library); err != nil {
		testenv.Missing(t, "phpdotenv is not installed: %v", err)
	}
	text := strings.Replace(dotenv, "PLAIN=a b   \n", "PLAIN=a  \n", 1) // blanks within are a mistake there
	read := exec.Command(testenv.Need(t, "php"), "-r", `require "`+library+`"; foreach (Dotenv\Dotenv::parse(stream_get_contents(STDIN)) as $name => $value) echo $name, "=", $value, "\0";`)
	read.Stdin = strings.NewReader(text)
	out, err := read.Output() // some extensions say on the other way that they make a folder
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	d := folder.New(fstest.MapFS{".env": {Data: []byte(text)}}, "/", nil, nil).Dotenv(folder.Laravel, ".env")
	all := 0
	for pair := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		name, want, _ := strings.Cut(pair, "=")
		all++
		if got, set := d.Get(name); !set || got != want {
			t.Errorf("%s is %q (%t), in PHP %q", name, got, set, want)
		}
	}
	if all != len(d.Values) {
		t.Errorf("PHP knows %d, we %d", all, len(d.Values))
	}
}

// Whatever stands in a file, it is read to its end.
func FuzzDotenv(f *testing.F) {
	f.Add(dotenv)
	f.Add("A=\"\nB='\nC=$\nD=${\nE=\\")
	f.Fuzz(func(t *testing.T, text string) {
		in := folder.New(fstest.MapFS{".env": {Data: []byte(text)}}, "/", nil, nil)
		for name := range in.Dotenv(folder.Symfony, ".env").Values {
			if name == "" {
				t.Error("a variable without a name")
			}
		}
		in.Dotenv(folder.Laravel, ".env")
	})
}
