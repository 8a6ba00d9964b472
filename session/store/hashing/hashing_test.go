package hashing

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// A client is a real one. Its script gets the servers, by host, port and weight, and keys to be stored, as JSON.
type client struct {
	name, hashing string
	weights       bool // it takes them
	sockets       bool
	script        string
	prefix        string // it puts before keys, and does not hash
	copies        int    // 0: one
}

const (
	phpInput    = `[$servers, $keys] = json_decode(stream_get_contents(STDIN)); `
	phpObject   = phpInput + `$m = new Memcached; %s foreach ($servers as [$h, $p, $w]) $m->addServers([[$h, $p, $w]]); foreach ($keys as $k) $m->set($k, 'x') || exit(1);`
	phpSessions = phpInput + `foreach ($keys as $k) { session_id($k); session_start(); $_SESSION['x'] = 1; session_write_close(); }`
	pythonInput = "import json, sys\nservers, keys = json.load(sys.stdin)\n"
	pylibmc     = pythonInput + "import pylibmc\nm = pylibmc.Client([(h if p == 0 else '%%s:%%d:%%d' %% (h, p, w)) for h, p, w in servers], behaviors={%s})\n" +
		"for k in keys: assert m.set(k, b'x')"
)

// TestHashingOfRealClients has real clients divide keys between real servers, and looks where they are.
func TestHashingOfRealClients(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: clients in three languages take seconds")
	}
	t.Parallel()
	var servers []*testenv.MemcachedServer
	for range 3 {
		servers = append(servers, testenv.Memcached(t))
	}
	servers = append(servers, testenv.MemcachedUsualPort(t), testenv.MemcachedSocket(t))
	var places []Place
	for i, server := range servers {
		p, err := ParsePlace(strings.Replace(server.Addr, "127.0.0.1:", map[bool]string{true: "localhost:", false: "127.0.0.1:"}[i == 1], 1))
		if err != nil {
			t.Fatal(err)
		}
		p.Weight = []int{1, 3, 1, 2, 1}[i]
		places = append(places, p)
	}
	php := func(settings ...string) []string {
		words := []string{testenv.Need(t, "php"), "-n"}
		for _, setting := range append(testenv.PHPExtensions(t, "msgpack", "igbinary", "memcached", "memcache"), settings...) {
			words = append(words, "-d", setting)
		}
		return append(words, "-r")
	}
	path := func(form string, places []Place) string {
		var items []string
		for _, p := range places {
			item := fmt.Sprintf(form, p.Host, p.Port, p.Weight)
			if p.Port == 0 {
				item = map[bool]string{true: p.Host, false: "unix://" + p.Host + ":0"}[!strings.Contains(form, "://")]
			}
			items = append(items, item)
		}
		return `session.save_path="` + strings.Join(items, ",") + `"`
	}
	sessions := func(settings ...string) func([]Place) []string {
		return func(places []Place) []string {
			return php(append([]string{"session.save_handler=memcached", "session.use_cookies=0", "session.cache_limiter=", path("%s:%d:%d", places)}, settings...)...)
		}
	}
	memcache := func(settings ...string) func([]Place) []string {
		return func(places []Place) []string {
			return php(append([]string{"session.save_handler=memcache", "session.use_cookies=0", "session.cache_limiter=",
				path("tcp://%s:%d?weight=%d", places)}, settings...)...)
		}
	}
	same := func(program ...string) func([]Place) []string { return func([]Place) []string { return program } }
	python := testenv.Python(t, "pymemcache", "pylibmc", "memcache")
	ruby := testenv.Ruby(t, "dalli")
	for n, c := range []struct {
		client
		program func([]Place) []string
	}{
		{client{name: "php-memcached's sessions", hashing: "ketama", script: phpSessions, weights: true, sockets: true, prefix: "memc.sess.key."}, sessions()},
		{client{name: "php-memcached's sessions, weighted", hashing: "ketama_weighted", script: phpSessions, weights: true, sockets: true, prefix: "shop."},
			sessions("memcached.sess_consistent_hash_type=ketama_weighted", "memcached.sess_prefix=shop.")},
		{client{name: "php-memcached's sessions, not consistent", hashing: "modula", script: phpSessions, weights: true, prefix: "memc.sess.key."},
			sessions("memcached.sess_consistent_hash=0")},
		{client{name: "php-memcached", hashing: "modula", script: fmt.Sprintf(phpObject, ""), sockets: true}, func([]Place) []string { return php() }},
		{client{name: "php-memcached compatible with libketama", hashing: "ketama_weighted", weights: true, sockets: true,
			script: fmt.Sprintf(phpObject, "$m->setOption(Memcached::OPT_LIBKETAMA_COMPATIBLE, true);")}, func([]Place) []string { return php() }},
		{client{name: "php-memcache", hashing: "php-memcache", weights: true, sockets: true, script: phpSessions, copies: 2}, memcache()},
		{client{name: "php-memcache, one copy", hashing: "php-memcache", weights: true, script: phpSessions}, memcache("memcache.session_redundancy=1")},
		{client{name: "php-memcache, FNV", hashing: "php-memcache-fnv", weights: true, script: phpSessions, copies: 2}, memcache("memcache.hash_function=fnv")},
		{client{name: "php-memcache, standard", hashing: "php-memcache-standard", weights: true, script: phpSessions, copies: 2}, memcache("memcache.hash_strategy=standard")},
		{client{name: "php-memcache, standard, FNV", hashing: "php-memcache-standard-fnv", weights: true, script: phpSessions, copies: 2},
			memcache("memcache.hash_strategy=standard", "memcache.hash_function=fnv")},
		{client{name: "pylibmc", hashing: "modula", script: fmt.Sprintf(pylibmc, "")}, same(python, "-c")},
		{client{name: "pylibmc, ketama", hashing: "ketama", script: fmt.Sprintf(pylibmc, "'ketama': True")}, same(python, "-c")},
		{client{name: "pylibmc, weighted", hashing: "ketama_weighted", weights: true, script: fmt.Sprintf(pylibmc, "'ketama_weighted': True")}, same(python, "-c")},
		{client{name: "pymemcache", hashing: "pymemcache", sockets: true, script: pythonInput + "from pymemcache import HashClient\n" +
			"m = HashClient([h if p == 0 else (h, p) for h, p, w in servers], default_noreply=False)\nfor k in keys: assert m.set(k, b'x')"}, same(python, "-c")},
		{client{name: "python-memcached", hashing: "python-memcached", weights: true, sockets: true, script: pythonInput + "import memcache\n" +
			"m = memcache.Client([('unix:' + h if p == 0 else '%s:%d' % (h, p), w) for h, p, w in servers])\nfor k in keys: assert m.set(k, b'x')"}, same(python, "-c")},
		{client{name: "dalli", hashing: "dalli", weights: true, sockets: true, script: `require "json"; require "dalli"; servers, keys = JSON.parse($stdin.read);
			m = Dalli::Client.new(servers.map { |h, p, w| p == 0 ? "#{h}:#{w}" : "#{h}:#{p}:#{w}" }); keys.each { |k| m.set(k, "x") or exit 1 }`}, same(ruby, "-e")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			used := slices.Clone(places)
			if !c.sockets {
				used = used[:len(used)-1]
			}
			for i := range used {
				if !c.weights {
					used[i].Weight = 1
				}
			}
			var told [][]any
			for _, p := range used {
				told = append(told, []any{p.Host, p.Port, p.Weight})
			}
			var keys []string
			for i := range 100 {
				keys = append(keys, fmt.Sprintf("%.3x%.29d", 0x100+n, i*7919))
			}
			input, _ := json.Marshal([]any{told, keys})
			words := c.program(used)
			run := exec.Command(words[0], append(words[1:], c.script)...)
			run.Stdin = strings.NewReader(string(input))
			if output, err := run.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, output)
			}
			chooser := Method(c.hashing).Chooser(used)
			at := map[int]int{}
			for _, key := range keys {
				var on []int
				for i := range used {
					if servers[i].Has(c.prefix + key) {
						on = append(on, i)
					}
				}
				want := chooser(key)
				if c.copies < 2 {
					want = want[:1]
				}
				at[want[0]]++
				slices.Sort(want)
				if !slices.Equal(on, want) {
					t.Errorf("%s is on %v, and looked for on %v", key, on, want)
				}
			}
			if len(at) < 2 {
				t.Errorf("all are on one server: %v", at)
			}
		})
	}
}

func FuzzParsePlaces(f *testing.F) {
	f.Add("a,b:11212:3,[::1]:11211,/run/m%20.sock")
	f.Add("[::1]")
	f.Fuzz(func(t *testing.T, list string) {
		places, err := ParsePlaces(list)
		for _, p := range places {
			if err == nil && (p.Host == "" || p.Weight < 1 || p.Weight > mostWeight || p.Port < 0 || p.Port > 65535) {
				t.Errorf("%q: %+v", list, p)
			}
		}
	})
}
