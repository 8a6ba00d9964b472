package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMistakes changes what is required by one entry, or takes it out, and reads the message.
func TestMistakes(t *testing.T) {
	const (
		uri     = " has more than scheme, host and port: "
		addr    = "write host:port, or :port for every address of the machine"
		network = " is not a network; write addresses or networks such as 192.0.2.0/24 with commas between, private, or none"
		code    = "write such a key as hex:… or base64:…"
		aes     = "AES keys have 16, 24 or 32 bytes; put hex: or base64: before one that is written so"
		prefix  = " is not a path between slashes; write letters, digits and dashes between slashes, as in /.tawkproxy/"
		pattern = " is neither a path nor an address; begin it with / or *, or write http://host/path"
		file    = "; write the path of a file that holds the value and nothing else"
	)
	dir := t.TempDir()
	empty := write(t, "\r\n")
	large := write(t, strings.Repeat("x", fileLimit+1))
	for _, test := range []struct{ entry, want string }{
		{"TAWK_UPSTREAM", "TAWK_UPSTREAM: is required but not set; write here: Address of the site: http://host:port, https://host:port or unix:/path/to.sock"},
		{"TAWK_UPSTREAM= ", "TAWK_UPSTREAM: is required but not set; write here: Address of the site: http://host:port, https://host:port or unix:/path/to.sock"},
		{"TAWK_UPSTREAM=localhost:3000", `TAWK_UPSTREAM: "localhost:3000" has no scheme; write http://localhost:3000 or https://localhost:3000`},
		{"TAWK_UPSTREAM=10.0.0.1:80", `TAWK_UPSTREAM: "10.0.0.1:80" has no scheme; write http://10.0.0.1:80 or https://10.0.0.1:80`},
		{"TAWK_UPSTREAM=app", `TAWK_UPSTREAM: "app" has no scheme; write http://app or https://app`},
		{"TAWK_UPSTREAM=/run/site.sock", "TAWK_UPSTREAM: is a path without a scheme; write unix:/run/site.sock"},
		{"TAWK_UPSTREAM=/run/a%0Ab", "TAWK_UPSTREAM: is a path without a scheme; write unix:/run/a%0Ab"},
		{"TAWK_UPSTREAM=http://app:3000/shop", "TAWK_UPSTREAM:" + uri + "a path; write http://app:3000"},
		{"TAWK_UPSTREAM=https://app?x#f", "TAWK_UPSTREAM:" + uri + "a query, a fragment; write https://app"},
		{"TAWK_UPSTREAM=http://u:hunter2@app:3000", "TAWK_UPSTREAM:" + uri + "a user name; write http://app:3000"},
		{"TAWK_UPSTREAM=u:hunter2@app:3000", `TAWK_UPSTREAM: "u" is not a scheme for a site; write http://host:port, https://host:port or unix:/path/to.sock`},
		{"TAWK_UPSTREAM=http://:3000", "TAWK_UPSTREAM: has no host; write http://host:3000"},
		{"TAWK_UPSTREAM=http:/app:3000", "TAWK_UPSTREAM: has no host; write http://host"},
		{"TAWK_UPSTREAM=http:app:3000", "TAWK_UPSTREAM: has no host; write http://host"},
		{"TAWK_UPSTREAM=http://app:99999", "TAWK_UPSTREAM: has no usable port; write a port from 1 to 65535 behind the host"},
		{"TAWK_UPSTREAM=http://app:", "TAWK_UPSTREAM: has no usable port; write a port from 1 to 65535 behind the host"},
		{"TAWK_UPSTREAM=http://%zz", `TAWK_UPSTREAM: "http://%zz" is not a URL; write it as in http://host:port`},
		{"TAWK_UPSTREAM=ftp://app", `TAWK_UPSTREAM: "ftp" is not a scheme for a site; write http://host:port, https://host:port or unix:/path/to.sock`},
		{"TAWK_UPSTREAM=unix:run/site", "TAWK_UPSTREAM: is not the path of a socket; write unix:/path/to.sock, with the absolute path of the socket"},
		{"TAWK_UPSTREAM=unix://run/site", "TAWK_UPSTREAM: is not the path of a socket; write unix:/path/to.sock, with the absolute path of the socket"},
		{`TAWK_UPSTREAM="http://app"`, "TAWK_UPSTREAM: has quotation marks, which count as part of the value here; remove them"},
		{"TAWK_UPSTREAM=http://localhost:8080", "TAWK_UPSTREAM: is the address of TAWK_LISTEN: tawkproxy would ask itself; write the address at which the site itself listens"},
		{"TAWK_LISTEN=127.0.0.1:3000", "TAWK_UPSTREAM: is the address of TAWK_LISTEN: tawkproxy would ask itself; write the address at which the site itself listens"},
		{"TAWK_SITE_NAME=a\nb", "TAWK_SITE_NAME: has more than 100 characters, or some that cannot be shown; write the name as visitors know it, in one line"},
		{"TAWK_LISTEN=8080", `TAWK_LISTEN: "8080" is only a port; write :8080`},
		{"TAWK_LISTEN=localhost", `TAWK_LISTEN: "localhost" has no port; ` + addr},
		{"TAWK_LISTEN=localhost:", `TAWK_LISTEN: "localhost:" has no port; ` + addr},
		{"TAWK_LISTEN=http://localhost:80/", `TAWK_LISTEN: "http://localhost:80/" is a URL; write only the host:port of it`},
		{"TAWK_LISTEN=:http", `TAWK_LISTEN: ":http" has no usable port; write a number from 1 to 65535 behind the colon`},
		{"TAWK_LISTEN=:70000", `TAWK_LISTEN: ":70000" has no usable port; write a number from 1 to 65535 behind the colon`},
		{"TAWK_LISTEN=a b:80", `TAWK_LISTEN: "a b:80" has no usable host; ` + addr},
		{"TAWK_ADMIN_LISTEN=on", `TAWK_ADMIN_LISTEN: "on" has no port; ` + addr},
		{"TAWK_ADMIN_LISTEN=:8080", "TAWK_ADMIN_LISTEN: is the port of TAWK_LISTEN; write another port, or off"},
		{"TAWK_ADMIN_TOKEN=hunter2", "TAWK_ADMIN_TOKEN: has less than 16 characters, which can be guessed; write what openssl rand -hex 16 prints, or the like"},
		{"TAWK_EXPLAIN_TOKEN=0123456789abcde", "TAWK_EXPLAIN_TOKEN: has less than 16 characters, which can be guessed; write what openssl rand -hex 16 prints, or the like"},
		{"TAWK_EXPLAIN_TOKEN=why is this page so?", "TAWK_EXPLAIN_TOKEN: has blanks or other characters that no header takes as they are; write what openssl rand -hex 16 prints, or the like"},
		{"TAWK_TRUSTED_PROXIES=10.0.0.0/33", `TAWK_TRUSTED_PROXIES: "10.0.0.0/33"` + network},
		{"TAWK_TRUSTED_PROXIES=none,10.0.0.1", `TAWK_TRUSTED_PROXIES: "none"` + network},
		{"TAWK_TRUSTED_PROXIES=10.0.0.1,", `TAWK_TRUSTED_PROXIES: ""` + network},
		{"TAWK_PROPERTY_ID", "TAWK_PROPERTY_ID: is required with TAWK_EMBED=auto but not set; write here: Property id: the first of the two ids in the embed code, https://embed.tawk.to/PROPERTY_ID/WIDGET_ID, 24 hex digits"},
		{"TAWK_PROPERTY_ID=" + secretKey40, "TAWK_PROPERTY_ID: is not a property id (40 characters); write the 24 hex digits behind https://embed.tawk.to/ in the embed code"},
		{"TAWK_PROPERTY_ID=https://embed.tawk.to/64b0c0ffee64b0c0ffee64b0/1abc", "TAWK_PROPERTY_ID: holds more than the property id; write TAWK_PROPERTY_ID=64b0c0ffee64b0c0ffee64b0 and TAWK_WIDGET_ID=1abc"},
		{"TAWK_WIDGET_ID=https://embed.tawk.to/64b0c0ffee64b0c0ffee64b0/1abc", "TAWK_WIDGET_ID: holds more than the widget id; write TAWK_PROPERTY_ID=64b0c0ffee64b0c0ffee64b0 and TAWK_WIDGET_ID=1abc"},
		{"TAWK_SESSION=PHP", `TAWK_SESSION: "PHP" is not known; did you mean php?`},
		{"TAWK_SESSION=expressjs", `TAWK_SESSION: "expressjs" is not known; did you mean express?`},
		{"TAWK_WIDGET_ID=a/b", `TAWK_WIDGET_ID: "a/b" is not a widget id; write the letters and digits behind the property id in the embed code, or default`},
		{"TAWK_SECRET_KEY", "TAWK_SECRET_KEY: is required but not set; write here, or into a file named by TAWK_SECRET_KEY_FILE: Secret key of the property, from tawk.to's dashboard: Administration, Overview, JavaScript API"},
		{"TAWK_SECRET_KEY=key\n", "TAWK_SECRET_KEY: has blanks or line breaks before or behind the key; remove them"},
		{"TAWK_SECRET_KEY= ", "TAWK_SECRET_KEY: has blanks or line breaks before or behind the key; remove them"},
		{"TAWK_SECRET_KEY_FILE=" + empty, "TAWK_SECRET_KEY: TAWK_SECRET_KEY_FILE is set too; remove one of the two"},
		{"TAWK_SESSION_BLOCK_KEY_FILE=" + empty, "TAWK_SESSION_BLOCK_KEY_FILE: the file is empty" + file},
		{"TAWK_SESSION_BLOCK_KEY_FILE=" + large, "TAWK_SESSION_BLOCK_KEY_FILE: the file is larger than 65536 bytes" + file},
		{"TAWK_SESSION_BLOCK_KEY_FILE=" + dir, "TAWK_SESSION_BLOCK_KEY_FILE: the file cannot be read (is a directory)" + file},
		{"TAWK_SESSION_BLOCK_KEY_FILE=" + dir + "/none", "TAWK_SESSION_BLOCK_KEY_FILE: the file cannot be opened (no such file or directory)" + file},
		{"TAWK_SESSION_BLOCK_KEY_FILE=" + write(t, "short\n"), "TAWK_SESSION_BLOCK_KEY_FILE: key 1 has 5 bytes; " + aes},
		{"TAWK_EMBED=Auto", `TAWK_EMBED: "Auto" is not known; write auto or never`},
		{"TAWK_EMBED_ORIGIN=http://embed.tawk.to", "TAWK_EMBED_ORIGIN: is not a safe origin; write https://host; http is for this machine only, as in http://localhost:8080"},
		{"TAWK_EMBED_ORIGIN=https://embed.tawk.to/x", "TAWK_EMBED_ORIGIN:" + uri + "a path; write https://embed.tawk.to"},
		{"TAWK_OWN_PREFIX=/", `TAWK_OWN_PREFIX: "/"` + prefix},
		{"TAWK_OWN_PREFIX=/chat", `TAWK_OWN_PREFIX: "/chat"` + prefix},
		{"TAWK_OWN_PREFIX=/a/../b/", `TAWK_OWN_PREFIX: "/a/../b/"` + prefix},
		{"TAWK_OWN_PREFIX=/a?b/", `TAWK_OWN_PREFIX: "/a?b/"` + prefix},
		{"TAWK_INCLUDE=/a, b c", `TAWK_INCLUDE: "b c"` + pattern},
		{"TAWK_EXCLUDE=https://*.example.com/", `TAWK_EXCLUDE: "https://*.example.com/"` + pattern},
		{"TAWK_EXCLUDE=ftp://example.com", `TAWK_EXCLUDE: "ftp://example.com"` + pattern},
		{"TAWK_CONSENT_COOKIE=a=b; c=d", `TAWK_CONSENT_COOKIE: "a=b; c=d" is not a cookie; write name or name=value, as the browser's developer tools show them`},
		{"TAWK_CONSENT_COOKIE=a b", "TAWK_CONSENT_COOKIE: is not the name of a cookie; write the name alone, as the browser's developer tools show it"},
		{"TAWK_ACCESS_LOG=on", `TAWK_ACCESS_LOG: "on" is not known; write off or paths or queries`},
		{"TAWK_ENABLED=no", `TAWK_ENABLED: "no" is not understood; write true or false`},
		{"TAWK_ENABLED_FILE=" + write(t, "off\n"), `TAWK_ENABLED_FILE: "off" is not understood; write true or false`},
		{"TAWK_ENABLED_FILE=" + empty, "TAWK_ENABLED_FILE: the file is empty" + file},
		{"TAWK_TLS_CERT=/cert.pem", "TAWK_TLS_KEY: is required with TAWK_TLS_CERT but not set; write here: PEM file with the key of that certificate, without a password"},
		{"TAWK_TLS_KEY=/key.pem", "TAWK_TLS_CERT: is required with TAWK_TLS_KEY but not set; write here: PEM file with the site's certificate and those between it and its authority"},
		{"TAWK_TLS_DOMAINS=shop.example", "TAWK_TLS_CACHE: is required with TAWK_TLS_DOMAINS but not set; write here: Folder where these certificates are kept from one start to the next, with their keys"},
		{"TAWK_TLS_DOMAINS=*.shop.example", `TAWK_TLS_DOMAINS: "*.shop.example" is not the name of a site; write names such as www.example.com with commas between; one with * needs TAWK_TLS_CERT`},
		{"TAWK_TLS_CACHE=cache", `TAWK_TLS_CACHE: "cache" is not the path of a folder; write an absolute path`},
		{"TAWK_TLS_ACME_DIRECTORY=http://ca.example/", "TAWK_TLS_ACME_DIRECTORY: is not the address of an ACME directory; write the address that the authority gives, https://…/directory"},
		{"TAWK_TLS_REDIRECT_LISTEN=:80", "TAWK_TLS_REDIRECT_LISTEN: would lead to https, which is not spoken; set TAWK_TLS_CERT or TAWK_TLS_DOMAINS, or remove it"},
		{"TAWK_LOGIN=sometimes", `TAWK_LOGIN: "sometimes" is not known; write always or once`},
		{"TAWK_SESSION_COOKIE", "TAWK_SESSION_COOKIE: is required with TAWK_SESSION=gorilla but not set; write here: Name of the site's session cookie"},
		{"TAWK_SESSION_COOKIE=session=MTY4", "TAWK_SESSION_COOKIE: is not the name of a cookie; write the name alone, as the browser's developer tools show it"},
		{"TAWK_SESSION_KEY=newest,,oldest", "TAWK_SESSION_KEY: key 2 is empty; remove the comma; or, if the comma belongs to a key, " + code},
		{"TAWK_SESSION_KEY=second,piece", "TAWK_SESSION_KEY: key 2 of the list has 5 characters only; if the comma belongs to a key, " + code},
		{"TAWK_SESSION_KEY=a phrase, of words,barbaz", "TAWK_SESSION_KEY: holds commas and blanks, and each comma may separate keys or " +
			"belong to one; if these are several keys, as they probably are, remove the blanks behind the commas; if the comma belongs to a key, " + code},
		{"TAWK_SESSION_KEY=second, piece", "TAWK_SESSION_KEY: holds commas and blanks, and each comma may separate keys or belong to one; " +
			"if these are several keys, as they probably are, remove the blanks behind the commas; if the comma belongs to a key, " + code},
		{"TAWK_SESSION_KEY=second,hex:zz", "TAWK_SESSION_KEY: key 2 is not written in hex; write two hex digits for each byte behind hex:"},
		{"TAWK_SESSION_KEY=base64:!", "TAWK_SESSION_KEY: key 1 is not written in base64; write the key's base64 text behind base64:"},
		{"TAWK_SESSION_KEY=a\nb", "TAWK_SESSION_KEY: key 1 contains line breaks or bytes that are not text; separate keys by commas; if these bytes belong to the key, " + code},
		{"TAWK_SESSION_BLOCK_KEY=short", "TAWK_SESSION_BLOCK_KEY: key 1 has 5 bytes; " + aes},
		{"TAWK_SESSION_BLOCK_KEY=0123456789,bcdefg", "TAWK_SESSION_BLOCK_KEY: key 1 has 10 bytes; " + aes + "; if a comma belongs to a key, " + code},
		{"TAWK_SESSION_BLOCK_KEY=0123456789abcdef,", "TAWK_SESSION_BLOCK_KEY: holds 2, but TAWK_SESSION_KEY only 1; write one for each key of TAWK_SESSION_KEY, in the same order; if a comma belongs to a key, " + code},
		{"TAWK_SESSION_STORE=/var/sessions", "TAWK_SESSION_STORE: is a path without a scheme; write file:// in front of it"},
		{"TAWK_SESSION_STORE=file://var/sessions", "TAWK_SESSION_STORE: does not name a folder of this machine; write file:///absolute/folder, with three slashes"},
		{"TAWK_SESSION_STORE=file:sessions", "TAWK_SESSION_STORE: does not name a folder; write file:///absolute/folder"},
		{"TAWK_SESSION_STORE=file:///", "TAWK_SESSION_STORE: does not name a folder; write file:///absolute/folder"},
		{"TAWK_SESSION_STORE=tape://drive", "TAWK_SESSION_STORE: does not begin with the name of a kind of store; write file:///absolute/folder, redis://host:6379/0, or nothing if sessions are in the cookie"},
		{"TAWK_SESSION_STORE=redis://site:pass%word@cache", "TAWK_SESSION_STORE: is not a URL; write file:///absolute/folder or redis://host:6379/0; %-escape what has a meaning in URLs"},
		{"TAWK_SESSION_MAX_AGE=-1h", "TAWK_SESSION_MAX_AGE: is less than nothing; write a time such as 720h"},
		{"TAWK_SESSION_REQUIRE=logged_in", `TAWK_SESSION_REQUIRE: "logged_in" is not a pair; write name=value with commas between`},
		{"TAWK_USER_ATTRIBUTES=plan=a,plan=b", `TAWK_USER_ATTRIBUTES: "plan" stands there twice; write each name once`},
		{"TAWK_USER_ATTRIBUTES=the plan=a", `TAWK_USER_ATTRIBUTES: "the plan" is not a name for an attribute; write name=path, the name of letters, digits and dashes`},
		{"TAWK_USER_ATTRIBUTES=plan=", `TAWK_USER_ATTRIBUTES: "plan" has no path; write plan=path`},
		{"TAWK_USER_ID", "TAWK_USER_ID: is required with TAWK_SESSION=gorilla but not set; write here: Where in a session the user's id stands: the names on the way to it with dots between, such as user.id; for header and response the name of a header"},
		{"TAWK_STOP_DELAY=-1s", "TAWK_STOP_DELAY: is too short or too long; write a time such as 3s, at most 5m, or 0s"},
		{"TAWK_STOP_DELAY=1h", "TAWK_STOP_DELAY: is too short or too long; write a time such as 3s, at most 5m, or 0s"},
		{"TAWK_STOP_TIMEOUT=0s", "TAWK_STOP_TIMEOUT: is too short or too long; write a time such as 6s, at most 1h"},
		{"TAWK_STOP_TIMEOUT=2h", "TAWK_STOP_TIMEOUT: is too short or too long; write a time such as 6s, at most 1h"},
		{"TAWK_MAX_CONNECTIONS=0", "TAWK_MAX_CONNECTIONS: is too small or too large; write a number from 1 to 1000000"},
		{"TAWK_MAX_SITE_CONNECTIONS=-1", "TAWK_MAX_SITE_CONNECTIONS: is too small or too large; write a number from 1 to 1000000"},
		{"TAWK_MAX_HEADER_SIZE=64", "TAWK_MAX_HEADER_SIZE: is too small or too large; write a size from 8KiB to 1MiB"},
		{"TAWK_MAX_HEADER_SIZE=2MiB", "TAWK_MAX_HEADER_SIZE: is too small or too large; write a size from 8KiB to 1MiB"},
		{"TAWK_H2C=on", `TAWK_H2C: "on" is not understood; write true or false`},
		{"TAWK_PAGE_WINDOW=64KB", `TAWK_PAGE_WINDOW: "64KB" is not a size; write bytes such as 65536, or 64KiB or 1MiB`},
		{"TAWK_PAGE_WINDOW=0", "TAWK_PAGE_WINDOW: is too small or too large; write a size from 1KiB to 16MiB"},
		{"TAWK_PAGE_WINDOW=4294967295GiB", "TAWK_PAGE_WINDOW: is too small or too large; write a size from 1KiB to 16MiB"},
		{"TAWK_PAGE_TIMEOUT=5", `TAWK_PAGE_TIMEOUT: "5" is not understood; write a number with its unit, such as 500ms, 5s or 1m30s`},
		{"TAWK_PAGE_TIMEOUT=-1s", "TAWK_PAGE_TIMEOUT: must be more than nothing; write a time such as 5s"},
		{"TAWK_LOG_LEVEL=loud", `TAWK_LOG_LEVEL: "loud" is not understood; write debug, info, warn or error`},
		{"TAWK_LOG_FORMAT=xml", `TAWK_LOG_FORMAT: "xml" is not known; write text or json`},
		{"TAWK_UPSTREM=x", "TAWK_UPSTREM: no such setting; did you mean TAWK_UPSTREAM?"},
		{"TAWK_SECRETKEY_FILE=x", "TAWK_SECRETKEY_FILE: no such setting; did you mean TAWK_SECRET_KEY_FILE?"},
		{"TAWK_UPSTREAM_FILE=x", "TAWK_UPSTREAM_FILE: no such setting; did you mean TAWK_UPSTREAM?"},
		{"TAWK_LISTEN_PORT=80", "TAWK_LISTEN_PORT: no such setting; did you mean TAWK_LISTEN?"},
		{"TAWK_COLOUR_SCHEME=x", "TAWK_COLOUR_SCHEME: no such setting; remove it; tawkproxy help lists every setting"},
		{"TAWK_A\nB=x", "TAWK_A�B: no such setting; remove it; tawkproxy help lists every setting"},
	} {
		if _, err := load(with(enough(), test.entry)); err == nil || err.Error() != test.want {
			t.Errorf("%s:\n got %v\nwant %s", test.entry, err, test.want)
		}
	}
}

// TestMistakesOfSeveral sets what does not go together.
func TestMistakesOfSeveral(t *testing.T) {
	for _, test := range []struct{ entries, want string }{
		{"TAWK_ACCESS_LOG=paths TAWK_LOG_LEVEL=warn", "TAWK_ACCESS_LOG: is left out by TAWK_LOG_LEVEL=warn: its lines are of level info; " +
			"write info for it, or take the access log out"},
		{"TAWK_ACCESS_LOG=queries TAWK_LOG_LEVEL=debug", ""},
		{"TAWK_TLS_CERT=/c TAWK_TLS_KEY=/k", ""},
		{"TAWK_TLS_CERT=c TAWK_TLS_KEY=/k", "TAWK_TLS_CERT: is not the path of a file; write the absolute path of a PEM file"},
		{"TAWK_TLS_CERT=/c TAWK_TLS_KEY=/k TAWK_TLS_DOMAINS=a.example", "TAWK_TLS_DOMAINS: and TAWK_TLS_CERT both say where certificates come from; remove one of the two"},
		{"TAWK_TLS_DOMAINS=bücher.example,a.example TAWK_TLS_CACHE=/cache", ""},
		{"TAWK_TLS_DOMAINS=a.example TAWK_TLS_CACHE=/cache TAWK_LISTEN=:80", "TAWK_TLS_REDIRECT_LISTEN: is the port of TAWK_LISTEN; write another port, or off"},
		{"TAWK_TLS_DOMAINS=a.example TAWK_TLS_CACHE=/cache TAWK_LISTEN=:80 TAWK_TLS_REDIRECT_LISTEN=off", ""},
		{"TAWK_ACCESS_LOG=off TAWK_LOG_LEVEL=error", ""},
	} {
		got := ""
		if _, err := load(with(enough(), strings.Fields(test.entries)...)); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.entries, got, test.want)
		}
	}
}

func TestExchangedIDs(t *testing.T) {
	_, err := load(with(enough(), "TAWK_PROPERTY_ID=1abcdefgh", "TAWK_WIDGET_ID=64b0c0ffee64b0c0ffee64b0"))
	if want := "TAWK_PROPERTY_ID: is not a property id, but TAWK_WIDGET_ID holds one; exchange the two"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// TestAllMistakesAtOnce lists, from files of variables, everything that is wrong with them.
func TestAllMistakesAtOnce(t *testing.T) {
	files, err := filepath.Glob("testdata/*.env")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range files {
		environ, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = load(strings.Split(string(environ), "\n"))
		if err == nil {
			t.Errorf("%s: no mistake found", name)
			continue
		}
		golden(t, strings.TrimSuffix(name, ".env")+".txt", err.Error()+"\n")
	}
}

// write makes a file with the content and returns its path.
func write(t testing.TB, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
