//go:build unix

package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

// replicasDie kills one of the example's three tawkproxies while members read and write: no page is lost, and none names anybody else.
// What cannot be saved are forms that were under way to the one that died, and pages of which a part had arrived.
func replicasDie(t *testing.T, binary string) {
	const clients, before, after = 12, 120, 240
	haproxy := testenv.Need(t, "haproxy", "/usr/sbin/haproxy")
	r := newRow(t, "replicas")
	redis := testenv.Redis(t)
	r.move("10.0.0.30:6379", redis.Addr)
	write(t, r.dir+"/prepend.php", "<?php usleep(30000);") // so that there are pages under way at any moment
	site := testenv.PHP(t, "../../examples/php", nil, append(testenv.PHPExtensions(t, "igbinary", "redis"), "auto_prepend_file="+r.dir+"/prepend.php",
		"session.save_handler=redis", `session.save_path="tcp://`+redis.Addr+`?database=2&prefix=SHOP:"`)...)
	r.move("10.0.0.20:8081", strings.TrimPrefix(site, "http://"))
	var settings []string
	for _, found := range envLine.FindAllStringSubmatch(r.file("tawkproxy.env"), -1) {
		settings = append(settings, found[1]+"="+found[2]+found[3])
	}
	settings = append(settings, "TAWK_SESSION_COOKIE=", "TAWK_SESSION_KEY=", "TAWK_SECRET_KEY="+demoKey, "TAWK_LISTEN=127.0.0.1:0",
		"TAWK_ADMIN_LISTEN=127.0.0.1:0", "TAWK_STOP_DELAY=0s")
	var replicas []*process
	for n := range 3 {
		p := spawn(t, binary, site, settings...)
		_, admin, _ := net.SplitHostPort(p.admin)
		r.move(fmt.Sprintf("10.0.0.1%d:8080", n+1), p.address+" port "+admin)
		replicas = append(replicas, p)
	}
	r.move(" port 9180", "", "bind :80", "bind "+r.front)
	write(t, r.dir+"/haproxy.cfg", r.file("haproxy.cfg"))
	runServer(t, exec.Command(haproxy, "-db", "-f", r.dir+"/haproxy.cfg"))
	base := "http://" + r.front
	await(t, base+"/")

	var pages, forms, cut, unknown, done atomic.Int64
	var mu sync.Mutex
	lost := map[string][]string{}
	lose := func(method, why string) {
		mu.Lock()
		defer mu.Unlock()
		lost[method] = append(lost[method], why)
	}
	ended := make(chan bool)
	var all sync.WaitGroup
	for n := range clients {
		member, name := "ada", "Ada Lovelace"
		if n%2 == 1 {
			member, name = "jose", `José &quot;Pepe&quot; O&#039;Neil`
		}
		b := newBrowser(t, base)
		b.client.Transport = &http.Transport{DisableKeepAlives: true} // on a used connection, Go would send a page again by itself
		login := "login=" + member + "&password=secret"
		b.read(b.post("/login.php", login))
		all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-ended:
					return
				default:
				}
				method, path, body, count := "GET", "/", io.Reader(nil), &pages
				if i%6 == 5 { // a form that the site answers with a page, and no redirect
					method, path, body, count = "POST", "/login.php", strings.NewReader("login="+member+"&password=wrong"), &forms
				}
				request, err := http.NewRequest(method, base+path, body)
				if err != nil {
					t.Error(err)
					return
				}
				request.Header.Set("Accept", "text/html")
				if body != nil {
					request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				}
				count.Add(1)
				done.Add(1)
				answer, err := b.client.Do(request)
				if err != nil {
					lose(method, err.Error())
					continue
				}
				page, err := io.ReadAll(answer.Body)
				answer.Body.Close()
				switch text := string(page); {
				case err != nil:
					cut.Add(1)
				case answer.StatusCode != http.StatusOK:
					lose(method, answer.Status)
				case !strings.Contains(text, "Hello, "+name+".") || !strings.Contains(text, "</html>"):
					t.Errorf("%s has another page than theirs: %s", member, text)
				case method == "GET":
					if heard := b.heard(element(t, text)); heard == "nothing" || heard == "ask" {
						unknown.Add(1)
					} else if !strings.HasPrefix(heard, map[string]string{"ada": "42 ", "jose": "u-7f3 "}[member]) {
						t.Errorf("%s's page tells the widget of %s", member, heard)
					}
				}
			}
		})
	}
	reach := func(n int64) {
		for deadline := time.Now().Add(2 * time.Minute); done.Load() < n && time.Now().Before(deadline); {
			time.Sleep(5 * time.Millisecond)
		}
	}
	reach(before)
	replicas[1].signal(t, syscall.SIGKILL)
	<-replicas[1].ended
	reach(done.Load() + after)
	close(ended)
	all.Wait()

	t.Logf("one of three killed: %d pages, %d lost; %d forms, %d lost; %d answers cut off; %d pages that did not know who it was",
		pages.Load(), len(lost["GET"]), forms.Load(), len(lost["POST"]), cut.Load(), unknown.Load())
	if done.Load() < before+after {
		t.Errorf("only %d requests in two minutes", done.Load())
	}
	if len(lost["GET"]) > 0 {
		t.Errorf("pages are lost: %q", lost["GET"])
	}
	if n := len(lost["POST"]) + int(cut.Load()); n > clients {
		t.Errorf("%d answers are lost, more than were under way: %q", n, lost["POST"])
	}
	if known := pages.Load() - unknown.Load(); known < pages.Load()/2 {
		t.Errorf("of %d pages %d know who it is", pages.Load(), known)
	}
	for n, p := range replicas {
		if n != 1 {
			p.signal(t, syscall.SIGTERM)
			p.end(t)
		}
	}
}
