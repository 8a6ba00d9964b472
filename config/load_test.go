package config

import (
	"fmt"
	"log/slog"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session/kinds"
)

const secretKey40 = "0123456789abcdef0123456789abcdef01234567"

// enough is an environment with what is required, and nothing else.
func enough() []string {
	return []string{
		"TAWK_UPSTREAM=http://127.0.0.1:3000",
		"TAWK_PROPERTY_ID=64b0c0ffee64b0c0ffee64b0",
		"TAWK_SECRET_KEY=" + secretKey40,
		"TAWK_SESSION=gorilla",
		"TAWK_SESSION_COOKIE=session",
		"TAWK_SESSION_KEY=signing-key",
		"TAWK_USER_ID=user.id",
	}
}

// load is Load with every kind of session that there is.
func load(environ []string) (*Config, error) { return Load(environ, kinds.Variants()) }

// own returns a field of the chosen kind's own settings, its zero value if the kind has none of that name.
func own[T any](c *Config, field string) (value T) {
	if of := reflect.ValueOf(c.Chosen().Own).Elem().FieldByName(field); of.IsValid() {
		value = of.Interface().(T)
	}
	return value
}

// with returns the environment after more entries; NAME alone takes NAME out.
func with(environ []string, entries ...string) []string {
	for _, entry := range entries {
		name, _, _ := strings.Cut(entry, "=")
		environ = slices.DeleteFunc(environ, func(e string) bool { return strings.HasPrefix(e, name+"=") })
		if strings.Contains(entry, "=") {
			environ = append(environ, entry)
		}
	}
	return environ
}

func TestDefaults(t *testing.T) {
	c, err := load(enough())
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range []struct {
		name      string
		got, want any
	}{
		{"upstream", c.Site.Upstream.String(), "http://127.0.0.1:3000"},
		{"listen", c.Site.Listen, ":8080"},
		{"admin", c.Site.AdminListen, "127.0.0.1:9180"},
		{"trusted", slices.Equal(c.Site.TrustedProxies, setting.Private()), true},
		{"property", c.Widget.Property, "64b0c0ffee64b0c0ffee64b0"},
		{"widget", c.Widget.ID, "default"},
		{"key", c.Widget.Key.Reveal(), secretKey40},
		{"embed", c.Widget.Embed, "auto"},
		{"origin", c.Widget.Origin.String(), "https://embed.tawk.to"},
		{"login", c.Widget.Login, "always"},
		{"session", c.Session.Kind, "gorilla"},
		{"cookie", c.Session.Cookie, "session"},
		{"signing keys", string(slices.Concat(own[setting.Keys](c, "Keys").Bytes()...)), "signing-key"},
		{"block keys", len(own[setting.Keys](c, "BlockKeys")), 0},
		{"store", c.Session.Store.IsSet(), false},
		{"id", c.User.ID, "user.id"},
		{"name", c.User.Name, ""},
		{"window", c.Page.Window, setting.Bytes(65536)},
		{"timeout", c.Page.Timeout, 5 * time.Second},
		{"level", c.Log.Level, slog.LevelInfo},
		{"format", c.Log.Format, "text"},
		{"warnings", len(c.Warnings()), 0},
	} {
		if check.got != check.want {
			t.Errorf("%s: %v, want %v", check.name, check.got, check.want)
		}
	}
}

// TestValues sets one thing more than is required and looks at what has become of it.
func TestValues(t *testing.T) {
	for _, test := range []struct {
		entry string
		got   func(c *Config) any
		want  any
	}{
		{"TAWK_UPSTREAM=https://Shop.Example:8443/", func(c *Config) any { return c.Site.Upstream.String() }, "https://shop.example:8443"},
		{"TAWK_UPSTREAM=http://[::1]:3000", func(c *Config) any { return c.Site.Upstream.Host }, "[::1]:3000"},
		{"TAWK_UPSTREAM= http://app ", func(c *Config) any { return c.Site.Upstream.Host }, "app"},
		{"TAWK_UPSTREAM=unix:/run/site.sock", func(c *Config) any { return c.Site.Upstream.Path }, "/run/site.sock"},
		{"TAWK_UPSTREAM=unix:///run/site.sock", func(c *Config) any { return c.Site.Upstream.Path }, "/run/site.sock"},
		{"TAWK_UPSTREAM=http://other:8080", func(c *Config) any { return c.Site.Upstream.Host }, "other:8080"},
		{"TAWK_ENABLED=false", func(c *Config) any { return c.Site.Enabled }, false},
		{"TAWK_ENABLED_FILE=" + write(t, " false\n"), func(c *Config) any { return c.Site.Enabled }, false},
		{"TAWK_ENABLED_FILE=", func(c *Config) any { return c.Site.Enabled }, true},
		{"TAWK_TLS_REDIRECT_LISTEN=off", func(c *Config) any { return c.TLS.Redirect }, "off"},
		{"TAWK_LISTEN=", func(c *Config) any { return c.Site.Listen }, ":8080"},
		{"TAWK_LISTEN=[::1]:0", func(c *Config) any { return c.Site.Listen }, "[::1]:0"},
		{"TAWK_ADMIN_LISTEN=off", func(c *Config) any { return c.Site.AdminListen }, ""},
		{"TAWK_ADMIN_LISTEN=:9999", func(c *Config) any { return c.Site.AdminListen }, ":9999"},
		{"TAWK_ADMIN_LISTEN=localhost:9999", func(c *Config) any { return c.AdminLocal() }, true},
		{"TAWK_ADMIN_LISTEN=[::1]:9999", func(c *Config) any { return c.AdminLocal() }, true},
		{"TAWK_ADMIN_LISTEN=:9999", func(c *Config) any { return c.AdminLocal() }, false},
		{"TAWK_ADMIN_LISTEN=0.0.0.0:9999", func(c *Config) any { return c.AdminLocal() }, false},
		{"TAWK_ADMIN_LISTEN=admin.example:9999", func(c *Config) any { return c.AdminLocal() }, false},
		{"TAWK_ADMIN_TOKEN=0123456789abcdef", func(c *Config) any { return c.Site.AdminToken.Reveal() }, "0123456789abcdef"},
		{"TAWK_EXPLAIN_TOKEN_FILE=" + write(t, "0123456789abcdef\n"), func(c *Config) any { return c.Log.ExplainToken.Reveal() }, "0123456789abcdef"},
		{"TAWK_TRUSTED_PROXIES=none", func(c *Config) any { return len(c.Site.TrustedProxies) }, 0},
		{"TAWK_TRUSTED_PROXIES=private, 192.0.2.7", func(c *Config) any { return c.Site.TrustedProxies[len(setting.Private())] }, netip.MustParsePrefix("192.0.2.7/32")},
		{"TAWK_TRUSTED_PROXIES=192.0.2.77/24", func(c *Config) any { return c.Site.TrustedProxies[0] }, netip.MustParsePrefix("192.0.2.0/24")},
		{"TAWK_TRUSTED_PROXIES=::ffff:192.0.2.7", func(c *Config) any { return c.Site.TrustedProxies[0] }, netip.MustParsePrefix("192.0.2.7/32")},
		{"TAWK_WIDGET_ID=1h5Abc", func(c *Config) any { return c.Widget.ID }, "1h5Abc"},
		{"TAWK_EMBED=never", func(c *Config) any { return c.Widget.Embed }, "never"},
		{"TAWK_EMBED_ORIGIN=http://localhost:4000/", func(c *Config) any { return c.Widget.Origin.String() }, "http://localhost:4000"},
		{"TAWK_LOGIN=once", func(c *Config) any { return c.Widget.Login }, "once"},
		{"TAWK_SESSION_STORE=file:///var/lib/site/sessions", func(c *Config) any { return c.Session.Store.Reveal() }, "file:///var/lib/site/sessions"},
		{"TAWK_SESSION_STORE=rediss://site:pass@cache:6380/2", func(c *Config) any { return c.Session.Store.IsSet() }, true},
		{"TAWK_SESSION_MAX_AGE=720h", func(c *Config) any { return c.Session.MaxAge }, 720 * time.Hour},
		{"TAWK_SESSION_REQUIRE=logged_in=true, 2fa_pending=", func(c *Config) any { return fmt.Sprint(c.Session.Require) }, "[{logged_in true} {2fa_pending }]"},
		{"TAWK_USER_ATTRIBUTES=plan=account.plan", func(c *Config) any { return fmt.Sprint(c.User.Attributes) }, "[{plan account.plan}]"},
		{"TAWK_PAGE_WINDOW=65536", func(c *Config) any { return c.Page.Window }, setting.Bytes(65536)},
		{"TAWK_PAGE_WINDOW=1MiB", func(c *Config) any { return c.Page.Window }, setting.Bytes(1 << 20)},
		{"TAWK_PAGE_TIMEOUT=1m30s", func(c *Config) any { return c.Page.Timeout }, 90 * time.Second},
		{"TAWK_LOG_LEVEL=WARN", func(c *Config) any { return c.Log.Level }, slog.LevelWarn},
		{"TAWK_LOG_FORMAT=json", func(c *Config) any { return c.Log.Format }, "json"},

		// Not ours, or not anybody's mistake.
		{"TAWKPROXY_TEST_ALL=1", func(c *Config) any { return len(c.Warnings()) }, 0},
		{"TAWK_SERVICE_HOST=10.0.0.1", func(c *Config) any { return len(c.Warnings()) }, 0},
		{"TAWK_SHOP_SERVICE_PORT_HTTP=80", func(c *Config) any { return len(c.Warnings()) }, 0},
		{"TAWK_PORT=tcp://10.0.0.1:80", func(c *Config) any { return len(c.Warnings()) }, 0},
		{"TAWK_SHOP_PORT_80_TCP=tcp://10.0.0.1:80", func(c *Config) any { return len(c.Warnings()) }, 0},
		{"TAWK_PORT_53_UDP_ADDR=10.0.0.1", func(c *Config) any { return len(c.Warnings()) }, 0},
		{"TAWK_NAME=/proxy/tawk", func(c *Config) any { return len(c.Warnings()) }, 0},

		// Usable, but said at start.
		{"TAWK_SECRET_KEY=short", func(c *Config) any { return c.Warnings()[0] },
			"TAWK_SECRET_KEY: has 5 characters, not the usual 40; check that nothing was cut off or added"},
		{"TAWK_SESSION_KEY='quoted'", func(c *Config) any { return c.Warnings()[0] },
			"TAWK_SESSION_KEY: has quotation marks, which count as part of it; remove them unless they belong to the secret"},
		{"TAWK_SESSION_KEY=new key, older key", func(c *Config) any { return c.Warnings()[0] },
			"TAWK_SESSION_KEY: has a comma with a blank behind it in key 1, which counts as part of that key; " +
				"if these are several keys, remove the blank: keys in a list stand without"},
		{"TAWK_SESSION_KEY=newest-key,oldest-key", func(c *Config) any { return len(c.Warnings()) }, 0},
		{"TAWK_TRUSTED_PROXIES=0.0.0.0/0", func(c *Config) any { return c.Warnings()[0] },
			"TAWK_TRUSTED_PROXIES: lets every visitor pretend to come from anywhere; write the networks of your own proxies"},
	} {
		c, err := load(with(enough(), test.entry))
		if err != nil {
			t.Errorf("%s: %v", test.entry, err)
		} else if got := test.got(c); got != test.want {
			t.Errorf("%s: got %v, want %v", test.entry, got, test.want)
		}
	}
	if _, err := load(with(enough(), "TAWK_EMBED=never", "TAWK_PROPERTY_ID")); err != nil {
		t.Errorf("no property id, and the pages load the widget: %v", err)
	}
}
