package splice

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	klauspost "github.com/klauspost/compress/gzip"

	"tawkproxy/examples/testenv"
)

// An encoded page, and what made it.
type encoded struct {
	name   string
	stream []byte
	usual  bool // many sites compress so
}

// flushWriter is what the libraries' writers have in common.
type flushWriter interface {
	io.WriteCloser
	Flush() error
}

// streams returns what every encoder makes of a page, at every level and in every way to flush; with -short only some.
func streams(t testing.TB, page []byte) []encoded {
	t.Helper()
	var all []encoded
	for library, open := range map[string]func(w io.Writer, level int) (flushWriter, error){
		"compress/gzip": func(w io.Writer, level int) (flushWriter, error) { return gzip.NewWriterLevel(w, level) },
		"klauspost":     func(w io.Writer, level int) (flushWriter, error) { return klauspost.NewWriterLevel(w, level) },
	} {
		for level := -3; level <= 9; level++ {
			for _, every := range []int{len(page) + 1, 777, 40} {
				if testing.Short() && (level%3 != 0 || every == 40) {
					continue
				}
				var out bytes.Buffer
				w, err := open(&out, level)
				if err != nil {
					continue // not one of its levels
				}
				for i := 0; i < len(page); i += every {
					w.Write(page[i:min(len(page), i+every)])
					w.Flush()
				}
				w.Close()
				all = append(all, encoded{fmt.Sprintf("%s level %d flushed every %d", library, level, every), out.Bytes(), every > len(page) && level == 6})
			}
		}
	}
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range programs {
		if testing.Short() && command[0] != "gzip" {
			continue
		}
		name := fmt.Sprint(command)
		if path, err := exec.LookPath(command[0]); err == nil {
			out, err := exec.Command(path, append(command[1:], "-c", file)...).Output()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			all = append(all, encoded{name, out, command[len(command)-1] == "-6"})
		} else if t, ok := t.(*testing.T); ok {
			t.Run(name, func(t *testing.T) { testenv.Need(t, command[0]) })
		}
	}
	if !testing.Short() {
		all = append(all, zlibStreams(t, page)...)
	}
	return all
}

var programs = [][]string{
	{"gzip", "-1"}, {"gzip", "-6"}, {"gzip", "-9"}, {"gzip", "-6", "--rsyncable"},
	{"pigz", "-1"}, {"pigz", "-6"}, {"pigz", "-9"}, {"pigz", "-11", "-I", "1"}, {"pigz", "-0"}, {"pigz", "-b", "128", "-p", "2"},
	{"pigz", "-b", "128", "-p", "2", "-i"}, {"pigz", "-H"}, {"pigz", "-U"},
	{"zopfli", "--i1"}, {"zopfli", "--i5"},
}

var usualZlib = regexp.MustCompile("level 6$|default flush (partial|sync) memory 8$")

//go:embed testdata/zlib.py
var zlibProgram string

// zlibStreams returns what zlib makes of a page, which compresses for nginx, Apache and PHP.
func zlibStreams(t testing.TB, page []byte) (all []encoded) {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		if t, ok := t.(*testing.T); ok {
			t.Run("zlib", func(t *testing.T) { testenv.Need(t, "python3") })
		}
		return nil
	}
	program := exec.Command(path, "-c", zlibProgram)
	program.Stdin = bytes.NewReader(page)
	out, err := program.Output()
	if err != nil {
		t.Fatalf("zlib: %v", err)
	}
	part := func() []byte {
		size := binary.BigEndian.Uint32(out)
		p := out[4 : 4+size]
		out = out[4+size:]
		return p
	}
	for len(out) > 0 {
		name := string(part())
		all = append(all, encoded{name, part(), usualZlib.MatchString(name)})
	}
	return all
}

// A gunzip is a gzip program that decodes one stream after another. It reads 256 KiB before it begins.
type gunzip struct {
	t        *testing.T
	in       io.WriteCloser
	expected chan []byte
	done     chan error
}

// newGunzip starts the program. Without it everything is as expected.
func newGunzip(t *testing.T) *gunzip {
	t.Helper()
	g := &gunzip{t: t}
	path, err := exec.LookPath("gzip")
	if err != nil {
		t.Run("gzip", func(t *testing.T) { testenv.Need(t, "gzip") })
		return g
	}
	program := exec.Command(path, "-dc")
	in, err := program.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	g.in, g.expected, g.done = in, make(chan []byte, 1<<13), make(chan error, 1)
	go func() {
		var failed error
		var got []byte
		for want := range g.expected {
			got = append(got[:0], want...)
			if _, err := io.ReadFull(out, got); failed == nil && (err != nil || !bytes.Equal(got, want)) {
				failed = fmt.Errorf("gzip -dc decodes another text; %w", err)
			}
		}
		if rest, err := io.ReadAll(out); failed == nil && (err != nil || len(rest) > 0) {
			failed = fmt.Errorf("gzip -dc decodes %d bytes more, %w", len(rest), err)
		}
		if err := program.Wait(); failed == nil {
			failed = err
		}
		g.done <- failed
	}()
	return g
}

// expect says what the next stream is to become.
func (g *gunzip) expect(stream, page []byte) {
	if g.in == nil {
		return
	}
	g.expected <- page
	g.in.Write(stream) // what is wrong with it is told by finish
}

// finish fails the test if a stream became something else.
func (g *gunzip) finish() {
	if g.in == nil {
		return
	}
	g.in.Close()
	close(g.expected)
	if err := <-g.done; err != nil {
		g.t.Error(err)
	}
}
