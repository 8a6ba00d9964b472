//go:build unix

package main

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// TestMemcachedSites has each kind of site whose sessions may be in memcached, by each of the clients that its language has, on one server
// and divided between two.
func TestMemcachedSites(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: sites in three languages take seconds")
	}
	t.Parallel()
	const (
		ada, jose = "42 Ada Lovelace ada@example.com", `u-7f3 José "Pepe" O'Neil jose@example.com`
		number    = `43 José "Pepe" O'Neil`
		two       = "$MEMCACHED,$OTHER_MEMCACHED"
		php       = "TAWK_SESSION=php\nTAWK_USER_ID=user.id\nTAWK_USER_NAME=user.name\nTAWK_USER_EMAIL=user.email\n"
		own       = "TAWK_USER_ID=user.id\nTAWK_USER_NAME=user.name\n"
		django    = "TAWK_SESSION=django\nTAWK_DJANGO_SESSION_ENGINE=cache\n"
		rails     = "TAWK_SESSION=rails\nTAWK_SESSION_COOKIE=_shop_session\n" + own
		flask     = "TAWK_SESSION=flask\n" + own
		symfony   = "TAWK_SESSION=symfony\n"
	)
	for i, s := range []liveSite{
		{name: "php, memcached", ada: ada, jose: jose, environ: "session.save_handler=memcached\nsession.save_path=$MEMCACHED",
			settings: php + "TAWK_PHP_SAVE_PATH=$MEMCACHED"},
		{name: "php, memcached, on two servers by igbinary", ada: ada, jose: jose,
			environ:  "session.save_handler=memcached\nsession.save_path=\"" + two + "\"\nmemcached.sess_prefix=shop.\nsession.serialize_handler=igbinary",
			settings: php + "TAWK_PHP_SAVE_PATH=" + two + "\nTAWK_PHP_KEY_PREFIX=shop.\nTAWK_PHP_SERIALIZE_HANDLER=igbinary"},
		{name: "php, memcached, weighted", ada: ada, jose: jose,
			environ:  "session.save_handler=memcached\nsession.save_path=\"$MEMCACHED:1,$OTHER_MEMCACHED:2\"\nmemcached.sess_consistent_hash_type=ketama_weighted",
			settings: php + "TAWK_SESSION_STORE=memcached://$MEMCACHED:1,$OTHER_MEMCACHED:2?hash=ketama_weighted"},
		{name: "php, memcached, on a socket", ada: ada, jose: jose, environ: "session.save_handler=memcached\nsession.save_path=$MEMCACHED_SOCKET",
			settings: php + "TAWK_PHP_SAVE_PATH=$MEMCACHED_SOCKET\nTAWK_PHP_SAVE_HANDLER=memcached"},
		{name: "php, memcache", ada: ada, jose: jose, environ: "session.save_handler=memcache\nsession.save_path=\"tcp://$MEMCACHED?persistent=1\"",
			settings: php + "TAWK_PHP_SAVE_PATH=tcp://$MEMCACHED?persistent=1\nTAWK_PHP_SAVE_HANDLER=memcache"},
		{name: "php, memcache, on two servers, compressed", ada: ada, jose: jose,
			environ: "session.save_handler=memcache\nsession.save_path=\"tcp://$MEMCACHED,tcp://$OTHER_MEMCACHED\"\nmemcache.compress_threshold=1\n" +
				"memcache.session_prefix_static_key=shop",
			settings: php + "TAWK_PHP_SAVE_PATH=tcp://$MEMCACHED,tcp://$OTHER_MEMCACHED\nTAWK_PHP_SAVE_HANDLER=memcache\nTAWK_PHP_KEY_PREFIX=shop"},

		{name: "symfony", ada: ada, jose: jose, environ: "SESSION_HANDLER=memcached://$MEMCACHED", settings: symfony + "TAWK_SESSION_STORE=memcached://$MEMCACHED"},

		{name: "laravel", settings: "TAWK_SESSION_STORE=memcached://$MEMCACHED", environ: "MEMCACHED=$MEMCACHED"},
		{name: "laravel, encrypted, on two servers", settings: "TAWK_SESSION_STORE=memcached://" + two, environ: "SESSION_ENCRYPT=true\nMEMCACHED=" + two},

		{name: "django, pymemcache", needs: []string{"pymemcache"}, ada: "42", jose: "43", environ: "MEMCACHED=$MEMCACHED",
			settings: django + "TAWK_SESSION_STORE=memcached://$MEMCACHED"},
		{name: "django, pymemcache, on two servers", needs: []string{"pymemcache"}, ada: "42 Ada Lovelace ada@example.com", jose: number + " jose@example.com",
			environ:  "MEMCACHED=" + two,
			settings: django + "TAWK_DJANGO_SECRET_KEY=a key\nTAWK_USER_DSN=sqlite://$FOLDER/shop.sqlite\nTAWK_SESSION_STORE=memcached://" + two + "?hash=pymemcache"},
		{name: "django, pylibmc, on two servers", needs: []string{"pylibmc"}, ada: "42", jose: "43", environ: "MEMCACHED_BACKEND=PyLibMCCache\nMEMCACHED=" + two,
			settings: django + "TAWK_SESSION_STORE=memcached://" + two + "?hash=modula"},
		{name: "django, python-memcached, on two servers", needs: []string{"memcache"}, ada: "42", jose: "43",
			environ:  "MEMCACHED_BACKEND=MemcachedCache\nMEMCACHED=" + two,
			settings: django + "TAWK_SESSION_STORE=memcached://" + two + "?hash=python-memcached"},
		{name: "django, a table and pymemcache", needs: []string{"pymemcache"}, ada: "42", jose: "43", environ: "SESSION_ENGINE=cached_db\nMEMCACHED=$MEMCACHED",
			settings: strings.Replace(django, "=cache\n", "=cached_db\n", 1) + "TAWK_SESSION_STORE=memcached://$MEMCACHED"},

		{name: "rails, a cache", ada: "42 Ada Lovelace", jose: number, environ: "MEMCACHED=$MEMCACHED", settings: rails + "TAWK_SESSION_STORE=memcached://$MEMCACHED"},
		{name: "rails, a cache on two servers", ada: "42 Ada Lovelace", jose: number, environ: "MEMCACHED=" + two, settings: rails + "TAWK_SESSION_STORE=memcached://" + two},
		{name: "rails, mem_cache_store", ada: "42 Ada Lovelace", jose: number, environ: "MEMCACHED_STORE=" + two,
			settings: rails + "TAWK_RAILS_KEY_PREFIX=rack:session:\nTAWK_SESSION_STORE=memcached://" + two},

		{name: "flask, pylibmc", needs: []string{"pylibmc"}, ada: "42 Ada Lovelace", jose: number, environ: "MEMCACHED=$MEMCACHED",
			settings: flask + "TAWK_SESSION_STORE=memcached://$MEMCACHED"},
		{name: "flask, python-memcached, on two servers", needs: []string{"memcache"}, ada: "42 Ada Lovelace", jose: number,
			environ: "MEMCACHED_CLIENT=memcache\nMEMCACHED=" + two, settings: flask + "TAWK_SESSION_STORE=memcached://" + two + "?hash=python-memcached"},
	} {
		if !testenv.Sampled(i, 3) {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			s.stored = true
			s.open(p, s.onMemcached(p)).journey()
		})
	}
}

// onMemcached starts the site, and completes how it is used.
func (s *liveSite) onMemcached(p *place) (url string) {
	t := p.t
	t.Helper()
	language, _, _ := strings.Cut(s.name, ",")
	extensions := func(more ...string) []string {
		return testenv.PHPExtensions(t, append([]string{"msgpack", "igbinary", "memcached", "memcache"}, more...)...)
	}
	switch language {
	case "php":
		s.login, s.logout = form("/login.php", "login", "password"), link("/logout.php")
		return testenv.PHP(t, "../../examples/php", nil, append(extensions(), p.lines(s.environ)...)...)
	case "symfony":
		s.login, s.logout = form("/login", "_username", "_password"), link("/logout")
		s.needs = []string{"msgpack", "igbinary", "memcached"}
		return runSymfony(t, p, *s)
	case "laravel":
		needFile(t, "php-laravel-framework", "/usr/share/php/Illuminate/Session/autoload.php")
		key := "base64:" + base64.StdEncoding.EncodeToString([]byte("a key for trials, 32 bytes long."))
		s.ada, s.jose = "42 Ada Lovelace ada@example.com", `43 José "Pepe" O'Neil jose@example.com`
		s.environ += "\nSITE_FOLDER=$FOLDER\nSESSION_DRIVER=memcached\nAPP_KEY=" + key
		s.settings += "\nTAWK_SESSION=laravel\nTAWK_LARAVEL_APP_KEY=" + key + "\nTAWK_USER_DSN=sqlite://$FOLDER/site.sqlite"
		s.login = func(b *browser, member, password string) *http.Response {
			return form("/login", "email", "password")(b, member+"@example.com", password)
		}
		s.logout = link("/logout")
		return testenv.PHP(t, "../../examples/laravel", p.lines(s.environ),
			append(extensions("ctype", "mbstring", "pdo", "pdo_sqlite"), "zend_extension=opcache", "include_path=/usr/share/php")...)
	case "django":
		if !strings.Contains(s.environ, "SESSION_ENGINE") {
			s.environ += "\nSESSION_ENGINE=cache"
		}
		return testenv.Site(t, testenv.Python(t, append(s.needs, "django")...), "django/app.py", p.lines(s.environ+"\nSECRET_KEY=a key\nDATA=$FOLDER")...)
	case "flask":
		return testenv.Site(t, testenv.Python(t, append(s.needs, "flask", "flask_session")...), "flask/app.py", p.lines(s.environ)...)
	case "rails":
		return testenv.Site(t, testenv.Ruby(t, "puma", "railties", "dalli"), "rails/app.rb", p.lines(s.environ+"\nSECRET_KEY_BASE=a secret_key_base")...)
	}
	t.Fatalf("nobody knows how to start %s", s.name)
	return ""
}
