// Package config is the settings of the program: environment variables, each written down once, in [Config].
//
// A setting is a field: the tag holds its name and default, the doc comment its meaning. The help text, the README's table and
// the messages about missing settings are made from these. A new setting is a new field here, and a line in validate.go if
// its type alone cannot tell right from wrong.
//
//	environment ─► names      is every TAWK_… name known?          unknown.go
//	               files      NAME_FILE becomes NAME               file.go
//	               values     text becomes typed fields            parse.go, key.go, secret.go
//	               rules      what a field's type cannot say       validate.go, address.go
//	          ─► Config, or every mistake with its remedy          mistake.go
package config

import (
	_ "embed"
	"log/slog"
	"net/netip"
	"net/url"
	"time"

	"tawkproxy/config/setting"
)

// Config is every setting, by subject. [Load] returns it complete and checked.
//
// Tags: env names the variable, ",notEmpty" after it makes it required; envDefault is the default; values lists the words
// allowed. Each group and each field has a doc comment, which operators read too: what holds for programmers only stands
// behind the tag. A field of type [setting.Secret] or [setting.Keys] can also be set by a file, named in the variable NAME_FILE.
type Config struct {
	// The site and the way to it
	Site struct {
		// Address of the site: `http://host:port`, `https://host:port` or `unix:/path/to.sock`.
		Upstream url.URL `env:"TAWK_UPSTREAM,notEmpty"` // unix: the socket is in Path; else only Scheme and Host

		// Where tawkproxy itself listens for visitors: `host:port`, or `:port` for every address of the machine.
		Listen string `env:"TAWK_LISTEN" envDefault:":8080"`

		// Where `/healthz` (the program is alive) and `/readyz` (the site can be reached, no shutdown in progress) are
		// answered, apart from the site: `host:port`, or `off` for nowhere.
		AdminListen string `env:"TAWK_ADMIN_LISTEN" envDefault:"127.0.0.1:9180"` // "" when off

		// How long visitors are still let in after SIGTERM, while `/readyz` says no and every answer ends its connection, so that
		// whoever sends visitors here has time to notice. Nobody waits after Ctrl-C.
		StopDelay time.Duration `env:"TAWK_STOP_DELAY" envDefault:"3s"`

		// Networks of the proxies in front of tawkproxy: only from there are `X-Forwarded-*` and `Forwarded` headers passed on to
		// the site. Addresses and networks such as `192.0.2.0/24`, separated by commas; `private` stands for all loopback,
		// link-local and private ones (RFC 1918, unique local); `none` believes nobody. With `TAWK_SESSION=header`, only the
		// addresses of the authenticating proxy: they are believed about who is logged in, too.
		TrustedProxies []netip.Prefix `env:"TAWK_TRUSTED_PROXIES" envDefault:"private"`

		// Where in the site tawkproxy answers itself: a path between slashes that the site has no pages under; `/shop/.tawkproxy/`
		// where only `/shop/` leads here. By its last segment the script's questions are known, which are asked below each page
		// (`/shop/page/.tawkproxy/user`), so that the cookies of the page come along.
		OwnPrefix string `env:"TAWK_OWN_PREFIX" envDefault:"/.tawkproxy/"`
	}

	// What visitors may take up
	Limits struct {
		// How many connections visitors may have at the same time. When there are more, those are closed on which a request has been
		// waited for longest; if every one is at work, newcomers wait.
		Connections int `env:"TAWK_MAX_CONNECTIONS" envDefault:"4096"`

		// How many requests may be at the site at the same time, open WebSockets and event streams included. More of them wait, for
		// half a minute at most, and are then told that the site is busy. With `TAWK_SESSION=site`, 32 questions may come on top.
		SiteConnections int `env:"TAWK_MAX_SITE_CONNECTIONS" envDefault:"1024"`

		// How large the header of a request may be; a larger one is answered 431. Bytes, or such as `64KiB` or `1MiB`.
		HeaderSize setting.Bytes `env:"TAWK_MAX_HEADER_SIZE" envDefault:"64KiB"`

		// Whether HTTP/2 without TLS (h2c) is spoken, as some proxies in front prefer to.
		H2C bool `env:"TAWK_H2C" envDefault:"false"`
	}

	// The chat widget
	Widget struct {
		// Property id: the first of the two ids in the embed code, `https://embed.tawk.to/PROPERTY_ID/WIDGET_ID`, 24 hex digits.
		// Required unless `TAWK_EMBED` is `never`.
		Property string `env:"TAWK_PROPERTY_ID"`

		// Widget id: the second of the two ids in the embed code, up to 50 letters and digits.
		ID string `env:"TAWK_WIDGET_ID" envDefault:"default"`

		// Secret key of the property, from tawk.to's dashboard: Administration, Overview, JavaScript API. Secure Mode must be
		// switched on there too. It is used as the text it is and never leaves the server.
		Key setting.Secret `env:"TAWK_SECRET_KEY,notEmpty"`

		// Who loads the widget: `auto`, tawkproxy does on pages that do not load it themselves; `never`, only the pages do.
		Embed string `env:"TAWK_EMBED" envDefault:"auto" values:"auto never"`

		// Where the widget is loaded from. Another origin than the default is for tests.
		Origin url.URL `env:"TAWK_EMBED_ORIGIN" envDefault:"https://embed.tawk.to"` // only Scheme and Host

		// When the widget is told who is logged in: `always`, on every page, as tawk.to documents it; `once`, only when the user
		// or a detail of theirs has changed.
		Login string `env:"TAWK_LOGIN" envDefault:"always" values:"always once"`
	}

	// The site's sessions
	Session struct {
		// How to know who is logged in: `site`, by asking the site itself; `header`, by headers of an authenticating proxy in front;
		// `response`, by headers that the site adds to its pages; by the token of `cloudflare-access`, `aws-alb` or `google-iap` in
		// front; by the site's own, `jwt`; and by its sessions: `php`, `wordpress`, `laravel`, `symfony`, `rails`, `django`, `flask`,
		// `express`, `cookie-session`, `koa`, `iron`, `fastify`, `authjs`, `gorilla` or `scs`.
		Kind string `env:"TAWK_SESSION,notEmpty" values:"site header response cloudflare-access aws-alb google-iap jwt php wordpress laravel symfony rails django flask express cookie-session koa iron fastify authjs gorilla scs"`

		// Name of the site's session cookie. Required for `gorilla`, `scs`, `rails` and `iron`, and for `jwt` unless
		// `TAWK_JWT_HEADER` is set; the other cookies have a usual name. With `site` and `response`, those who do not send it are
		// nobody, without a question.
		Cookie string `env:"TAWK_SESSION_COOKIE"`

		// What the site is asked: a path of it, such as `/api/me`, that answers for the visitor whose cookies come with the
		// request; 204, 401, 403, 404 or a redirect for nobody. Required for `site`. For `response`, a path that answers with the
		// headers to scripts; without it, only pages that no cache may keep tell who is logged in.
		URL string `env:"TAWK_SESSION_URL"`

		// What `TAWK_SESSION_URL` answers with: `json`, or `html`, an ordinary page of the site; then `TAWK_USER_ID` and the like
		// are CSS selectors, which stand for the text of an element, as `.user-name`, or with `@` for an attribute of it, as
		// `input[name=uid]@value`.
		Answer string `env:"TAWK_SESSION_ANSWER" envDefault:"json" values:"json html"`

		// Keys with which the site signs its sessions, newest first, separated by commas without blanks: as text, or as `hex:…` or
		// `base64:…`. A key that contains a comma itself must be written in one of the latter, unless it is a phrase with a blank
		// behind the comma. Required for `gorilla`, unless its sessions are in Redis under ids that are not signed.
		Key setting.Keys `env:"TAWK_SESSION_KEY"`

		// Keys with which the site encrypts its sessions, if it does: one for each key of `TAWK_SESSION_KEY`, written in the
		// same way and order. An empty item stands for a signing key used without encryption.
		BlockKey setting.Keys `env:"TAWK_SESSION_BLOCK_KEY"`

		// Where the site keeps its sessions: nothing if in the cookie itself; a folder of files as `file:///absolute/folder`; or
		// Redis as `redis://user:password@host:6379/0`, `rediss://…` over TLS, `unix:///path/to.sock`, or with several hosts
		// `redis+sentinel://host:26379?master_name=…&addr=…` and `redis+cluster://host:6379?addr=…`. Nothing is ever written there.
		// For `laravel` also `cookie`, its second cookie. For `laravel`, `symfony`, `django`, `express`, `rails`, `flask` and `scs`
		// also `database`, a table in that of `TAWK_USER_DSN`; or the address of another database, written in the same way.
		Store setting.Secret `env:"TAWK_SESSION_STORE"`

		// Name of the table with the sessions, if not the framework's own.
		Table string `env:"TAWK_SESSION_TABLE"`

		// What must stand in a session besides the user's id for the user to be logged in, as `logged_in=true,2fa_pending=`: the text
		// at each path, or nothing, false or 0 there if nothing follows the equals sign.
		Require setting.Pairs `env:"TAWK_SESSION_REQUIRE"`

		// Sessions that are older count no longer, such as `720h`; where the framework itself has a limit, the shorter one holds. It
		// takes the place of gorilla's `MaxAge` (30 days), Flask's `PERMANENT_SESSION_LIFETIME` in cookies (31 days) and Django's
		// `SESSION_COOKIE_AGE` with `signed_cookies` or `file` (two weeks), which a site may have set to something else. For `php`,
		// `symfony` and `laravel` it counts from the last request. Not set: as the framework decides.
		MaxAge time.Duration `env:"TAWK_SESSION_MAX_AGE"`
	}

	// Go sites with gorilla/sessions, `TAWK_SESSION=gorilla`
	Gorilla struct {
		// How the values are written: `gob`, or `json` with a Redis store or securecookie alone.
		Serializer string `env:"TAWK_GORILLA_SERIALIZER" envDefault:"gob" values:"gob json"`

		// What stands before the session's id in the keys in Redis, if not what the usual Redis stores write there.
		KeyPrefix string `env:"TAWK_GORILLA_KEY_PREFIX"`
	}

	// Go sites with alexedwards/scs, `TAWK_SESSION=scs`
	SCS struct {
		// The codec of the session manager: `gob`, or `json`.
		Codec string `env:"TAWK_SCS_CODEC" envDefault:"gob" values:"gob json"`

		// What stands before the token in the keys in Redis, if not the usual `scs:session:`.
		KeyPrefix string `env:"TAWK_SCS_KEY_PREFIX"`

		// Whether the session manager is set to hash tokens in its store (`HashTokenInStore`).
		HashTokens bool `env:"TAWK_SCS_HASH_TOKENS" envDefault:"false"`
	}

	// PHP sites, `TAWK_SESSION=php` or `symfony`
	PHP struct {
		// Where PHP keeps its sessions, as `session.save_path` of php.ini says it: `/folder`, `2;/folder`, or with phpredis
		// `tcp://host:6379?auth=…`. Without a `session.save_path`, PHP uses `/tmp`. `TAWK_SESSION_STORE` may be set instead.
		SavePath setting.Secret `env:"TAWK_PHP_SAVE_PATH"`

		// How sessions are written, as `session.serialize_handler` of php.ini says it: `php`, `php_serialize`, `php_binary` or
		// `igbinary`.
		SerializeHandler string `env:"TAWK_PHP_SERIALIZE_HANDLER" envDefault:"php" values:"php php_serialize php_binary igbinary"`
	}

	// Symfony sites, `TAWK_SESSION=symfony`
	Symfony struct {
		// Firewall at which users log in, by its name in security.yaml, or by its context if it has one.
		Firewall string `env:"TAWK_SYMFONY_FIREWALL" envDefault:"main"`

		// The option `prefix` of RedisSessionHandler, or `none`.
		Prefix string `env:"TAWK_SYMFONY_PREFIX" envDefault:"sf_s"`
	}

	// Django, `TAWK_SESSION=django`
	Django struct {
		// `SECRET_KEY` of the site's settings, and behind it, separated by commas, those of `SECRET_KEY_FALLBACKS`; a key that
		// contains a comma is written as `base64:…`. Required for the engine `signed_cookies`; without it, records are believed
		// because they are in the site's store.
		SecretKey setting.Keys `env:"TAWK_DJANGO_SECRET_KEY"`

		// Table of the users, if not `auth_user`: `db_table` of `AUTH_USER_MODEL`. With `TAWK_USER_DSN`, a session ends when the
		// password there changes or the user is no longer active; a table without Django's own columns needs `TAWK_USER_QUERY`.
		UserTable string `env:"TAWK_DJANGO_USER_TABLE" envDefault:"auth_user"`

		// Last word of `SESSION_ENGINE`: `db`, `cached_db`, `cache`, `file` or `signed_cookies`.
		SessionEngine string `env:"TAWK_DJANGO_SESSION_ENGINE" envDefault:"db" values:"db cached_db cache file signed_cookies"`

		// What stands before the keys of the cache in Redis: `KEY_PREFIX`, a colon, `VERSION`, a colon, as in `shop:1:`.
		KeyPrefix string `env:"TAWK_DJANGO_KEY_PREFIX" envDefault:":1:"`
	}

	// Flask, `TAWK_SESSION=flask`
	Flask struct {
		// `SECRET_KEY` of the site, and behind it, separated by commas, those of `SECRET_KEY_FALLBACKS`; bytes are written as
		// `hex:…` or `base64:…`, and so is a key that contains a comma. Required unless Flask-Session keeps the sessions in a store;
		// then set it only if `SESSION_USE_SIGNER` is on.
		SecretKey setting.Keys `env:"TAWK_FLASK_SECRET_KEY"`

		// Salt of the signature, if the site has changed it (`SecureCookieSessionInterface.salt`).
		Salt string `env:"TAWK_FLASK_SALT"`

		// How the signature's key is derived (`SecureCookieSessionInterface.key_derivation`): `hmac`, unless the site has changed
		// it, or `concat`, `django-concat` or `none`.
		KeyDerivation string `env:"TAWK_FLASK_KEY_DERIVATION" envDefault:"hmac" values:"hmac concat django-concat none"`

		// `SESSION_KEY_PREFIX` of Flask-Session, or `none`.
		KeyPrefix string `env:"TAWK_FLASK_SESSION_KEY_PREFIX" envDefault:"session:"`
	}

	// Express with express-session, `TAWK_SESSION=express`
	Express struct {
		// The option `secret` of express-session; several, newest first, separated by commas. One that contains a comma is
		// written as `base64:…`. Without it, sessions are believed because they are in the site's store under an id that nobody can
		// guess: set it if the site makes ids of its own (`genid`).
		Secret setting.Keys `env:"TAWK_EXPRESS_SECRET"`

		// The option `prefix` of connect-redis, or `none`.
		Prefix string `env:"TAWK_EXPRESS_PREFIX" envDefault:"sess:"`
	}

	// Ruby on Rails, `TAWK_SESSION=rails`
	Rails struct {
		// `secret_key_base` of the site, and behind it, separated by commas, those that its cookies were rotated from. Required
		// unless there is a store, or `TAWK_RAILS_SECRET_TOKEN` is set.
		SecretKeyBase setting.Keys `env:"TAWK_RAILS_SECRET_KEY_BASE"`

		// `secret_token` of a Rails 3 or 4.0.
		SecretToken setting.Keys `env:"TAWK_RAILS_SECRET_TOKEN"`

		// Devise's table of users. With `TAWK_USER_DSN`, a session ends when the password there changes.
		UserTable string `env:"TAWK_RAILS_USER_TABLE" envDefault:"users"`

		// What `TAWK_SESSION_COOKIE` names: `encrypted`, the session or one of `cookies.encrypted`; `signed`, one of `cookies.signed`.
		Cookie string `env:"TAWK_RAILS_COOKIE" envDefault:"encrypted" values:"encrypted signed"`

		// What stands before the session's id in the keys in Redis: `_session_id:` with `:cache_store`, the namespace and a colon
		// with redis-rails, or `none`.
		KeyPrefix string `env:"TAWK_RAILS_KEY_PREFIX" envDefault:"_session_id:"`

		// `config.action_dispatch.authenticated_encrypted_cookie_salt`, if the site has changed it.
		AuthenticatedEncryptedCookieSalt string `env:"TAWK_RAILS_AUTHENTICATED_ENCRYPTED_COOKIE_SALT"`

		// `config.action_dispatch.encrypted_cookie_salt`, if the site has changed it.
		EncryptedCookieSalt string `env:"TAWK_RAILS_ENCRYPTED_COOKIE_SALT"`

		// `config.action_dispatch.encrypted_signed_cookie_salt`, if the site has changed it.
		EncryptedSignedCookieSalt string `env:"TAWK_RAILS_ENCRYPTED_SIGNED_COOKIE_SALT"`

		// `config.action_dispatch.signed_cookie_salt`, if the site has changed it.
		SignedCookieSalt string `env:"TAWK_RAILS_SIGNED_COOKIE_SALT"`

		// `config.active_support.key_generator_hash_digest_class`: `sha1`, as `load_defaults` of before 7.0 has it, or `sha256`. Not
		// set: cookies of either count, also where the site itself accepts one of them only.
		KeyDigest string `env:"TAWK_RAILS_KEY_GENERATOR_HASH_DIGEST_CLASS" values:"sha1 sha256"`

		// Rounds of the site's key generator.
		KeyIterations int `env:"TAWK_RAILS_KEY_ITERATIONS" envDefault:"1000"`
	}

	// WordPress, `TAWK_SESSION=wordpress`. The names are those of wp-config.php
	WordPress struct {
		// `LOGGED_IN_KEY`, without the quotes around it. Not set: it is not in wp-config.php either, but in the database.
		LoggedInKey setting.Secret `env:"TAWK_WORDPRESS_LOGGED_IN_KEY"`

		// `LOGGED_IN_SALT`, likewise.
		LoggedInSalt setting.Secret `env:"TAWK_WORDPRESS_LOGGED_IN_SALT"`

		// `$table_prefix`: what the names of the tables begin with.
		TablePrefix string `env:"TAWK_WORDPRESS_TABLE_PREFIX" envDefault:"wp_"`

		// `MULTISITE`: whether this is a network of sites.
		Multisite bool `env:"TAWK_WORDPRESS_MULTISITE" envDefault:"false"`
	}

	// Laravel, `TAWK_SESSION=laravel`. The names are those of .env
	Laravel struct {
		// `APP_KEY`, as it stands there: `base64:…`.
		Key setting.Keys `env:"TAWK_LARAVEL_APP_KEY"`

		// `APP_PREVIOUS_KEYS`, if there are any, with commas between.
		PreviousKeys setting.Keys `env:"TAWK_LARAVEL_APP_PREVIOUS_KEYS"`

		// `cipher` in config/app.php: `AES-256-CBC`, `AES-128-CBC`, `AES-256-GCM` or `AES-128-GCM`.
		Cipher string `env:"TAWK_LARAVEL_CIPHER" envDefault:"AES-256-CBC" values:"AES-256-CBC AES-128-CBC AES-256-GCM AES-128-GCM"`

		// `SESSION_LIFETIME`: minutes after which a session ends that was not used.
		Lifetime int `env:"TAWK_LARAVEL_SESSION_LIFETIME" envDefault:"120"`

		// Guard that knows the members: `defaults.guard` in config/auth.php.
		Guard string `env:"TAWK_LARAVEL_GUARD" envDefault:"web"`

		// `REDIS_PREFIX`, if sessions are in Redis: what its keys begin with, or `none`.
		RedisPrefix string `env:"TAWK_LARAVEL_REDIS_PREFIX" envDefault:"laravel_database_"`

		// `CACHE_PREFIX`, if sessions are in Redis: what stands between that and the id, or `none`. Up to Laravel 10 there is a colon
		// behind it.
		CachePrefix string `env:"TAWK_LARAVEL_CACHE_PREFIX" envDefault:"laravel_cache:"`

		// How cookies are written, by the release: `prefixed` since 6.18.30 and 7.22.3; `sha1` in 6.18.27, 6.18.28, 7.22.0 and 7.22.1;
		// `bare` since 5.5.42 and 5.6.30; `serialized` before.
		CookieForm string `env:"TAWK_LARAVEL_COOKIE_FORM" envDefault:"prefixed" values:"prefixed sha1 bare serialized"`
	}

	// An authenticating proxy in front
	Header struct {
		// Product whose headers are believed from `TAWK_TRUSTED_PROXIES` with `TAWK_SESSION=header`: `oauth2-proxy`,
		// `nginx-auth-request`, `authelia`, `tailscale` or `azure-easyauth`. For another, set `TAWK_USER_ID` and the like to the
		// names of its headers.
		Proxy string `env:"TAWK_HEADER_PROXY" values:"oauth2-proxy nginx-auth-request authelia tailscale azure-easyauth"`
	}

	// JSON Web Tokens, with `TAWK_SESSION=jwt`
	JWT struct {
		// How tokens are signed, which is the only way they are accepted: with a secret `HS256`, `HS384` or `HS512`; with a public
		// key `RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`, `ES256`, `ES384`, `ES512` or `EdDSA`. Required.
		Algorithm string `env:"TAWK_JWT_ALGORITHM" values:"HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA"`

		// Secrets with which the site signs its tokens, newest first, written as the keys of `TAWK_SESSION_KEY` are. Required for
		// `HS256`, `HS384` and `HS512`.
		Secret setting.Keys `env:"TAWK_JWT_SECRET"`

		// Public key of who signs the tokens, as the text of a PEM file with one or more keys or certificates. For the other
		// algorithms, either this or `TAWK_JWT_JWKS` is required.
		PublicKey setting.Secret `env:"TAWK_JWT_PUBLIC_KEY"`

		// Where the key set of who signs the tokens is: `https://host/.well-known/jwks.json`, or `file:///path` of a file. It is
		// fetched again every hour, and when a token names a key that it lacks.
		JWKS url.URL `env:"TAWK_JWT_JWKS"`

		// What `iss` must be in a token. Required where there is a public key; `none` if the tokens have no issuer.
		Issuer string `env:"TAWK_JWT_ISSUER"`

		// What `aud` must be in a token, or one of its elements. Required where there is a public key; `none` if the tokens have no
		// audience.
		Audience string `env:"TAWK_JWT_AUDIENCE"`

		// Header of the request in which the token comes, such as `Authorization`, instead of a cookie or before it.
		Header string `env:"TAWK_JWT_HEADER"`

		// Whether tokens without an end, `exp`, are refused.
		RequireExp bool `env:"TAWK_JWT_REQUIRE_EXP" envDefault:"true"`

		// By how much the clock of who signs the tokens may differ; at most `5m`.
		Leeway time.Duration `env:"TAWK_JWT_LEEWAY" envDefault:"0s"`
	}

	// Auth.js and NextAuth.js, with `TAWK_SESSION=authjs`
	AuthJS struct {
		// The site's `AUTH_SECRET` or `NEXTAUTH_SECRET`, newest first if there are several, written as the keys of
		// `TAWK_SESSION_KEY` are. Required.
		Secret setting.Keys `env:"TAWK_AUTHJS_SECRET"`
	}

	// Cookies signed by Keygrip, with `TAWK_SESSION=cookie-session` or `koa`
	Keygrip struct {
		// The `keys` of cookie-session, or the `app.keys` of Koa, newest first, written as those of `TAWK_SESSION_KEY` are. Required.
		Keys setting.Keys `env:"TAWK_KEYGRIP_KEYS"`

		// Digest of the signatures, if the site makes a Keygrip of its own: `sha1`, `sha256`, `sha384` or `sha512`.
		Digest string `env:"TAWK_KEYGRIP_DIGEST" envDefault:"sha1" values:"sha1 sha256 sha384 sha512"`
	}

	// iron-session and hapi's iron cookies, with `TAWK_SESSION=iron`
	Iron struct {
		// The site's `password`, newest first if there are several, written as the keys of `TAWK_SESSION_KEY` are. Required.
		Password setting.Keys `env:"TAWK_IRON_PASSWORD"`
	}

	// @fastify/secure-session, with `TAWK_SESSION=fastify`
	Fastify struct {
		// The site's `key`, newest first if there are several, as `base64:…` or `hex:…`. Either this or `TAWK_FASTIFY_SECRET` is
		// required.
		Key setting.Keys `env:"TAWK_FASTIFY_KEY"`

		// The site's `secret`. To make a key of it takes 256 MiB of memory at every start.
		Secret setting.Secret `env:"TAWK_FASTIFY_SECRET"`

		// The site's `salt`, if it has one beside its secret: 16 characters, or bytes as `base64:…` or `hex:…`.
		Salt setting.Keys `env:"TAWK_FASTIFY_SALT"`

		// The site's `expiry`: how long a session lasts after it was changed.
		Expiry time.Duration `env:"TAWK_FASTIFY_EXPIRY" envDefault:"24h0m1s"`
	}

	// Cloudflare Access in front, with `TAWK_SESSION=cloudflare-access`
	Cloudflare struct {
		// The team domain, such as `example.cloudflareaccess.com`. Required.
		TeamDomain string `env:"TAWK_CLOUDFLARE_TEAM_DOMAIN"`

		// The Application Audience (AUD) Tag of the application. Required.
		Audience string `env:"TAWK_CLOUDFLARE_AUD"`
	}

	// An Application Load Balancer of AWS in front, with `TAWK_SESSION=aws-alb`
	ALB struct {
		// ARN of the balancer, `arn:aws:elasticloadbalancing:…`: only its word counts. Required.
		Signer string `env:"TAWK_ALB_SIGNER"`

		// The `Issuer` set in the balancer's authenticate-oidc action. Not checked if not set.
		Issuer string `env:"TAWK_ALB_ISSUER"`
	}

	// Google's Identity-Aware Proxy in front, with `TAWK_SESSION=google-iap`
	IAP struct {
		// The `Signed Header JWT Audience`, such as `/projects/123456789/global/backendServices/987654321`. Required.
		Audience string `env:"TAWK_IAP_AUDIENCE"`
	}

	// The user in the session
	User struct {
		// Where in a session the user's id stands: the names on the way to it with dots between, such as `user.id`; for `header`
		// and `response` the name of a header. Where this is missing, nobody is logged in. Required, but for `header` if
		// `TAWK_HEADER_PROXY` is set; for `response`, where it is `X-Tawk-User-Id`; for tokens, where it is `sub`; and for
		// `wordpress`, `laravel`, `symfony`, `django`, `flask`, `express` and `rails`, which know where it stands.
		ID string `env:"TAWK_USER_ID"`

		// Where the user's name stands, such as `user.name`.
		Name string `env:"TAWK_USER_NAME"`

		// Where the user's e-mail address stands.
		Email string `env:"TAWK_USER_EMAIL"`

		// Where the user's phone number stands. Only one in international form, such as +442079460000, is passed on.
		Phone string `env:"TAWK_USER_PHONE"`

		// What else support staff shall see, and where it stands: `plan=account.plan,since=created`. Names are letters, digits and
		// dashes.
		Attributes setting.Pairs `env:"TAWK_USER_ATTRIBUTES"`

		// The site's database: `mysql://user:password@host:3306/database`, `postgres://…` or `sqlite:///absolute/path`. Of a socket,
		// `mysql://user:password@/database?socket=/run/mysqld/mysqld.sock` and `postgres://…@/database?host=/run/postgresql`. Let it be
		// an account that may only read. Required for `wordpress`.
		DSN setting.Secret `env:"TAWK_USER_DSN"`

		// Question to that database for what the session does not hold, with one `?` for the user's id (PostgreSQL: `$1`), such as
		// `SELECT name, email FROM users WHERE id = ?`, which is that of `laravel`; `django` and
		// `rails` have their own too. The columns `id`, `name`, `email` and `phone` are
		// those details; any other is an attribute.
		Query string `env:"TAWK_USER_QUERY"`

		// Put before every user id, such as `shop:`, so that two sites with one property do not share their users.
		Prefix string `env:"TAWK_USER_PREFIX"`
	}

	// Pages
	Page struct {
		// How a page says who is logged in: `page`, in itself; `endpoint`, its script asks tawkproxy, so that pages are the same for
		// everybody; `auto`, in itself unless caches may share the page, or it was asked for by another site, or it is too early to
		// tell, as in the answer to a login form.
		Identity string `env:"TAWK_IDENTITY" envDefault:"auto" values:"auto page endpoint"`

		// What a Content-Security-Policy that keeps the widget out leads to: `keep`, a line in the log that says what it lacks;
		// `extend`, the widget's sources are added where the policy restricts them. The login script is allowed in any case.
		CSP string `env:"TAWK_CSP" envDefault:"keep" values:"keep extend"`

		// Pages that get the script, separated by commas: paths, such as `/shop/*`, or addresses, such as
		// `https://www.example.com/*`. The rules are those of tawk.to's own plugins. Empty means all pages.
		Include []string `env:"TAWK_INCLUDE"`

		// Pages that do not get it, written in the same way.
		Exclude []string `env:"TAWK_EXCLUDE"`

		// Who compresses pages: `keep`, the site, as without tawkproxy; `proxy`, tawkproxy, which asks the site for plain pages;
		// `never`, nobody.
		Compress string `env:"TAWK_COMPRESS" envDefault:"keep" values:"keep proxy never"`

		// How much of a page is searched for the place of the script; a page whose head begins later stays as it is. Bytes, or
		// such as `64KiB` or `1MiB`.
		Window setting.Bytes `env:"TAWK_PAGE_WINDOW" envDefault:"64KiB"`

		// How long the site may take for this first part of a page, from its headers on; after that the page passes as it is.
		Timeout time.Duration `env:"TAWK_PAGE_TIMEOUT" envDefault:"5s"`
	}

	// The visitor's privacy
	Privacy struct {
		// Cookie by which the site remembers that a visitor agreed to the chat, as `name` or `name=value`: before that, nothing is
		// inserted. Pages are not shared by caches then.
		Consent string `env:"TAWK_CONSENT_COOKIE"`

		// Whether nothing is inserted for visitors whose browser sends the signal of Global Privacy Control. Pages are not shared by
		// caches then.
		RespectGPC bool `env:"TAWK_RESPECT_GPC" envDefault:"false"`

		// Whether the widget's own cookies are kept from the site: `twk_…` and `TawkConnectionTime`.
		HideWidgetCookies bool `env:"TAWK_HIDE_WIDGET_COOKIES" envDefault:"false"`
	}

	// Logging
	Log struct {
		// How much is logged: `debug`, `info`, `warn` or `error`.
		Level slog.Level `env:"TAWK_LOG_LEVEL" envDefault:"info"`

		// How log lines are written: `text` or `json`.
		Format string `env:"TAWK_LOG_FORMAT" envDefault:"text" values:"text json"`
	}

	warnings []string
	inForce  []slog.Attr
}

// source is this file, from which the meanings of the settings are read.
//
//go:embed config.go
var source string
