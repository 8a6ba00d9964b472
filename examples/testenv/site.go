package testenv

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Site runs one of the sites of the folder examples, name/app.py for one, or of an absolute path, on a free loopback port, with the variables given as
// NAME=VALUE, and ends it with the test. It returns the site's URL as soon as the site answers there.
func Site(t testing.TB, interpreter, app string, environ ...string) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	addr := FreeAddr(t)
	_, port, _ := strings.Cut(addr, ":")
	var said strings.Builder
	if !filepath.IsAbs(app) {
		app = filepath.Join(filepath.Dir(here), "..", app)
	}
	site := exec.Command(interpreter, app)
	site.Env = append(os.Environ(), append(environ, "PORT="+port)...)
	site.Stdout, site.Stderr = &said, &said
	site.WaitDelay = time.Second
	if err := site.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		site.Process.Kill()
		site.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		answer, err := http.Get("http://" + addr + "/")
		if err == nil {
			answer.Body.Close()
			return "http://" + addr
		}
	}
	t.Fatalf("%s does not answer", app)
	return ""
}

// Python returns a Python that has these modules: Debian's own, or the first on the path.
func Python(t testing.TB, modules ...string) string {
	t.Helper()
	Slow(t, "a program in Python")
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(python, "-c", "import "+strings.Join(modules, ", ")).Run() == nil {
			return python
		}
	}
	Missing(t, "there is no Python with %s", strings.Join(modules, ", "))
	return ""
}

// Node returns a Node.js that finds these modules, in NODE_PATH or beside the examples.
func Node(t testing.TB, modules ...string) string {
	t.Helper()
	Slow(t, "a program in Node.js")
	node := Need(t, "node")
	find := exec.Command(node, "-e", "process.argv.slice(1).forEach(name => require.resolve(name))")
	find.Args = append(find.Args, modules...)
	if find.Run() != nil {
		Missing(t, "there is no Node.js with %s; is NODE_PATH set?", strings.Join(modules, ", "))
	}
	return node
}

// Ruby returns a Ruby that has these gems: Debian's own, or the first on the path.
func Ruby(t testing.TB, gems ...string) string {
	t.Helper()
	Slow(t, "a program in Ruby")
	for _, ruby := range []string{"/usr/bin/ruby", "ruby"} {
		if exec.Command(ruby, append([]string{"-e", "ARGV.each { |name| gem name }"}, gems...)...).Run() == nil {
			return ruby
		}
	}
	Missing(t, "there is no Ruby with %s", strings.Join(gems, ", "))
	return ""
}
