//go:build unix

package main

import (
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// TestLogoutThatEmptiesTheSession: most PHP sites log out by session_unset or session_destroy, and the next page, which comes at
// once, finds an empty session. PHP empties a session before it writes it, too, so that the page cannot know; the script must
// hear of it.
func TestLogoutThatEmptiesTheSession(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	root, sessions := t.TempDir(), t.TempDir()
	write(t, root+"/index.php", `<?php
		session_start();
		if (isset($_GET['do'])) {
			if ($_GET['do'] == 'login') $_SESSION['user'] = ['id' => 42];
			else $_GET['do']();
			header('Location: /');
			exit;
		}
		echo '<!doctype html><title>Site</title>';`)
	program := front(t, testenv.PHP(t, root, nil, "session.save_path="+sessions),
		"TAWK_SESSION=php", "TAWK_PHP_SAVE_PATH="+sessions, "TAWK_USER_ID=user.id")
	for _, logout := range []string{"session_unset", "session_destroy"} {
		b := newBrowser(t, program.url)
		b.read(b.open("/"))
		b.read(b.open("/?do=login"))
		b.page("/", "42")
		b.read(b.open("/?do=" + logout))
		if heard := b.heard(element(t, b.read(b.open("/")))); heard != "ask" && heard != "nobody" { // nobody if it came late
			t.Errorf("%s: the page after it says %s", logout, heard)
		}
		heard := "nothing"
		for try := 0; try < 100 && heard == "nothing"; try++ { // on a busy machine a file may come too late
			heard = b.asked()
		}
		if heard != "nobody" {
			t.Errorf("%s: the script asks and hears of %s", logout, heard)
		}
		b.page("/", "nobody")
	}
	for line := range strings.Lines(program.Log()) {
		if strings.Contains(line, "cannot tell who is logged in") && !strings.Contains(line, "deadline exceeded") { // a busy machine
			t.Errorf("an everyday logout is a warning: %s", line)
		}
	}
}
