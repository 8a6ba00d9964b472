package setting

import (
	"net/netip"
	"time"
)

// Common is what every kind of session may know of the settings that are not its own.
type Common struct {
	Session        *Session
	User           *User
	TrustedProxies []netip.Prefix
	OwnPrefix      string // path of the proxy's own addresses
}

// Session is the settings of sessions that no kind has for itself alone.
type Session struct {
	// How to know who is logged in.
	Kind string `env:"TAWK_SESSION,notEmpty"`

	// Name of the site's session cookie. Required for `sql`, `gorilla`, `scs`, `rails` and `iron`, and for `jwt` unless
	// `TAWK_JWT_HEADER` is set; the other cookies have a usual name. With `site` and `response`, those who do not send it are
	// nobody, without a question.
	Cookie string `env:"TAWK_SESSION_COOKIE"`

	// Where the site keeps its sessions: nothing if in the cookie itself; a folder of files as `file:///absolute/folder`; or
	// Redis as `redis://user:password@host:6379/0`, `rediss://…` over TLS, `unix:///path/to.sock`, or with several hosts
	// `redis+sentinel://host:26379?master_name=…&addr=…` and `redis+cluster://host:6379?addr=…`; or, for `php`, `laravel`, `symfony`,
	// `django`, `rails` and `flask`, memcached as `memcached://host:11211`, `memcached:///path/to.sock`, `memcacheds://…` over TLS, or
	// with several servers as the site names them `memcached://a:11211,b:11211?hash=…`, where the hash of the site's client is one of
	// `modula`, `ketama`, `ketama_weighted`, `dalli`, `pymemcache`, `python-memcached`, `php-memcache`, `php-memcache-fnv`,
	// `php-memcache-standard` and `php-memcache-standard-fnv`, and need not be said where the kind has one. Nothing is ever written there.
	// For `laravel` also `cookie`, its second cookie. For `laravel`, `symfony`, `django`, `express`, `rails`, `flask` and `scs`
	// also `database`, a table in that of `TAWK_USER_DSN`; or the address of another database, written in the same way, as for `sql`. For
	// `express` and `laravel` also MongoDB, as `mongodb://user:password@host:27017/database` or `mongodb+srv://…`, with the parameters of its
	// drivers.
	Store Secret `env:"TAWK_SESSION_STORE"`

	// Name of the table with the sessions, or of the collection in MongoDB, if not the framework's own.
	Table string `env:"TAWK_SESSION_TABLE"`

	// What must stand in a session besides the user's id for the user to be logged in, as `logged_in=true,2fa_pending=`: the text
	// at each path, or nothing, false or 0 there if nothing follows the equals sign.
	Require Pairs `env:"TAWK_SESSION_REQUIRE"`

	// Sessions that are older count no longer, such as `720h`; where the framework itself has a limit, the shorter one holds. It
	// takes the place of gorilla's `MaxAge` (30 days), Flask's `PERMANENT_SESSION_LIFETIME` in cookies (31 days) and Django's
	// `SESSION_COOKIE_AGE` with `signed_cookies` or `file` (two weeks), which a site may have set to something else. For `php`,
	// `symfony` and `laravel` it counts from the last request. Not set: as the framework decides.
	MaxAge time.Duration `env:"TAWK_SESSION_MAX_AGE"`
}

// User is where in a session the user stands, and where the rest is looked up.
type User struct {
	// Where in a session the user's id stands: the names on the way to it with dots between, such as `user.id`; for `header` and
	// `response` the name of a header. Where this is missing, nobody is logged in. Required, but for `header` if
	// `TAWK_HEADER_PROXY` is set; for `response`, where it is `X-Tawk-User-Id`; for `jwt`, `authjs` and the tokens of services in
	// front, where it is `sub`; and for `wordpress`, `laravel`, `symfony`, `django`, `flask`, `express` and `rails`, which know
	// where it stands; and for `sql` without `TAWK_SESSION_RECORD`, where it is the column `id`.
	ID string `env:"TAWK_USER_ID"`

	// Where the user's name stands, such as `user.name`. Tokens need no setting if it is the claim `name`.
	Name string `env:"TAWK_USER_NAME"`

	// Where the user's e-mail address stands. Tokens need no setting if it is the claim `email`.
	Email string `env:"TAWK_USER_EMAIL"`

	// Where the user's phone number stands. Only one in international form, such as +442079460000, is passed on.
	Phone string `env:"TAWK_USER_PHONE"`

	// What else support staff shall see, and where it stands: `plan=account.plan,since=created`. Names are letters, digits and
	// dashes.
	Attributes Pairs `env:"TAWK_USER_ATTRIBUTES"`

	// The site's database: `mysql://user:password@host:3306/database`, `postgres://…` or `sqlite:///absolute/path`. Of a socket,
	// `mysql://user:password@/database?socket=/run/mysqld/mysqld.sock` and `postgres://…@/database?host=/run/postgresql`. Let it be
	// an account that may only read. Required for `wordpress`, and for `sql` unless `TAWK_SESSION_STORE` is set.
	DSN Secret `env:"TAWK_USER_DSN"`

	// Question to that database for what the session does not hold, with `:id` or `?` for the user's id (PostgreSQL: `$1`), such as
	// `SELECT name, email FROM users WHERE id = ?`, which is that of `laravel`; `django` and `rails` have their own too. The
	// columns `name`, `email` and `phone` are those details, any other is an attribute. A column `id` takes the place of the
	// user's id, and no row means that nobody is logged in: so what stands in the session may be a token, of which the question
	// tells whose it is, and whether it was revoked. `:now` is the time in Unix seconds, and any other name is a further value of the
	// session: `:tk` is what stands at the path `tk`. A session in which that is missing is nobody's.
	Query string `env:"TAWK_USER_QUERY"`

	// Where the further values of `TAWK_USER_QUERY` stand in a session, if not at the path of their name: `tk=auth.token`.
	QueryValues Pairs `env:"TAWK_USER_QUERY_VALUES"`

	// Put before every user id, such as `shop:`, so that two sites with one property do not share their users.
	Prefix string `env:"TAWK_USER_PREFIX"`
}
