package php

import (
	"bufio"
	"os/exec"
	"testing"

	"tawkproxy/examples/testenv"
	"tawkproxy/session"
)

// While a real PHP writes a session again and again, its user is never taken for nobody. At worst it is unknown who that is.
func TestPHPWhileItWrites(t *testing.T) {
	dir, identify := phpSite(t, nil)
	php := exec.Command(testenv.Need(t, "php"), "testdata/php/rewrite.php", dir)
	out, err := php.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := php.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- php.Wait() }()
	for reads, unknown := 0, 0; ; reads++ {
		select {
		case err := <-ended:
			t.Logf("%d readings, %d of them unknown: %v", reads, unknown, err)
			return
		default:
		}
		u, err := identify("abcdefghijklmnopqrstuv")
		if _, certain := session.NobodyReason(err); certain {
			t.Fatalf("reading %d: %v", reads, err)
		} else if err != nil {
			unknown++
		} else if u.ID != "42" {
			t.Fatalf("reading %d: %q", reads, u.ID)
		}
	}
}
