package config

import (
	"strings"
	"testing"
)

// TestKinds changes the settings of one kind of session by some entries, and reads the message; none if they are right.
func TestKinds(t *testing.T) {
	base := with(enough(), "TAWK_SESSION_COOKIE", "TAWK_SESSION_KEY", "TAWK_USER_ID")
	const site = "TAWK_SESSION=site TAWK_SESSION_URL=/api/me TAWK_USER_ID=id "
	const own = "TAWK_SESSION_URL: is a path of tawkproxy itself; write a path of the site, such as /api/me"
	const header = "TAWK_SESSION=header TAWK_TRUSTED_PROXIES=127.0.0.1 "
	const rails = "TAWK_SESSION=rails TAWK_SESSION_COOKIE=_shop_session "
	const path = "TAWK_SESSION_URL: is not a path; write a path of the site, such as /api/me"
	const peers = "TAWK_TRUSTED_PROXIES: does not say who may name the user with TAWK_SESSION=header; " +
		"write the addresses of the authenticating proxy alone, such as 127.0.0.1"
	const php = "TAWK_SESSION=php TAWK_USER_ID=user.id "
	const wordPress = "TAWK_SESSION=wordpress TAWK_USER_DSN=mysql://u:p@h/d "
	const laravel = "TAWK_SESSION=laravel TAWK_LARAVEL_APP_KEY=base64:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= "
	for entries, want := range map[string]string{
		site:                                   "",
		site + "TAWK_SESSION_COOKIE=PHPSESSID": "",
		site + "TAWK_SESSION_URL=/me?format=json":                          "",
		site + "TAWK_SESSION_ANSWER=html TAWK_USER_ID=input[name=a]@value": "",
		site + "TAWK_SESSION_URL=api/me":                                   path,
		site + "TAWK_SESSION_URL=//evil.example/me":                        "TAWK_SESSION_URL: is more than a path; the site is the one of TAWK_UPSTREAM; write /me",
		site + "TAWK_SESSION_URL=https://u:p@shop.example/me?x":            "TAWK_SESSION_URL: is more than a path; the site is the one of TAWK_UPSTREAM; write /me?x",
		site + "TAWK_SESSION_URL=https://shop.example":                     path,
		site + "TAWK_SESSION_URL=/me#top":                                  path,
		site + "TAWK_SESSION_URL=/%zz":                                     path,
		site + "TAWK_SESSION_URL=/.tawkproxy/user":                         own,
		site + "TAWK_SESSION_URL=/%2etawkproxy/x?y":                        own,
		site + "TAWK_SESSION_URL=/shop/.tawkproxy/user":                    own,
		site + "TAWK_SESSION_URL=/shop/.tawkproxy/me":                      "",
		site + "TAWK_OWN_PREFIX=/shop/.own/ TAWK_SESSION_URL=/shop/.own/x": own,
		site + "TAWK_OWN_PREFIX=/shop/.own/ TAWK_SESSION_URL=/.own/report": own,
		site + "TAWK_OWN_PREFIX=/.own/ TAWK_SESSION_URL=/.tawkproxy/user":  "",
		site + "TAWK_OWN_PREFIX=/chat/ TAWK_SESSION_URL=/chat/me":          own,
		site + "TAWK_OWN_PREFIX=/chat/ TAWK_SESSION_URL=/api/chat/user":    "",
		site + "TAWK_SESSION_ANSWER=xml":                                   `TAWK_SESSION_ANSWER: "xml" is not known; write json or html`,
		"TAWK_SESSION=site TAWK_USER_ID=id":                                "TAWK_SESSION_URL: is required with TAWK_SESSION=site but not set; write here: What the site is asked: a path of it, such as /api/me, that answers for the visitor whose cookies come with the request; 204, 401, 403, 404 or a redirect for nobody",
		"TAWK_SESSION=response":                                            "",
		"TAWK_SESSION=response TAWK_SESSION_URL=/me TAWK_USER_ID=X-User":   "",
		header + "TAWK_HEADER_PROXY=authelia":                              "",
		header + "TAWK_USER_ID=X-User":                                     "",
		header + "TAWK_USER_ID=X-User TAWK_TRUSTED_PROXIES=10.0.0.0/8,::1": "",
		header: "TAWK_USER_ID: is required with TAWK_SESSION=header but not set; write the name of the header with the user's id, or the product's name into TAWK_HEADER_PROXY",
		header + "TAWK_USER_ID=X-User TAWK_TRUSTED_PROXIES=private":                    peers,
		header + "TAWK_USER_ID=X-User TAWK_TRUSTED_PROXIES=private,1.2.3.4":            peers,
		header + "TAWK_USER_ID=X-User TAWK_TRUSTED_PROXIES=none":                       peers,
		header + "TAWK_USER_ID=X-User TAWK_TRUSTED_PROXIES=0.0.0.0/0":                  peers,
		"TAWK_SESSION=header TAWK_USER_ID=X-User":                                      peers,
		header + "TAWK_HEADER_PROXY=okta":                                              `TAWK_HEADER_PROXY: "okta" is not known; write oauth2-proxy or nginx-auth-request or authelia or tailscale or azure-easyauth`,
		php + "TAWK_PHP_SAVE_PATH=2;/srv/sessions TAWK_PHP_SERIALIZE_HANDLER=igbinary": "",
		php + "TAWK_SESSION_STORE=redis://127.0.0.1":                                   "",
		php: "TAWK_PHP_SAVE_PATH: is required with TAWK_SESSION=php but not set; write session.save_path as php -i or phpinfo() shows it, or /tmp if it has no value; or set TAWK_SESSION_STORE",
		php + "TAWK_SESSION_STORE=2;/srv/sessions":                                                        "TAWK_SESSION_STORE: is a session.save_path; write it into TAWK_PHP_SAVE_PATH",
		php + "TAWK_SESSION_STORE=memcached://a,b:11212,[::1]:11211?hash=ketama":                          "",
		php + "TAWK_SESSION_STORE=memcached://":                                                           "TAWK_SESSION_STORE: names no server; write memcached://host:11211, or several with commas between",
		php + "TAWK_SESSION_STORE=memcacheds://u:p@?x":                                                    "TAWK_SESSION_STORE: names no server; write memcached://host:11211, or several with commas between",
		"TAWK_SESSION=express TAWK_SESSION_STORE=memcached://a":                                           "TAWK_SESSION_STORE: is memcached, which is not read with TAWK_SESSION=express; choose a kind that reads them there, or site",
		"TAWK_SESSION=django TAWK_DJANGO_SESSION_ENGINE=cache TAWK_SESSION_STORE=memcached:///run/m.sock": "",
		php + "TAWK_SESSION_STORE=tcp://redis:6379":                                                       "TAWK_SESSION_STORE: is a session.save_path; write it into TAWK_PHP_SAVE_PATH",
		"TAWK_SESSION=php TAWK_PHP_SAVE_PATH=/srv TAWK_USER_ID=$_SESSION['user']":                         "TAWK_USER_ID: is written in PHP; write user.id for $_SESSION['user']['id'] and for $_SESSION['user']->id",
		"TAWK_SESSION=php TAWK_PHP_SAVE_PATH=/srv TAWK_USER_ID=user->id":                                  "TAWK_USER_ID: is written in PHP; write user.id for $_SESSION['user']['id'] and for $_SESSION['user']->id",
		"TAWK_SESSION=symfony TAWK_SESSION_STORE=redis://h?prefix=app_":                                   "TAWK_SESSION_STORE: names a prefix; write what stands there into TAWK_SYMFONY_PREFIX, and the address without it",
		php + "TAWK_PHP_SAVE_PATH=/srv TAWK_SESSION_STORE=file:///srv":                                    "TAWK_PHP_SAVE_PATH: says the same as TAWK_SESSION_STORE; remove one of them",
		php + "TAWK_PHP_SAVE_PATH=/srv TAWK_PHP_SERIALIZE_HANDLER=wddx":                                   `TAWK_PHP_SERIALIZE_HANDLER: "wddx" is not known; write php or php_serialize or php_binary or igbinary`,
		"TAWK_SESSION=symfony TAWK_SESSION_STORE=file:///srv TAWK_SYMFONY_FIREWALL=admin":                 "",
		"TAWK_SESSION=symfony":                              "TAWK_PHP_SAVE_PATH: is required with TAWK_SESSION=symfony but not set; write session.save_path as php -i or phpinfo() shows it, or /tmp if it has no value; or set TAWK_SESSION_STORE",
		"TAWK_SESSION=django":                               "TAWK_SESSION_STORE: is not set, and neither is TAWK_USER_DSN, the database with the sessions; write the address of the site's database into TAWK_USER_DSN; or, if sessions are kept otherwise, set TAWK_DJANGO_SESSION_ENGINE",
		"TAWK_SESSION=django TAWK_USER_DSN=mysql://u:p@h/d": "",
		"TAWK_SESSION=django TAWK_USER_DSN=mysql://u:p@h/d TAWK_DJANGO_USER_TABLE=a;b":                                         `TAWK_DJANGO_USER_TABLE: "a;b" is not the name of a table; write it without quotes, such as sessions or web.sessions`,
		"TAWK_SESSION=django TAWK_DJANGO_SESSION_ENGINE=cache":                                                                 "TAWK_SESSION_STORE: is required with TAWK_DJANGO_SESSION_ENGINE=cache but not set; write the address of the Redis or memcached of CACHES",
		"TAWK_SESSION=django TAWK_DJANGO_SESSION_ENGINE=file":                                                                  "TAWK_SESSION_STORE: is required with TAWK_DJANGO_SESSION_ENGINE=file but not set; write file:// and SESSION_FILE_PATH",
		"TAWK_SESSION=django TAWK_DJANGO_SESSION_ENGINE=file TAWK_SESSION_STORE=file:///tmp/sessions":                          "",
		"TAWK_SESSION=django TAWK_DJANGO_SESSION_ENGINE=cached_db TAWK_SESSION_STORE=redis://h":                                "",
		"TAWK_SESSION=django TAWK_DJANGO_SESSION_ENGINE=cached_db TAWK_SESSION_STORE=rediss://h TAWK_USER_DSN=mysql://u:p@h/d": "TAWK_SESSION_STORE: is not used beside TAWK_USER_DSN, whose table has all the sessions, which a cache forgets; remove it; let the account of TAWK_USER_DSN read django_session",
		php + "TAWK_SESSION_STORE=redis://:p;w@h":                                                                              "",
		"TAWK_SESSION=symfony TAWK_SESSION_STORE=redis://:prefix=@h":                                                           "",
		"TAWK_SESSION=django TAWK_SESSION_STORE=redis://h":                                                                     "TAWK_DJANGO_SESSION_ENGINE: is db, which keeps no sessions where TAWK_SESSION_STORE says; write cache or cached_db, the last word of the site's SESSION_ENGINE",
		"TAWK_SESSION=django TAWK_SESSION_STORE=file:///tmp/x":                                                                 "TAWK_DJANGO_SESSION_ENGINE: is db, which keeps no sessions where TAWK_SESSION_STORE says; write file, the last word of the site's SESSION_ENGINE",
		"TAWK_SESSION=django TAWK_DJANGO_SESSION_ENGINE=tape":                                                                  `TAWK_DJANGO_SESSION_ENGINE: "tape" is not known; write db or cached_db or cache or file or signed_cookies`,
		"TAWK_SESSION=django TAWK_DJANGO_SESSION_ENGINE=signed_cookies":                                                        "TAWK_DJANGO_SECRET_KEY: is required with TAWK_DJANGO_SESSION_ENGINE=signed_cookies but not set; write here, or into a file named by TAWK_DJANGO_SECRET_KEY_FILE: SECRET_KEY of the site's settings, and behind it, separated by commas without blanks, those of SECRET_KEY_FALLBACKS; a key that contains a comma is written as base64:…",
		"TAWK_SESSION=django TAWK_USER_DSN=mysql://u:p@h/d TAWK_DJANGO_SECRET_KEY=second,":                                     "TAWK_DJANGO_SECRET_KEY: key 2 is empty; remove the comma; or, if the comma belongs to a key, write such a key as hex:… or base64:…",
		"TAWK_SESSION=flask": "TAWK_FLASK_SECRET_KEY: is required with TAWK_SESSION=flask but not set; write the site's SECRET_KEY",
		"TAWK_SESSION=flask TAWK_FLASK_SECRET_KEY=hex:00ff":                                                "",
		"TAWK_SESSION=flask TAWK_SESSION_STORE=redis://localhost":                                          "",
		"TAWK_SESSION=flask TAWK_FLASK_SECRET_KEY=,oldest":                                                 "TAWK_FLASK_SECRET_KEY: key 1 is empty; remove the comma; or, if the comma belongs to a key, write such a key as hex:… or base64:…",
		"TAWK_SESSION=express TAWK_EXPRESS_SECRET=a":                                                       "TAWK_SESSION_STORE: is required with TAWK_SESSION=express but not set; write where connect-redis, connect-pg-simple, connect-mongo or session-file-store keeps them; what MemoryStore holds only the site itself can read: then set TAWK_SESSION=site",
		"TAWK_SESSION=express TAWK_SESSION_STORE=redis://h":                                                "",
		"TAWK_SESSION=express TAWK_SESSION_STORE=redis://h TAWK_EXPRESS_PREFIX=none":                       "TAWK_EXPRESS_PREFIX: is none, and TAWK_EXPRESS_SECRET is not set: visitors could name any key in Redis; set TAWK_EXPRESS_SECRET, the option secret of express-session; or a prefix",
		"TAWK_SESSION=express TAWK_SESSION_STORE=redis://h TAWK_EXPRESS_PREFIX=none TAWK_EXPRESS_SECRET=a": "",
		"TAWK_SESSION=express TAWK_SESSION_STORE=file:///srv TAWK_EXPRESS_PREFIX=none":                     "",
		"TAWK_SESSION=express TAWK_SESSION_STORE=postgres://u:p@h/d TAWK_EXPRESS_PREFIX=none":              "",
		"TAWK_SESSION=express TAWK_SESSION_STORE=redis://h TAWK_EXPRESS_SECRET=newest,oldest":              "",
		"TAWK_SESSION=express TAWK_SESSION_STORE=postgres://u:p@h/d TAWK_EXPRESS_SECRET=newest":            "",
		rails + "TAWK_SESSION_STORE=database TAWK_USER_DSN=postgres://u:p@h/d":                             "",
		"TAWK_SESSION=symfony TAWK_SESSION_STORE=mysql://u:p@h/d":                                          "",
		rails + "TAWK_RAILS_SECRET_KEY_BASE=newest,oldest":                                                 "",
		rails + "TAWK_RAILS_SECRET_TOKEN=a":                                                                "",
		rails + "TAWK_SESSION_STORE=redis://h":                                                             "",
		rails:                                                                                              "TAWK_RAILS_SECRET_KEY_BASE: is required with TAWK_SESSION=rails but not set; write what bin/rails runner 'puts Rails.application.secret_key_base' prints on the server",
		rails + "TAWK_RAILS_SECRET_TOKEN=newest,,oldest":                                                   "TAWK_RAILS_SECRET_TOKEN: key 2 is empty; remove the comma; or, if the comma belongs to a key, write such a key as hex:… or base64:…",
		rails + "TAWK_RAILS_SECRET_KEY_BASE=second,":                                                       "TAWK_RAILS_SECRET_KEY_BASE: key 2 is empty; remove the comma; or, if the comma belongs to a key, write such a key as hex:… or base64:…",
		rails + "TAWK_RAILS_SECRET_KEY_BASE=a TAWK_RAILS_COOKIE=plain":                                     `TAWK_RAILS_COOKIE: "plain" is not known; write encrypted or signed`,
		rails + "TAWK_RAILS_SECRET_KEY_BASE=a TAWK_RAILS_KEY_GENERATOR_HASH_DIGEST_CLASS=sha1":             "",
		rails + "TAWK_RAILS_SECRET_KEY_BASE=a TAWK_RAILS_KEY_GENERATOR_HASH_DIGEST_CLASS=md5":              `TAWK_RAILS_KEY_GENERATOR_HASH_DIGEST_CLASS: "md5" is not known; write sha1 or sha256`,
		rails + "TAWK_RAILS_SECRET_KEY_BASE=a TAWK_RAILS_KEY_ITERATIONS=0":                                 "TAWK_RAILS_KEY_ITERATIONS: is too small or too large; write a number from 1 to 1000000",
		"TAWK_SESSION=rails TAWK_RAILS_SECRET_KEY_BASE=a":                                                  "TAWK_SESSION_COOKIE: is required with TAWK_SESSION=rails but not set; write here: Name of the site's session cookie",
		wordPress: "",
		wordPress + "TAWK_WORDPRESS_TABLE_PREFIX=shop1_ TAWK_WORDPRESS_MULTISITE=true TAWK_WORDPRESS_LOGGED_IN_KEY='a|b'": "",
		wordPress + "TAWK_WORDPRESS_TABLE_PREFIX=wp-":                                                          `TAWK_WORDPRESS_TABLE_PREFIX: "wp-" is not the beginning of tables' names; write $table_prefix of wp-config.php without its quotes, such as wp_`,
		"TAWK_SESSION=wordpress":                                                                               "TAWK_USER_DSN: is required with TAWK_SESSION=wordpress but not set; write here, or into a file named by TAWK_USER_DSN_FILE: The site's database: mysql://user:password@host:3306/database, postgres://… or sqlite:///absolute/path",
		laravel + "TAWK_SESSION_STORE=cookie":                                                                  "",
		laravel + "TAWK_SESSION_STORE=file:///srv/storage/framework/sessions":                                  "",
		laravel + "TAWK_SESSION_STORE=redis://h:6379/1 TAWK_LARAVEL_REDIS_PREFIX=none":                         "",
		laravel + "TAWK_SESSION_STORE=database TAWK_USER_DSN=postgres://u:p@h/d TAWK_SESSION_TABLE=web.visits": "",
		laravel + "TAWK_SESSION_STORE=mariadb://u:p@h/d TAWK_USER_DSN=sqlite:///srv/users.sqlite":              "",
		"TAWK_SESSION=symfony TAWK_SESSION_STORE=cookie":                                                       "TAWK_SESSION_STORE: does not begin with the name of a kind of store; write file:///absolute/folder, redis://host:6379/0, or nothing if sessions are in the cookie",
		laravel + "TAWK_SESSION_STORE=database":                                                                "TAWK_SESSION_STORE: is database, but TAWK_USER_DSN is not set; write the address of the database into TAWK_USER_DSN",
		laravel + "TAWK_SESSION_STORE=mysql://u:p@h":                                                           "TAWK_SESSION_STORE: does not say which database of the server; write it behind the host: mysql://user:password@host:3306/database",
		laravel + "TAWK_SESSION_STORE=mongodb+srv://u:p@cluster.example.net/d TAWK_SESSION_TABLE=visits":       "",
		"TAWK_SESSION=express TAWK_SESSION_STORE=mongodb://u:p@a:27017,b,c/d?replicaSet=rs":                    "",
		"TAWK_SESSION=koa TAWK_KEYGRIP_KEYS=a TAWK_USER_ID=id TAWK_SESSION_STORE=mongodb://h/d":                "TAWK_SESSION_STORE: names MongoDB, where TAWK_SESSION=koa reads none; write where the site keeps its sessions; if that is MongoDB, ask the site itself: TAWK_SESSION=site",
		"TAWK_SESSION=symfony TAWK_SESSION_STORE=mongodb+srv://u:p@h/d":                                        "TAWK_SESSION_STORE: names MongoDB, where TAWK_SESSION=symfony reads none; write where the site keeps its sessions; if that is MongoDB, ask the site itself: TAWK_SESSION=site",
		laravel + "TAWK_SESSION_STORE=array":                                                                   "TAWK_SESSION_STORE: is not a place of sessions; write file:///…/storage/framework/sessions, redis://host:6379/0, memcached://host:11211, mongodb://host:27017/database, database or cookie, as SESSION_DRIVER in .env says",
		laravel + "TAWK_SESSION_STORE=redis":                                                                   "TAWK_SESSION_STORE: is not a place of sessions; write file:///…/storage/framework/sessions, redis://host:6379/0, memcached://host:11211, mongodb://host:27017/database, database or cookie, as SESSION_DRIVER in .env says",
		laravel:                                                                                                "TAWK_SESSION_STORE: is required with TAWK_SESSION=laravel but not set; write file:///…/storage/framework/sessions, redis://host:6379/0, memcached://host:11211, mongodb://host:27017/database, database or cookie, as SESSION_DRIVER in .env says",
		laravel + "TAWK_SESSION_STORE=srv/sessions":                                                            "TAWK_SESSION_STORE: does not begin with the name of a kind of store; write file:///absolute/folder, redis://host:6379/0, or nothing if sessions are in the cookie",
		laravel + "TAWK_SESSION_STORE=cookie TAWK_SESSION_TABLE=`visits`":                                      "TAWK_SESSION_TABLE: \"`visits`\" is not the name of a table; write it without quotes, such as sessions or web.sessions",
		laravel + "TAWK_SESSION_STORE=cookie TAWK_LARAVEL_CIPHER=AES-128-GCM":                                  "TAWK_LARAVEL_APP_KEY: key 1 has 32 bytes, but AES-128-GCM needs 16; the cipher is another one: write AES-256-CBC or AES-256-GCM into TAWK_LARAVEL_CIPHER, as config/app.php has it",
		laravel + "TAWK_SESSION_STORE=cookie TAWK_LARAVEL_APP_PREVIOUS_KEYS=base64:AAAA":                       "TAWK_LARAVEL_APP_PREVIOUS_KEYS: key 1 has 3 bytes, but AES-256-CBC needs 32; copy it from .env with the word base64: in front; TAWK_LARAVEL_CIPHER is the cipher in config/app.php",
		laravel + "TAWK_SESSION_STORE=cookie TAWK_LARAVEL_SESSION_LIFETIME=0":                                  "TAWK_LARAVEL_SESSION_LIFETIME: 0 is not a lifetime; write the minutes, such as 120",
		wordPress + "TAWK_USER_DSN=host":                                                                       "TAWK_USER_DSN: does not begin with the name of a kind of database; write mysql://user:password@host:3306/database, postgres://… or sqlite:///absolute/path",
		wordPress + "TAWK_USER_DSN=mysql://u:p@localhost:/run/mysqld.sock/d":                                   "TAWK_USER_DSN: has a path in the place of the database's name; of a socket write mysql://user:password@/database?socket=/path/to.sock",
		wordPress + "TAWK_SESSION_STORE=redis://h TAWK_USER_DSN=mysql://u:p@h/d":                               "TAWK_SESSION_STORE: is not used with TAWK_SESSION=wordpress; remove it",
		"TAWK_SESSION=authjs TAWK_AUTHJS_SECRET=x TAWK_SESSION_STORE=redis://h":                                "TAWK_SESSION_STORE: is not used with TAWK_SESSION=authjs; remove it",
		site + "TAWK_SESSION_STORE=file:///srv/sessions":                                                       "TAWK_SESSION_STORE: is not used with TAWK_SESSION=site; remove it",
		site + "TAWK_USER_DSN=mysql://u:p@h/d TAWK_USER_QUERY=SELECT+?":                                        "TAWK_USER_QUERY: is not used with TAWK_SESSION=site; remove it: all details come from where the id comes from",
		wordPress + "TAWK_USER_DSN=mysql://u:p%zz@h/d":                                                         "TAWK_USER_DSN: is not a URL; write mysql://user:password@host:3306/database; in a password, write / as %2F, @ as %40, # as %23 and % as %25",
		wordPress + "TAWK_USER_DSN=sqlite://shop.sqlite":                                                       "TAWK_USER_DSN: does not name a file of this machine; write sqlite:///absolute/path, with three slashes",
	} {
		message := ""
		if _, err := load(with(base, strings.Fields(entries)...)); err != nil {
			message = err.Error()
		}
		if message != want {
			t.Errorf("%s:\n got %s\nwant %s", entries, message, want)
		}
	}
}

// A question holds blanks, so it is tried by itself.
func TestUserQuery(t *testing.T) {
	base := with(enough(), "TAWK_USER_DSN=mysql://u:p@h/d")
	for entry, want := range map[string]string{
		"SELECT name FROM users WHERE id = ?":     "",
		" select name\nfrom users where id = ?":   "",
		"SELECT\n\tname FROM users WHERE id = ?":  "",
		"SELECT name FROM users WHERE id = $1":    "TAWK_USER_QUERY: has no place for the user's id; write ? where the user's id belongs: … WHERE id = ?",
		"UPDATE users SET name = '' WHERE id = ?": "TAWK_USER_QUERY: does not begin with SELECT; write SELECT name, email FROM users WHERE id = ?",
		"UPDATE users SET name = ''":              "TAWK_USER_QUERY: does not begin with SELECT; write SELECT name, email FROM users WHERE id = ?",
		"SELECT name FROM users WHERE id = 42":    "TAWK_USER_QUERY: has no place for the user's id; write ? where the user's id belongs: … WHERE id = ?",
	} {
		message := ""
		if _, err := load(with(base, "TAWK_USER_QUERY="+entry)); err != nil {
			message = err.Error()
		}
		if message != want {
			t.Errorf("%s:\n got %s\nwant %s", entry, message, want)
		}
	}
	_, err := load(with(base, "TAWK_USER_DSN=postgres://u:p@h/d", "TAWK_USER_QUERY=SELECT name FROM users WHERE id = ?"))
	if err == nil || !strings.Contains(err.Error(), "write $1 where the user's id belongs") {
		t.Errorf("got %v", err)
	}
	_, err = load(with(enough(), "TAWK_USER_QUERY=SELECT 1"))
	if err == nil || err.Error() != "TAWK_USER_QUERY: is set, but TAWK_USER_DSN is not; write the address of the database into TAWK_USER_DSN" {
		t.Errorf("got %v", err)
	}
}

// TestOfNoUse sets what the chosen kind has no use for.
func TestOfNoUse(t *testing.T) {
	for _, test := range []struct{ settings, want string }{
		{"site TAWK_SESSION_URL=/me TAWK_USER_ID=id TAWK_SESSION_MAX_AGE=1h TAWK_SESSION_TABLE=visits",
			"TAWK_SESSION_TABLE: is not used with TAWK_SESSION=site; remove it\n" +
				"TAWK_SESSION_MAX_AGE: cannot be kept with TAWK_SESSION=site, whose sessions do not say when they were made; remove it"},
		{"scs TAWK_SESSION_COOKIE=session TAWK_USER_ID=id TAWK_SESSION_STORE=redis://h TAWK_SESSION_MAX_AGE=1h TAWK_SESSION_TABLE=visits",
			"TAWK_SESSION_TABLE: is set, but TAWK_SESSION_STORE names no database; write database into TAWK_SESSION_STORE, or remove it\n" +
				"TAWK_SESSION_MAX_AGE: cannot be kept with TAWK_SESSION=scs, whose sessions do not say when they were made; remove it"},
	} {
		site := []string{"TAWK_UPSTREAM=http://app:3000", "TAWK_EMBED=never", "TAWK_SECRET_KEY=" + secretKey40}
		_, err := load(append(site, strings.Fields("TAWK_SESSION="+test.settings)...))
		if err == nil || err.Error() != test.want {
			t.Errorf("%s:\n got %v\nwant %s", test.settings, err, test.want)
		}
	}
}
