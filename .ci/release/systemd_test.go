package release

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const example = "../../examples/systemd"

// unit writes the unit with drop-ins into a folder, as systemd-analyze wants it: with a program that is there.
func unit(t *testing.T, change func(string) string, dropIns ...string) string {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "tawkproxy")
	put(t, program, "#!/bin/sh\n", 0o755)
	put(t, filepath.Join(dir, "tawkproxy.service"),
		change(strings.ReplaceAll(text(t, example, "tawkproxy.service"), "/usr/bin/tawkproxy", program)), 0o644)
	for _, name := range dropIns {
		put(t, filepath.Join(dir, "tawkproxy.service.d", name), text(t, example, name), 0o644)
	}
	return filepath.Join(dir, "tawkproxy.service")
}

func put(t *testing.T, path, content string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

func same(s string) string { return s }

// systemd has no word to say against the unit, nor against any drop-in.
func TestUnitIsVerified(t *testing.T) {
	for _, dropIns := range [][]string{nil, {"credentials.conf"}, {"php-sessions.conf"}, {"ports.conf"}} {
		if said := run(t, "systemd-analyze", "verify", unit(t, same, dropIns...)); said != "" {
			t.Errorf("with %q: %s", dropIns, said)
		}
	}
	wrong := unit(t, func(s string) string { return strings.Replace(s, "ProtectSystem=strict", "ProtectSystem=strickt", 1) })
	if said := run(t, "systemd-analyze", "verify", wrong); !strings.Contains(said, "strickt") {
		t.Errorf("of a mistake it says %q", said)
	}
}

// The exposure that systemd reckons stays as low as it is, 10 being a service with no walls at all.
func TestUnitIsHardened(t *testing.T) {
	exposure := func(threshold, path string) error {
		return exec.Command("systemd-analyze", "security", "--offline=yes", "--threshold="+threshold, path).Run()
	}
	run(t, "systemd-analyze", "--version")
	for _, c := range []struct{ most, dropIn string }{{"12", "credentials.conf"}, {"14", "php-sessions.conf"}, {"15", "ports.conf"}} {
		if err := exposure(c.most, unit(t, same, c.dropIn)); err != nil {
			t.Errorf("with %s it is above %s tenths: %v", c.dropIn, c.most, err)
		}
	}
	open := unit(t, func(s string) string { return strings.Replace(s, "ProtectKernelModules=yes\n", "", 1) })
	if exposure("12", open) == nil {
		t.Error("a wall may be taken away without a word")
	}
}

// What happens on a machine with systemd, in a container that has the .deb: nothing starts before it is set up; settings with a mistake
// are not tried again and again; "systemctl start" returns when visitors are answered, by a program that is nobody and has its key from
// a credential; a reload is awaited and counts; and with the drop-in for PHP, the sessions that www-data alone can read are read.
const trial = `
exec >/result 2>&1
set -x
systemctl show -P ActiveState -P UnitFileState -P NeedDaemonReload tawkproxy | xargs echo FRESH
systemctl start tawkproxy
while test "$(systemctl show -P ActiveState tawkproxy)" = activating; do sleep 0.1; done
systemctl show -P Result -P ExecMainStatus -P NRestarts tawkproxy | xargs echo UNSET

python3 -m http.server --directory /site --bind 127.0.0.1 8081 >/dev/null 2>&1 &
site=$!
until curl -sf http://127.0.0.1:8081/ >/dev/null; do sleep 0.1; done
mkdir -p /etc/systemd/system/tawkproxy.service.d
printf %s 'the first key of forty characters, yes..' >/etc/tawkproxy/tawk_secret_key
chmod 600 /etc/tawkproxy/tawk_secret_key
cp /drop-ins/credentials.conf /etc/systemd/system/tawkproxy.service.d/
printf '%s\n' TAWK_UPSTREAM=http://127.0.0.1:8081 TAWK_PROPERTY_ID=0123456789abcdef01234567 TAWK_SESSION=php TAWK_USER_ID=id TAWK_IDENTITY=page TAWK_STOP_DELAY=0s \
  TAWK_PHP_SAVE_PATH=/var/lib/php/sessions TAWK_ENABLED_FILE=/etc/enabled >/etc/tawkproxy/tawkproxy.env
echo true >/etc/enabled
systemctl daemon-reload
systemctl start tawkproxy
curl -s -H 'Cookie: PHPSESSID=0123456789abcdefghijklmnop' http://127.0.0.1:8080/ | grep -c tawkproxy | xargs echo ANSWERED
systemctl show -P Result -P NRestarts tawkproxy | xargs echo STARTED
stat -c %u /proc/$(systemctl show -P MainPID tawkproxy) | grep -cx 0 | xargs echo ROOT
stat -c '%a %U' /run/credentials/tawkproxy.service | xargs echo CREDENTIALS
echo false >/etc/enabled
systemctl reload tawkproxy
until curl -s http://127.0.0.1:8080/ | cmp -s - /site/index.html; do sleep 0.1; done
systemctl show -P ActiveState -P NRestarts tawkproxy | xargs echo RELOADED
echo true >/etc/enabled

cp /drop-ins/php-sessions.conf /etc/systemd/system/tawkproxy.service.d/
systemctl daemon-reload
systemctl restart tawkproxy
curl -s -H 'Cookie: PHPSESSID=0123456789abcdefghijklmnop' http://127.0.0.1:8080/ | grep -o '"userId":"[a-z0-9]*"' | xargs echo PHP
systemctl stop tawkproxy
systemctl show -P ActiveState -P Result tawkproxy | xargs echo STOPPED
journalctl --no-pager -u tawkproxy
kill $site
echo END
`

func TestSystemd(t *testing.T) {
	run(t, "systemd-nspawn", "--version")
	if exec.Command("unshare", "--mount", "--pid", "--fork", "mount", "-t", "cgroup2", "none", "/sys/fs/cgroup").Run() != nil {
		t.Skip("a container may not be started in here")
	}
	root := install(t)
	for _, name := range []string{"bin", "sbin", "lib", "lib64"} {
		if err := os.Symlink("usr/"+name, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	for path, content := range map[string]string{
		"/etc/passwd": "root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n" +
			"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
		"/etc/group":            "root:x:0:\nwww-data:x:33:\nnogroup:x:65534:\n",
		"/etc/machine-id":       "",
		"/etc/os-release":       "ID=trial\n",
		"/etc/ld.so.cache":      text(t, "/etc/ld.so.cache"),
		"/etc/nsswitch.conf":    "passwd: files systemd\ngroup: files systemd\n",
		"/trial":                trial,
		"/site/index.html":      "<!DOCTYPE html><html><head><title>a site</title></head><body>a page</body></html>\n",
		"/etc/fstab":            "",
		"/run/none":             "",
		"/var/lib/systemd/none": "",
		"/etc/systemd/system/trial.service": "[Unit]\nAfter=basic.target\n[Service]\nType=oneshot\nExecStart=/bin/bash /trial\n" +
			"ExecStopPost=/bin/systemctl --no-block poweroff\nTimeoutStartSec=120\n",
		"/etc/systemd/system/default.target": "[Unit]\nRequires=basic.target\nWants=trial.service\n",
		"/drop-ins/credentials.conf":         text(t, example, "credentials.conf"),
		"/drop-ins/php-sessions.conf":        text(t, example, "php-sessions.conf"),
	} {
		put(t, filepath.Join(root, path), content, 0o644)
	}
	sessions := filepath.Join(root, "var/lib/php/sessions")
	session := filepath.Join(sessions, "sess_0123456789abcdefghijklmnop")
	put(t, session, `id|s:3:"u42";`, 0o600)
	if err := os.Chmod(sessions, 0o1733|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(session, 33, 33); err != nil {
		t.Fatal(err)
	}

	// The container's /usr is this machine's, with what the package has put there above.
	own := filepath.Join(root, "usr")
	container := exec.Command("systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network", "--directory="+root,
		"--overlay-ro=/usr:"+own+":/usr", "--boot")
	var said strings.Builder
	container.Stdout, container.Stderr = &said, &said
	if err := container.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(4*time.Minute, func() { container.Process.Kill() })
	defer late.Stop()
	container.Wait()
	result, err := os.ReadFile(filepath.Join(root, "result"))
	if err != nil || !strings.HasSuffix(string(result), "END\n") {
		t.Fatalf("it did not come to an end: %v\n%s\n%s", err, result, said.String())
	}
	for _, want := range []string{
		"FRESH inactive disabled no",
		"UNSET exit-code 0 2",
		"ANSWERED 1",
		"STARTED success 0",
		"ROOT 0",
		"CREDENTIALS 500 tawkproxy",
		"RELOADED 0 active",
		`PHP userId:u42`,
		"STOPPED success inactive",
	} {
		if !strings.Contains(string(result), "\n"+want+"\n") {
			t.Errorf("there is no %q in\n%s", want, result)
		}
	}
}
