package php

import (
	"strings"
	"testing"

	"tawkproxy/session/store"
)

func TestParsePHPSavePath(t *testing.T) {
	const prefix = "PHPREDIS_SESSION:"
	tests := []struct {
		text string
		want PHPSavePath
	}{
		{"/var/lib/php/sessions", PHPSavePath{Store: "file:///var/lib/php/sessions"}},
		{"file:///var/lib/php/sessions", PHPSavePath{Store: "file:///var/lib/php/sessions"}},
		{`"/tmp"`, PHPSavePath{Store: "file:///tmp"}},
		{"2;/srv/my sessions", PHPSavePath{Store: "file:///srv/my%20sessions", Depth: 2}},
		{"3;0600;/srv/s", PHPSavePath{Store: "file:///srv/s", Depth: 3}},
		{"tcp://redis", PHPSavePath{Store: "redis://redis:6379/0", Prefix: prefix}},
		{"tcp://10.0.0.1:6380?weight=1&auth=p%40ss&database=2&prefix=shop:&timeout=2.5",
			PHPSavePath{Store: "redis://:p%40ss@10.0.0.1:6380/2", Prefix: "shop:"}},
		{"tls://redis:6379?auth[]=web&auth[]=secret", PHPSavePath{Store: "rediss://web:secret@redis:6379/0", Prefix: prefix}},
		{"tcp://[::1]:6379?auth[user]=web&auth[pass]=secret",
			PHPSavePath{Store: "redis://web:secret@[::1]:6379/0", Prefix: prefix}},
		{"tcp://redis:6379/?auth[pass]=secret", PHPSavePath{Store: "redis://:secret@redis:6379/0", Prefix: prefix}},
		{"tcp://redis?prefix=", PHPSavePath{Store: "redis://redis:6379/0"}},
		{"unix:///run/redis.sock?database=3&auth=p", PHPSavePath{Store: "unix://:p@/run/redis.sock?db=3", Prefix: prefix}},
		{"seed[]=a:7000&seed[]=b:7001&auth=p&timeout=2", PHPSavePath{Store: "redis+cluster://:p@a:7000?addr=b%3A7001",
			Prefix: "PHPREDIS_CLUSTER_SESSION:"}},
		{"timeout=2&seed[0]=a:7000&prefix=s:", PHPSavePath{Store: "redis+cluster://a:7000", Prefix: "s:"}},
	}
	for _, test := range tests {
		got, err := ParsePHPSavePath(test.text, "")
		if err != nil || got != test.want {
			t.Errorf("%s: got %+v, %v, want %+v", test.text, got, err, test.want)
			continue
		}
		if _, err := store.OpenStore(got.Store, 0); err != nil {
			t.Errorf("%s: %v", test.text, err)
		}
	}
	for _, text := range []string{"", "no value", "localhost", "localhost:x", "tcp://a:11211, redis://b", "tcp://a:11211?weight=secret", "file://sessions", "sessions", "x;/tmp", "-1;/tmp", "300;/tmp",
		"2;600;", "1;2;3;/tmp", "http://host/",
		"tcp://a?auth=%zz", "tcp://a:6379?auth=secret, tcp://b:6379", "tcp://a b?auth=secret", "seed[]=&auth=secret",
		"seed[x]=a&auth=secret", "redis://redis:6379/2?auth=secret", "tcp://:secret@redis:6379",
		"tcp://?auth=secret", "tcp://a?database=x&auth=secret"} {
		got, err := ParsePHPSavePath(text, "")
		if err == nil {
			_, err = store.OpenStore(got.Store, 0)
		}
		if err == nil {
			t.Errorf("%s: accepted as %+v", text, got)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error %q tells the password", text, err)
		}
	}
}

// TestParsePHPSavePathOfMemcached has those of the handlers memcached and memcache, and of others that must not look like theirs.
func TestParsePHPSavePathOfMemcached(t *testing.T) {
	for _, test := range []struct {
		text    string
		want    PHPSavePath
		handler string
	}{
		{"localhost:11211", PHPSavePath{Store: "memcached://localhost:11211", Handler: "memcached"}, ""},
		{"10.0.0.1:11212:33, b:11211:67", PHPSavePath{Store: "memcached://10.0.0.1:11212:33,b:11211:67", Handler: "memcached"}, ""},
		{"a:11211 2,[::1]:11211", PHPSavePath{Store: "memcached://a:11211:2,[::1]:11211", Handler: "memcached"}, ""},
		{"a,/run/m.sock:0", PHPSavePath{Store: "memcached://a,/run/m.sock", Handler: "memcached"}, "memcached"},
		{"tcp://localhost:11211?persistent=1&weight=1&timeout=1&retry_interval=15", PHPSavePath{Store: "memcached://localhost:11211", Handler: "memcache"}, ""},
		{"tcp://a:11211/?weight=2,tcp://b:11212 unix:///run/m.sock:0", PHPSavePath{Store: "memcached://a:11211:2,b:11212,/run/m.sock", Handler: "memcache"}, ""},
		{"tcp://a?weight=2, tcp://[::1]:2", PHPSavePath{Store: "memcached://a:11211:2,[::1]:2", Handler: "memcache"}, "memcache"},
		{"/tmp", PHPSavePath{Store: "file:///tmp"}, "files"},
		{"tcp://a:11211", PHPSavePath{Store: "redis://a:11211/0", Prefix: PHPRedisPrefix}, "redis"},
	} {
		got, err := ParsePHPSavePath(test.text, test.handler)
		if err != nil || got != test.want {
			t.Errorf("%s: got %+v, %v, want %+v", test.text, got, err, test.want)
			continue
		}
		if _, err := store.OpenStore(got.Store, 0); err != nil {
			t.Errorf("%s: %v", test.text, err)
		}
	}
}

func FuzzPHPSavePath(f *testing.F) {
	f.Add("2;0600;/srv/s")
	f.Add("tcp://10.0.0.1:6380?auth=p%40ss&database=2&prefix=shop:")
	f.Add("seed[0]=a:7000&seed[]=b")
	f.Add("a:11211 2, [::1]:11212:3")
	f.Add("tcp://a:11211?weight=2,unix:///run/m.sock:0")
	f.Fuzz(func(t *testing.T, text string) {
		for _, handler := range []string{"", "files", "redis", "memcached", "memcache"} {
			if path, err := ParsePHPSavePath(text, handler); err == nil && path.Handler != "" {
				if opened, err := store.NewMemcached(path.Store, 0); err == nil {
					opened.Close()
				}
			}
		}
	})
}
