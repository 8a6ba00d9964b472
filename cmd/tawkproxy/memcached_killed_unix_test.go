//go:build unix

package main

import (
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

// TestMemcachedKilledUnderASite kills one of two servers: those whose sessions are on it are unknown at once, which ends nobody's chat, and the
// others stay who they are. When it is back, its sessions are gone with its memory, until their members log in again.
func TestMemcachedKilledUnderASite(t *testing.T) {
	testenv.Slow(t, "a site in PHP")
	t.Parallel()
	p := newPlace(t)
	one, other := testenv.Memcached(t), testenv.Memcached(t)
	p.named["MEMCACHED"], p.named["OTHER_MEMCACHED"] = one.Addr, other.Addr
	s := liveSite{name: "php", stored: true, ada: "42 Ada Lovelace ada@example.com", jose: `u-7f3 José "Pepe" O'Neil jose@example.com`,
		environ: "session.save_handler=memcached\nsession.save_path=\"$MEMCACHED,$OTHER_MEMCACHED\"",
		settings: "TAWK_SESSION=php\nTAWK_USER_ID=user.id\nTAWK_USER_NAME=user.name\nTAWK_USER_EMAIL=user.email\n" +
			"TAWK_PHP_SAVE_PATH=$MEMCACHED,$OTHER_MEMCACHED"}
	d := s.open(p, s.onMemcached(p))

	var away, here *visitor
	for away == nil || here == nil {
		v := d.visitor()
		v.logsIn("ada", "secret", d.ada)
		for _, cookie := range v.cookies() {
			switch {
			case cookie.Name != "PHPSESSID":
			case one.Has("memc.sess.key." + cookie.Value):
				away = v
			default:
				here = v
			}
		}
	}
	one.Kill()
	for range 3 {
		if heard := away.asked(); heard != "nothing" {
			t.Errorf("the server is gone, but the script hears of %s", heard)
		}
		here.hears(d.ada)
	}
	if page := away.read(away.open("/")); away.heard(element(t, page)) != "nothing" {
		t.Error("the server is gone, but the page says who is there")
	}
	one.Start()
	for deadline := time.Now().Add(20 * time.Second); away.asked() == "nothing"; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the server is back, but is not used")
		}
	}
	away.hears(d.stranger)
	here.hears(d.ada)
	away.logsIn("ada", "secret", d.ada)
	here.sees(d.ada)
}
