package php

import (
	"encoding/base64"
	"path/filepath"
	"strings"
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
)

// laravelFixtures reads the captures of Laravel.
var laravelFixtures = kindtest.FixtureKind{Framework: "laravel", Open: openLaravel, Canonical: cookie.PhpCookieValue,
	OnPurpose: laravelRemembered()}

// laravelRemembered names the cases with nothing but a remember-me cookie. The site's answer to such a visit sets a session
// cookie, which is read.
func laravelRemembered() map[string]string {
	cases := map[string]string{}
	for _, variant := range []string{"6.20-file", "6.20-redis", "8.83-cookie", "8.83-database", "8.83-file", "8.83-file-aes128",
		"8.83-file-encrypted", "10.48-file", "13.31-database", "13.31-redis"} {
		cases[variant+"/remember-me-only"] = "only the session cookie is read"
	}
	return cases
}

func openLaravel(t *testing.T, site kindtest.FixtureSite) session.Source {
	t.Helper()
	site.Mapping = session.Mapping{}
	switch site.Config.Text("driver") {
	case "cookie":
		site.Store = nil
	case "database":
		site.Store = &store.Table{Database: site.Database}
	case "file":
		site.Store = &store.Files{Dir: filepath.Join(site.Dir, site.Config.Text("session_dir")), Timeout: sessiontest.Patience}
	}
	o := LaravelOptions{Setup: site.Setup, Key: laravelKeys(t, site.Config.Text("app_key")), Cipher: site.Config.Text("cipher"),
		CookieForm: site.Config.Text("value_form"), Database: site.Database,
		Lifetime:    site.Config.Number("lifetime_minutes"),
		RedisPrefix: setting.NewPrefix(site.Config.Text("redis_prefix")), CachePrefix: setting.NewPrefix(site.Config.Text("cache_prefix"))}
	keys, _ := site.Config["previous_keys"].([]any)
	for _, key := range keys {
		o.PreviousKeys = append(o.PreviousKeys, laravelKeys(t, key.(string))...)
	}
	recipe, err := NewLaravel(kindtest.Usual(o))
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

// laravelKeys reads keys as they stand in .env.
func laravelKeys(t *testing.T, texts ...string) (keys setting.Keys) {
	t.Helper()
	for _, text := range texts {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "base64:"))
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, setting.NewSecret(string(key)))
	}
	return keys
}

func TestLaravelFixtures(t *testing.T) { kindtest.RunFixtures(t, laravelFixtures) }

func TestLaravelFlippedBits(t *testing.T) { kindtest.FlipFixtures(t, laravelFixtures) }
