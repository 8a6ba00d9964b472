package kinds

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"testing"

	"tawkproxy/examples/testenv"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/kind/php"
	"tawkproxy/session/kind/python"
	"tawkproxy/session/kind/rails"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
)

// TestMemcachedCookies flips every bit of a good cookie of each kind whose sessions may be in memcached: none leads to anybody. Beside the
// session lies what the site keeps there for others.
func TestMemcachedCookies(t *testing.T) {
	t.Parallel()
	server := testenv.Memcached(t)
	memcached, err := store.NewMemcached("memcached://"+server.Addr, sessiontest.Patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { memcached.Close() })
	setup := func(cookie, id string) recipe.Setup {
		return recipe.Setup{Cookie: cookie, Store: memcached, Mapping: session.Mapping{ID: id}}
	}
	const id = "0123456789abcdef0123456789abcdef"
	open := kindtest.MustOpen(t)
	for name, c := range map[string]struct {
		source session.Source
		key    string
		flags  uint32
		value  string
	}{
		"memcached": {open(php.NewPHP(php.PHPOptions{Setup: setup("s", "user.id"), SerializeHandler: "php"})), "memc.sess.key." + id, 0, `user|a:1:{s:2:"id";i:42;}`},
		"memcache":  {open(php.NewPHP(php.PHPOptions{Setup: setup("s", "user.id"), SerializeHandler: "php", SaveHandler: "memcache"})), id, 0, `user|a:1:{s:2:"id";i:42;}`},
		"django":    {open(python.NewDjango(python.DjangoOptions{Setup: setup("s", ""), SessionEngine: "cache"})), "django.contrib.sessions.cache" + id, 1, "}\x8c\r_auth_user_id\x8c\x0242s."},
		"flask":     {open(python.NewFlask(python.FlaskOptions{Setup: setup("s", "user_id")})), id + "-flask", 16, `{"user_id": 42}`},
		"rails": {open(rails.NewRails(rails.RailsOptions{Setup: setup("s", "user_id")})), fmt.Sprintf("2::%x", sha256.Sum256([]byte(id))), 1,
			"\x04\b{\x06I\"\fuser_id\x06:\x06ETi/"},
	} {
		server.Set(c.key, c.flags, c.value)
		server.Set(c.key+".lock", 0, "1")
		text := id
		if name == "flask" {
			text += "-flask"
		}
		request := func(text string) *http.Request { return sessiontest.WithCookie("s", text) }
		if user, err := c.source.Identify(request(text), nil); err != nil || user.ID != "42" {
			t.Errorf("%s: got %+v, %v", name, user, err)
			continue
		}
		tried, same := sessiontest.FlipText(t, c.source, text, 1, request, sessiontest.Itself)
		if tried != 8*len(text) || same > 0 {
			t.Errorf("%s: %d flips, %d of them accepted", name, tried, same)
		}
	}
}
