// Package release makes packages. Its tests make those for the machine that they run on, install them into folders, and start what they
// hold.
package release

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	version = "v1.2.3-rc.1"
	stem    = "tawkproxy_1.2.3-rc.1_linux_" + runtime.GOARCH
)

// made is the folder of a release for this machine.
var made string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "release")
		if err != nil {
			fmt.Println(err)
			return 1
		}
		defer os.RemoveAll(dir)
		made = dir
		if said, err := makeRelease("make", dir); err != nil {
			fmt.Printf("make: %v\n%s", err, said)
			return 1
		}
		return m.Run()
	}())
}

func makeRelease(program, folder string) ([]byte, error) {
	cmd := exec.Command("nice", program, version, folder, runtime.GOARCH)
	if program == "make" {
		cmd.Args[1] = "./make"
	}
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=1100000000")
	return cmd.CombinedOutput()
}

// run returns what a program prints. Its end with anything but 0 fails the test.
func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("TAWKPROXY_TEST_ALL") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	said, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", program, args, err, said)
	}
	return string(said)
}

func text(t *testing.T, path ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// The list of checksums names all that there is, and a second release out of another folder is the same to the last byte.
func TestReproducible(t *testing.T) {
	sums := text(t, made, "SHA256SUMS")
	var want strings.Builder
	for _, ending := range []string{".cdx.json", ".deb", ".rpm", ".tar.gz"} {
		fmt.Fprintf(&want, "%x  %s\n", sha256.Sum256([]byte(text(t, made, stem+ending))), stem+ending)
	}
	if sums != want.String() {
		t.Errorf("checksums\n%swant\n%s", sums, want.String())
	}
	elsewhere := t.TempDir()
	run(t, "sh", "-c", `git -C ../.. ls-files -z --cached --others --exclude-standard | (cd ../.. && xargs -0 cp --parents -t "$0")`, elsewhere)
	again := t.TempDir()
	if said, err := makeRelease(filepath.Join(elsewhere, ".ci/release/make"), again); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if second := text(t, again, "SHA256SUMS"); second != sums {
		t.Errorf("checksums of another time\n%swant\n%s", second, sums)
	}
}

// The bill of materials names the modules that go.mod does, in their versions.
func TestMaterials(t *testing.T) {
	var bill struct {
		BOMFormat string
		Metadata  struct {
			Component struct{ Name, Version string }
		}
		Components []struct{ Name, Version, PURL string }
	}
	if err := json.Unmarshal([]byte(text(t, made, stem+".cdx.json")), &bill); err != nil {
		t.Fatal(err)
	}
	if c := bill.Metadata.Component; bill.BOMFormat != "CycloneDX" || c.Name != "tawkproxy" || c.Version != version {
		t.Errorf("%s of %s %s", bill.BOMFormat, c.Name, c.Version)
	}
	for _, module := range []string{"github.com/redis/go-redis/v9", "golang.org/x/net", "modernc.org/sqlite"} {
		named := strings.TrimSpace(run(t, "go", "-C", "../..", "list", "-m", "-f", "{{.Path}} {{.Version}}", module))
		found := false
		for _, c := range bill.Components {
			found = found || c.Name+" "+c.Version == named && strings.HasPrefix(c.PURL, "pkg:golang/")
		}
		if !found {
			t.Errorf("there is no %s", named)
		}
	}
}

// files lists a folder's files with their modes.
func files(t *testing.T, root string, within ...string) (list []string) {
	t.Helper()
	for _, below := range within {
		err := fs.WalkDir(os.DirFS(root), below, func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := entry.Info()
			list = append(list, fmt.Sprintf("%v /%s", info.Mode(), name))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// dpkg runs dpkg on a machine of its own, in a folder. The package's scripts run, as on a machine without systemd.
func dpkg(t *testing.T, root string, args ...string) {
	t.Helper()
	args = append([]string{"--root=" + root, "--force-script-chrootless", "--log=" + root + "/log"}, args...)
	run(t, "dpkg", args...)
}

func install(t *testing.T) (root string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root installs packages")
	}
	root = t.TempDir()
	for name, content := range map[string]string{"status": "", "available": "", "updates/none": "", "info/none": "", "triggers/none": ""} {
		path := filepath.Join(root, "var/lib/dpkg", name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	os.Remove(filepath.Join(root, "var/lib/dpkg/updates/none"))
	dpkg(t, root, "-i", filepath.Join(made, stem+".deb"))
	return root
}

// The .deb is installed, started, installed again, removed and purged: what the operator has written stays until the last of these.
func TestDeb(t *testing.T) {
	root := install(t)
	got := files(t, root, "etc", "usr/bin", "usr/lib")
	want := []string{"drwxr-xr-x /etc", "drwx------ /etc/tawkproxy", "-rw------- /etc/tawkproxy/tawkproxy.env", "drwxr-xr-x /usr/bin",
		"-rwxr-xr-x /usr/bin/tawkproxy", "drwxr-xr-x /usr/lib", "drwxr-xr-x /usr/lib/systemd", "drwxr-xr-x /usr/lib/systemd/system",
		"-rw-r--r-- /usr/lib/systemd/system/tawkproxy.service"}
	if !slices.Equal(got, want) {
		t.Errorf("it holds %q", got)
	}
	for _, line := range files(t, root, "usr/share/doc/tawkproxy") {
		if !strings.HasPrefix(line, "drwxr-xr-x ") && !strings.HasPrefix(line, "-rw-r--r-- ") {
			t.Error(line)
		}
	}
	for _, page := range []string{"README.md", "LICENSE", "docs/settings.md", "docs/sites/php.md", "examples/systemd/php-sessions.conf"} {
		if text(t, root, "usr/share/doc/tawkproxy", page) == "" {
			t.Errorf("%s is empty", page)
		}
	}

	program, env := filepath.Join(root, "usr/bin/tawkproxy"), filepath.Join(root, "etc/tawkproxy/tawkproxy.env")
	if said := run(t, program, "version"); said != "tawkproxy "+version+"\n" {
		t.Errorf("it says %q", said)
	}
	settings := text(t, env) + "# mine\n"
	if err := os.WriteFile(env, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	starts(t, program)
	dpkg(t, root, "-i", filepath.Join(made, stem+".deb"))
	if text(t, env) != settings {
		t.Error("another installation loses the settings")
	}
	dpkg(t, root, "--remove", "tawkproxy")
	if _, err := os.Stat(program); !errors.Is(err, fs.ErrNotExist) || text(t, env) != settings {
		t.Errorf("after the removal there is %v, and the settings are not as they were", err)
	}
	dpkg(t, root, "--purge", "tawkproxy")
	if _, err := os.Stat(filepath.Dir(env)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after the purge: %v", err)
	}
}

// starts runs the program with the settings that the template proposes, each filled in as its comment demands.
func starts(t *testing.T, program string) {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "<!DOCTYPE html><html><head><title>x</title></head><body>a page</body></html>")
	}))
	defer site.Close()
	values := map[string]string{"TAWK_UPSTREAM": site.URL, "TAWK_LISTEN": freeAddr(t), "TAWK_ADMIN_LISTEN": freeAddr(t),
		"TAWK_PROPERTY_ID": "0123456789abcdef01234567", "TAWK_SECRET_KEY": "a secret of forty characters, all made up", "TAWK_PHP_SAVE_PATH": t.TempDir()}
	environ := []string{"TAWK_ADMIN_LISTEN=" + values["TAWK_ADMIN_LISTEN"]}
	for line := range strings.Lines(text(t, "../../examples/systemd/tawkproxy.env")) {
		name, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "#")), "=")
		if !ok || !strings.HasPrefix(name, "TAWK_") {
			continue
		}
		if other, ok := values[name]; ok {
			value = other
		}
		environ = append(environ, name+"="+value)
	}
	server := exec.Command(program, "serve")
	server.Env = environ
	var said strings.Builder
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		server.Process.Signal(os.Interrupt)
		if err := server.Wait(); err != nil {
			t.Errorf("%v\n%s", err, said.String())
		}
	}()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		health := exec.Command(program, "health")
		health.Env = environ
		answer, err := health.CombinedOutput()
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%v: %s", err, answer)
		}
	}
	answer, err := http.Get("http://" + values["TAWK_LISTEN"] + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page := make([]byte, 8<<10)
	n, _ := answer.Body.Read(page)
	if !strings.Contains(string(page[:n]), "data-tawkproxy") && !strings.Contains(string(page[:n]), "<script") {
		t.Errorf("the page is %s", page[:n])
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// The .rpm says what it is and holds what the .deb holds, and its settings are kept, too.
func TestRPM(t *testing.T) {
	path := filepath.Join(made, stem+".rpm")
	about := run(t, "rpm", "-qip", path)
	for _, want := range []string{"Name        : tawkproxy\n", "Version     : 1.2.3~rc.1\n", "License     : MIT\n"} {
		if !strings.Contains(about, want) {
			t.Errorf("there is no %q in\n%s", want, about)
		}
	}
	if kept := run(t, "rpm", "-qp", "--qf", "[%{FILENAMES} %{FILEFLAGS:fflags} %{FILEMODES:perms}\n]", path); !strings.Contains(kept,
		"/etc/tawkproxy/tawkproxy.env cn -rw-------\n") {
		t.Errorf("its files are\n%s", kept)
	}
	var inDeb []string
	for line := range strings.Lines(run(t, "dpkg-deb", "--contents", filepath.Join(made, stem+".deb"))) {
		fields := strings.Fields(line)
		if name := fields[len(fields)-1]; !strings.HasSuffix(name, "/") {
			inDeb = append(inDeb, strings.TrimPrefix(name, "."))
		}
	}
	var inRPM []string
	for line := range strings.Lines(run(t, "rpm", "-qp", "--qf", "[%{FILEMODES:perms} %{FILENAMES}\n]", path)) {
		if mode, name, _ := strings.Cut(strings.TrimSpace(line), " "); !strings.HasPrefix(mode, "d") {
			inRPM = append(inRPM, name)
		}
	}
	slices.Sort(inDeb)
	slices.Sort(inRPM)
	if !slices.Equal(inDeb, inRPM) {
		t.Errorf(".deb and .rpm hold\n%q\n%q", inDeb, inRPM)
	}
}
