package php

import (
	"bufio"
	"cmp"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
	"tawkproxy/session"
)

// While a real PHP writes a session again and again, its user is never taken for nobody. At worst it is unknown who that is. Only a
// file that stays empty as long as phpFresh is believed, on a disk that is as slow as that.
func TestPHPWhileItWrites(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: writes for a second")
	}
	dir, identify := phpSite(t, nil)
	php := exec.Command(testenv.Need(t, "php"), "testdata/php/rewrite.php", dir)
	out, err := php.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := php.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewReader(out)
	if _, err := said.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	ended := make(chan string, 1)
	go func() {
		slowest, _ := said.ReadString('\n')
		ended <- strings.TrimSpace(slowest)
	}()
	var mistaken error
	for reads, unknown := 0, 0; ; reads++ {
		select {
		case told := <-ended:
			slowest, err := time.ParseDuration(told + "s")
			if err := cmp.Or(err, php.Wait()); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d readings, %d of them unknown; the slowest write took %v", reads, unknown, slowest)
			if mistaken != nil && slowest < phpFresh-phpFresh/10 {
				t.Error(mistaken)
			}
			return
		default:
		}
		u, err := identify("abcdefghijklmnopqrstuv")
		if _, certain := session.NobodyReason(err); certain {
			mistaken = fmt.Errorf("reading %d: %w", reads, err)
		} else if err != nil {
			unknown++
		} else if u.ID != "42" {
			t.Fatalf("reading %d: %q", reads, u.ID)
		}
	}
}
