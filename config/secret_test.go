package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"tawkproxy/config/setting"
)

func TestSecretFiles(t *testing.T) {
	for _, test := range []struct{ content, want string }{
		{"key", "key"},
		{"key\n", "key"},
		{"key\r\n", "key"},
		{"key\n\n", "key"},
		{"ke\ny", "ke\ny"},
	} {
		c, err := load(with(enough(), "TAWK_SECRET_KEY=", "TAWK_SECRET_KEY_FILE="+write(t, test.content)))
		if err != nil {
			t.Errorf("%q: %v", test.content, err)
		} else if got := c.Widget.Key.Reveal(); got != test.want {
			t.Errorf("%q: %q, want %q", test.content, got, test.want)
		}
	}
	c, err := load(with(enough(), "TAWK_SESSION_KEY", "TAWK_SESSION_KEY_FILE="+write(t, "newest,oldest\n")))
	if err != nil || show(own[setting.Keys](c, "Keys")) != "newest oldest" {
		t.Errorf("keys in a file: %v %v", c, err)
	}
}

// TestSecretsAreWithheld prints a Config in every way there is and looks for what it must not say.
func TestSecretsAreWithheld(t *testing.T) {
	const key, signing, block = "widget-canary", "signing-canary", "block-canary-abc"
	c, err := load(with(enough(), "TAWK_SECRET_KEY="+key, "TAWK_SESSION_KEY="+signing, "TAWK_SESSION_BLOCK_KEY="+block))
	if err != nil {
		t.Fatal(err)
	}
	if c.Widget.Key.Reveal() != key || show(own[setting.Keys](c, "Keys")) != signing || show(own[setting.Keys](c, "BlockKeys")) != block {
		t.Fatal("the secrets are not what was set")
	}

	var out bytes.Buffer
	hidden := struct{ secret any }{c.Widget.Key}
	nested := struct{ config Config }{*c}
	for _, value := range []any{c, *c, c.Widget, &c.Session, c.Widget.Key, &c.Widget.Key, own[setting.Keys](c, "Keys"), own[setting.Keys](c, "BlockKeys"), hidden, nested} {
		for _, verb := range strings.Fields("%v %+v %#v %s %q %x %X %d %t %c %U %e %p") {
			fmt.Fprintf(&out, verb+"\n", value)
		}
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
		for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(handler).Info("settings", "value", value, slog.Group("group", "value", value))
		}
	}
	for _, secret := range []string{"canary", fmt.Sprintf("%x", "canary"), fmt.Sprintf("%X", "canary"), fmt.Sprint([]byte("canary"))} {
		if bytes.Contains(out.Bytes(), []byte(strings.Trim(secret, "[]"))) {
			t.Errorf("found %q in:\n%s", secret, out.String())
		}
	}
	if !bytes.Contains(out.Bytes(), []byte("set, 13 characters")) {
		t.Errorf("nothing is said of the secret key:\n%s", out.String())
	}
}

func TestWithoutSecrets(t *testing.T) {
	for address, want := range map[string]string{
		"/var/lib/php/sessions":                    "/var/lib/php/sessions",
		"2;0600;/var/lib/php":                      "2;0600;/var/lib/php",
		"database":                                 "database",
		"file:///srv/sessions":                     "file:///srv/sessions",
		"redis://me:hunter2@redis.example:6379/3":  "redis://redis.example:6379/3",
		"redis://:hunter2@[::1]:6379/3":            "redis://[::1]:6379/3",
		"tcp://127.0.0.1:6379?auth=hunter2":        "tcp://127.0.0.1:6379",
		"unix:///run/redis.sock?password=hunter2":  "unix:///run/redis.sock",
		"mysql://me:hunter2@db:3306/shop?x=1#y":    "mysql://db:3306/shop",
		"mysql://me:hunter2@/shop?socket=/run/x":   "mysql:///shop",
		"sqlite:///srv/shop.sqlite":                "sqlite:///srv/shop.sqlite",
		"redis://hunter2/x@redis.example:6379/3":   "",
		"redis://me:hunter/2@redis.example:6379/3": "",
		"redis://me:hun#ter2@redis.example:6379/3": "",
		"tcp://127.0.0.1:6379/auth=hunter2":        "",
		"hunter2":                                  "",
		"hunter2@/x":                               "",
		"mysql:hunter2":                            "",
		"":                                         "",
	} {
		if got, ok := withoutSecrets(address); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %v", address, got, ok)
		}
	}
}

func TestInForce(t *testing.T) {
	c, err := load(with(enough(), "TAWK_LISTEN=:9000", "TAWK_LOG_LEVEL=", "TAWK_SESSION_KEY=newest,oldest",
		"TAWK_SESSION_STORE=redis://:hunter2@127.0.0.1:6379/1"))
	if err != nil {
		t.Fatal(err)
	}
	const want = "TAWK_UPSTREAM=http://127.0.0.1:3000 TAWK_LISTEN=:9000 TAWK_PROPERTY_ID=64b0c0ffee64b0c0ffee64b0 " +
		"TAWK_SECRET_KEY=set, 40 characters TAWK_SESSION=gorilla TAWK_SESSION_COOKIE=session " +
		"TAWK_SESSION_STORE=redis://127.0.0.1:6379/1 TAWK_USER_ID=user.id TAWK_SESSION_KEY=set, 2 in number"
	if got := c.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("start", "settings", c)
	var line struct{ Settings map[string]string }
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || line.Settings["TAWK_LISTEN"] != ":9000" || len(line.Settings) != 9 {
		t.Errorf("logged as %s", out.Bytes())
	}
}
