package php

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/seal"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

// wordPressName is the cookie of a site at https://shop.example.
const wordPressName = "wordpress_logged_in_b15a974586f1633a4cbe2a623056822e"

// A shopOfWordPress is a database as WordPress has it, with one user, who has several names.
func shopOfWordPress(t testing.TB, passwordHash, sessions string) *store.Database {
	t.Helper()
	database, writer := storetest.OpenScratch(t,
		`CREATE TABLE wp_users (ID INTEGER, user_login TEXT COLLATE NOCASE, user_pass TEXT, user_nicename TEXT, user_email TEXT,
			display_name TEXT)`,
		"CREATE TABLE wp_usermeta (user_id INTEGER, meta_key TEXT, meta_value TEXT)",
		"CREATE TABLE wp_options (option_name TEXT, option_value TEXT)",
		"CREATE TABLE wp_sitemeta (site_id INTEGER, meta_key TEXT, meta_value TEXT)",
		`INSERT INTO wp_options VALUES ('logged_in_key', 'option key'), ('logged_in_salt', 'option salt'),
			('siteurl', 'https://shop.example/')`,
		`INSERT INTO wp_sitemeta VALUES (1, 'logged_in_key', 'site key'), (1, 'logged_in_salt', 'site salt'),
			(1, 'siteurl', 'https://other.example/'), (2, 'logged_in_key', 'x'), (2, 'siteurl', 'https://shop.example')`,
	)
	for _, name := range []string{"ada", "Ada King", "ada+king"} {
		_, err := writer.Exec("INSERT INTO wp_users VALUES (42, ?, ?, 'ada', 'ada@example.com', 'Ada')", name, passwordHash)
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := writer.Exec("INSERT INTO wp_usermeta VALUES (42, 'session_tokens', ?), (42, 'nickname', 'Countess')", sessions)
	if err != nil {
		t.Fatal(err)
	}
	return database
}

// serializedToken is an entry of session_tokens.
func serializedToken(token, entry string) string {
	sum := sha256.Sum256([]byte(token))
	return fmt.Sprintf(`a:1:{s:64:"%s";%s}`, hex.EncodeToString(sum[:]), entry)
}

// wordPressValue signs a cookie's value.
func wordPressValue(secret, fragment, user string, expires any) string {
	l := wordPressLogin{user: user, expiration: fmt.Sprint(expires), token: "token"}
	key := seal.HexMAC(md5.New, secret, l.user+"|"+fragment+"|"+l.expiration+"|"+l.token)
	return url.PathEscape(l.user) + "%7C" + l.expiration + "%7C" + l.token + "%7C" +
		seal.HexMAC(sha256.New, key, l.user+"|"+l.expiration+"|"+l.token)
}

func TestWordPress(t *testing.T) {
	const end = 1795526563
	const entry = `a:2:{s:10:"expiration";i:1795526563;s:5:"login";i:1795353763;}`
	const bcrypt = "$wp$2y$12$jmbDR7oxINRxGgp6EBdxeON85FGlq/NF9OXyLNHjwwLZZw4TDziK6"
	good := WordPressOptions{LoggedInKey: setting.NewSecret("key"), LoggedInSalt: setting.NewSecret("salt")}
	type test struct {
		name     string
		options  WordPressOptions
		password string
		sessions string
		cookie   string
		at       int64
		reason   session.Reason
	}
	cookie := func(secret, fragment string) string {
		return wordPressName + "=" + wordPressValue(secret, fragment, "ada", end)
	}
	ada := serializedToken("token", entry)
	tests := []test{
		{"the last second", good, bcrypt, ada, cookie("keysalt", "ziK6"), end, ""},
		{"ended", good, bcrypt, ada, cookie("keysalt", "ziK6"), end + 1, session.Expired},
		{"phpass", good, "$P$BxMa8fWmZYztStitAfZmOmKVS1iGZe/", ada, cookie("keysalt", "fWmZ"), end, ""},
		{"the end of phpass", good, "$P$BxMa8fWmZYztStitAfZmOmKVS1iGZe/", ada, cookie("keysalt", "GZe/"), end, session.Forged},
		{"the middle of bcrypt", good, bcrypt, ada, cookie("keysalt", "2$jm"), end, session.Forged},
		{"bcrypt of a plugin", good, "$2y$12$jmbDR7oxINRxGgp6EBdxeO", ada, cookie("keysalt", "mbDR"), end, ""},
		{"argon2 before 6.8", good, "$argon2id$v=19$m=65536,t=4,p=1$c2FsdA$aGFzaA", ada, cookie("keysalt", "d$v="), end, ""},
		{"argon2 since 6.8", good, "$argon2id$v=19$m=65536,t=4,p=1$c2FsdA$aGFzaA", ada, cookie("keysalt", "FzaA"), end, ""},
		{"MD5 of old", good, "5f4dcc3b5aa765d61d8327deb882cf99", ada, cookie("keysalt", "5aa7"), end, ""},
		{"no password", good, "", ada, cookie("keysalt", ""), end, ""},
		{"a session of 4.0", good, bcrypt, serializedToken("token", "i:1795526563;"), cookie("keysalt", "ziK6"), end, ""},
		{"a session without an end", good, bcrypt, serializedToken("token", "a:0:{}"), cookie("keysalt", "ziK6"), end, session.Malformed},
		{"the site's record ended", good, bcrypt, serializedToken("token", "i:1795526562;"), cookie("keysalt", "ziK6"), end, session.Expired},
		{"another session", good, bcrypt, serializedToken("other", entry), cookie("keysalt", "ziK6"), end, session.Expired},
		{"no sessions", good, bcrypt, "", cookie("keysalt", "ziK6"), end, session.Expired},
		{"damaged sessions", good, bcrypt, "a:1:{", cookie("keysalt", "ziK6"), end, session.Malformed},
		{"another spelling of the name", good, bcrypt, ada,
			wordPressName + "=" + wordPressValue("keysalt", "ziK6", "ADA", end), end, session.Forged},
		{"another key", good, bcrypt, ada, cookie("anothersalt", "ziK6"), end, session.Forged},
		{"keys in the database", WordPressOptions{}, bcrypt, ada, cookie("option keyoption salt", "ziK6"), end, ""},
		{"never changed", WordPressOptions{LoggedInKey: setting.NewSecret("put your unique phrase here"),
			LoggedInSalt: setting.NewSecret("put your unique phrase here")}, bcrypt, ada, cookie("option keyoption salt", "ziK6"), end, ""},
		{"half changed", WordPressOptions{LoggedInKey: setting.NewSecret("key"), LoggedInSalt: setting.NewSecret("put your unique phrase here")}, bcrypt, ada,
			cookie("keyoption salt", "ziK6"), end, ""},
		{"the other half changed", WordPressOptions{LoggedInKey: setting.NewSecret("put your unique phrase here"), LoggedInSalt: setting.NewSecret("salt")}, bcrypt, ada,
			cookie("option keysalt", "ziK6"), end, ""},
		{"one phrase for both", WordPressOptions{LoggedInKey: setting.NewSecret("key"), LoggedInSalt: setting.NewSecret("key")}, bcrypt, ada,
			cookie("option keyoption salt", "ziK6"), end, ""},
		{"keys of a network", WordPressOptions{Multisite: true}, bcrypt, ada, cookie("site keysite salt", "ziK6"), end, ""},
		{"by name", WordPressOptions{Setup: recipe.Setup{Cookie: "members"}, LoggedInKey: setting.NewSecret("key"), LoggedInSalt: setting.NewSecret("salt")}, bcrypt, ada,
			"members=" + wordPressValue("keysalt", "ziK6", "ada", end), end, ""},
		{"of another name", WordPressOptions{Setup: recipe.Setup{Cookie: "members"}, LoggedInKey: setting.NewSecret("key"), LoggedInSalt: setting.NewSecret("salt")}, bcrypt,
			ada, cookie("keysalt", "ziK6"), end, session.NoCookie},
		{"beside another site's", good, bcrypt, ada,
			"wordpress_logged_in_4567=" + wordPressValue("another", "ziK6", "ada", end) + "; " + cookie("keysalt", "ziK6"), end, ""},
		{"planted under another hash", good, bcrypt, ada, wordPressCookie + "4567=" + wordPressValue("keysalt", "ziK6", "ada", end), end, session.Forged},
		{"a planted one beside it", good, bcrypt, ada,
			wordPressCookie + "4567=" + wordPressValue("keysalt", "ziK6", "ada+king", end) + "; " + cookie("keysalt", "ziK6"), end, ""},
		{"a blank", good, "$P$BxMa8fWmZYztStitAfZmOmKVS1iGZe/", ada,
			wordPressName + "=" + wordPressValue("keysalt", "fWmZ", "Ada King", end), end, ""},
		{"a blank by PHP before 7.4.3", good, "$P$BxMa8fWmZYztStitAfZmOmKVS1iGZe/", ada, wordPressName + "=" +
			strings.ReplaceAll(wordPressValue("keysalt", "fWmZ", "Ada King", end), "%20", "+"), end, ""},
		{"a plus sign", good, "$P$BxMa8fWmZYztStitAfZmOmKVS1iGZe/", ada, wordPressName + "=" +
			wordPressValue("keysalt", "fWmZ", "ada+king", end), end, ""},
		{"a plus sign for the blank that is signed", good, "$P$BxMa8fWmZYztStitAfZmOmKVS1iGZe/", ada, wordPressName + "=" +
			strings.ReplaceAll(wordPressValue("another", "fWmZ", "Ada King", end), "%20", "+"), end, session.Forged},
		{"an end that is no number", good, bcrypt, ada, wordPressName + "=ada|soon|token|mac", end, session.Malformed},
		{"an end in another age", good, bcrypt, ada, wordPressName + "=ada|99999999999999999999|token|mac", end, session.Forged},
		{"an end of a plugin that reckons in fractions of days", good, bcrypt,
			serializedToken("token", `a:1:{s:10:"expiration";d:1795526563.5;}`),
			wordPressName + "=" + wordPressValue("keysalt", "ziK6", "ada", "1795526563.5"), end, ""},
		{"after it", good, bcrypt, serializedToken("token", `a:1:{s:10:"expiration";d:1795526563.5;}`),
			wordPressName + "=" + wordPressValue("keysalt", "ziK6", "ada", "1795526563.5"), end + 1, session.Expired},
		{"of one that adds PHP_INT_MAX", good, bcrypt,
			serializedToken("token", `a:2:{s:10:"expiration";d:9.2233720368547758E+18;s:5:"login";d:1795353763.5;}`),
			wordPressName + "=" + wordPressValue("keysalt", "ziK6", "ada", "9.2233720368548E+18"), end, ""},
		{"a text for the end", good, bcrypt, serializedToken("token", `a:1:{s:10:"expiration";s:10:"1795526563";}`),
			cookie("keysalt", "ziK6"), end, ""},
		{"a text that ended", good, bcrypt, serializedToken("token", `a:1:{s:10:"expiration";s:10:"1795526562";}`),
			cookie("keysalt", "ziK6"), end, session.Expired},
		{"null for the end", good, bcrypt, serializedToken("token", `a:1:{s:10:"expiration";N;}`), cookie("keysalt", "ziK6"), end, session.Malformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := test.options
			o.Database = shopOfWordPress(t, test.password, test.sessions)
			o.Now = func() time.Time { return time.Unix(test.at, 999) }
			source, err := NewWordPress(kindtest.Usual(o))
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest("GET", "http://shop.example/", nil)
			r.Header.Set("Cookie", test.cookie)
			u, err := source.Identify(r, nil)
			if reason, _ := session.NobodyReason(err); reason != test.reason || err == nil && (u.ID != "42" || u.Name != "Ada") {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}

// A session is bounded by MaxAge from the login on; keys that the database lacks leave open who is logged in.
func TestWordPressBounds(t *testing.T) {
	database := shopOfWordPress(t, "$P$BxMa8fWmZYztStitAfZmOmKVS1iGZe/",
		serializedToken("token", `a:2:{s:10:"expiration";i:1795526563;s:5:"login";i:1795353763;}`))
	now := time.Unix(1795353763, 0)
	identify := func(o WordPressOptions) (session.User, error) {
		o.Database = database
		o.Now = func() time.Time { return now }
		source, err := NewWordPress(kindtest.Usual(o))
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header.Set("Cookie", wordPressName+"="+wordPressValue("keysalt", "fWmZ", "ada", 1795526563))
		return source.Identify(r, nil)
	}
	o := WordPressOptions{LoggedInKey: setting.NewSecret("key"), LoggedInSalt: setting.NewSecret("salt"), Setup: recipe.Setup{MaxAge: time.Hour,
		Mapping: session.Mapping{Name: "user_nicename", Attributes: map[string]string{"login": "user_login", "password": "user_pass"}}}}
	now = now.Add(time.Hour)
	if u, err := identify(o); u.ID != "42" || u.Name != "ada" || u.Attributes["login"] != "ada" || u.Attributes["password"] != "" {
		t.Errorf("got %+v, %v", u, err)
	}
	now = now.Add(time.Second)
	if _, err := identify(o); err == nil {
		t.Error("older than MaxAge")
	}
	_, err := identify(WordPressOptions{LoggedInKey: setting.NewSecret("key"), LoggedInSalt: setting.NewSecret("salt"), TablePrefix: "other_"})
	if _, certain := session.NobodyReason(err); err == nil || certain {
		t.Errorf("without the tables: got %v, want unknown", err)
	}
	for _, prefix := range []string{"wp_; DROP TABLE wp_users", "wp-", "wp_ ", "wé_"} {
		if _, err := NewWordPress(kindtest.Usual(WordPressOptions{Database: database, TablePrefix: prefix})); err == nil {
			t.Errorf("prefix %q accepted", prefix)
		}
	}
	if _, err := NewWordPress(kindtest.Usual(WordPressOptions{})); err == nil {
		t.Error("no database accepted")
	}
}
