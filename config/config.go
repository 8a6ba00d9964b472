// Package config is the settings of the program: environment variables, each written down once, in [Config].
//
// A setting is a field: the tag holds its name and default, the doc comment its meaning. The help text, docs/settings.md and
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
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"time"

	"tawkproxy/config/setting"
)

// Config is every setting, by subject. [Load] returns it complete and checked.
//
// Tags: env names the variable, ",notEmpty" after it makes it required; envDefault is the default; values lists the words
// allowed. Each group and each field has a doc comment, which operators read too: what holds for programmers only stands
// behind the tag. A field of type [setting.Secret] or [setting.Keys], or one with the tag file, can also be set by a file, named in
// the variable NAME_FILE.
type Config struct {
	// The site and the way to it
	Site struct {
		// Address of the site: `http://host:port`, `https://host:port` or `unix:/path/to.sock`.
		Upstream url.URL `env:"TAWK_UPSTREAM,notEmpty"` // unix: the socket is in Path; else only Scheme and Host

		// Name of the site as its visitors know it, for the pages on which they are told that it cannot be reached and the like.
		// Without it these speak of the website.
		Name string `env:"TAWK_SITE_NAME"`

		// Whether HTTP/2 is spoken to the site: with `https://` if it chooses so, with `http://` and `unix:` without asking (h2c). WebSockets
		// go by HTTP/1.1 all the same.
		UpstreamHTTP2 bool `env:"TAWK_UPSTREAM_HTTP2" envDefault:"false"`

		// PEM file with the authorities that vouch for the site's certificate, in place of those that the system knows. With
		// `https://` only.
		UpstreamCA string `env:"TAWK_UPSTREAM_CA"`

		// PEM file with a certificate that tawkproxy shows to a site which wants one, and those between it and its authority.
		UpstreamCert string `env:"TAWK_UPSTREAM_CERT"`

		// PEM file with the key of that certificate, without a password.
		UpstreamKey string `env:"TAWK_UPSTREAM_KEY"`

		// How long it may take to connect to the site; TLS may take as long again.
		UpstreamConnect time.Duration `env:"TAWK_UPSTREAM_CONNECT_TIMEOUT" envDefault:"5s"`

		// How long the site may take to begin an answer once it has the whole request; then the visitor is told so (504). 0 is for ever,
		// as slow pages and long polling may need. What has begun is never cut off.
		UpstreamAnswer time.Duration `env:"TAWK_UPSTREAM_ANSWER_TIMEOUT" envDefault:"0s"`

		// How long a connection to the site is kept for the next request. It must be shorter than the site keeps it, or a form that is
		// sent just when the site closes it is lost.
		UpstreamIdle time.Duration `env:"TAWK_UPSTREAM_IDLE_TIMEOUT" envDefault:"1s"`

		// Whether anything is done to pages. With `false` everything passes as it comes, as if tawkproxy were not there, and nobody's chat
		// is told anything. In a file it can be switched while the program runs: write `false` there and send SIGHUP.
		Enabled bool `env:"TAWK_ENABLED" envDefault:"true" file:"too"`

		// Where tawkproxy itself listens for visitors: `host:port`, or `:port` for every address of the machine.
		Listen string `env:"TAWK_LISTEN" envDefault:":8080"`

		// Where tawkproxy tells of itself, apart from the site: `/`, a page that shows how it does; `/metrics`, the same for
		// Prometheus; `/healthz` (the program is alive) and `/readyz` (the site can be reached, no shutdown in progress).
		// `host:port`, or `off` for nowhere. Where it is not an address of this machine alone, the first two need `TAWK_ADMIN_TOKEN`.
		AdminListen string `env:"TAWK_ADMIN_LISTEN" envDefault:"127.0.0.1:9180"` // "" when off

		// What whoever wants `/` or `/metrics` of `TAWK_ADMIN_LISTEN` must know, as `Authorization: Bearer …`, as `?token=…`, or
		// typed into the page: 16 characters or more, such as `openssl rand -hex 16` prints.
		AdminToken setting.Secret `env:"TAWK_ADMIN_TOKEN"`

		// How long visitors are still let in after SIGTERM, while `/readyz` says no and every answer ends its connection, so that
		// whoever sends visitors here has time to notice. Nobody waits after Ctrl-C.
		StopDelay time.Duration `env:"TAWK_STOP_DELAY" envDefault:"3s"`

		// How long running requests may take to finish after that; then they are cut off. Both together should stay below what those
		// wait who stop the program: Docker 10 s (`stop_grace_period`), Kubernetes 30 s (`terminationGracePeriodSeconds`), systemd 90 s.
		StopTimeout time.Duration `env:"TAWK_STOP_TIMEOUT" envDefault:"6s"`

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

	// TLS for visitors, where nothing in front speaks it
	TLS struct {
		// PEM file with the site's certificate and those between it and its authority. With it, TLS is spoken at `TAWK_LISTEN`, with
		// HTTP/1.1 and HTTP/2. The file is read again when it has changed.
		Cert string `env:"TAWK_TLS_CERT"`

		// PEM file with the key of that certificate, without a password.
		Key string `env:"TAWK_TLS_KEY"`

		// Names of the site, separated by commas, for which certificates are fetched by ACME and renewed, in place of files. Whoever sets
		// this agrees to the terms of the authority, which must reach tawkproxy under these names: port 443 leads to `TAWK_LISTEN`, or
		// port 80 to `TAWK_TLS_REDIRECT_LISTEN`.
		Domains []string `env:"TAWK_TLS_DOMAINS"`

		// Folder where these certificates are kept from one start to the next, with their keys. Required with `TAWK_TLS_DOMAINS`.
		Cache string `env:"TAWK_TLS_CACHE"`

		// The authority: address of its ACME directory.
		Directory url.URL `env:"TAWK_TLS_ACME_DIRECTORY" envDefault:"https://acme-v02.api.letsencrypt.org/directory"`

		// PEM file with the authorities that vouch for the server of that directory, if it is one of your own.
		AuthorityCA string `env:"TAWK_TLS_ACME_CA"`

		// Where plain HTTP is answered by leading browsers to https: `host:port`, or `off` for nowhere. Not set: `:80` with
		// `TAWK_TLS_DOMAINS`, else nowhere.
		Redirect string `env:"TAWK_TLS_REDIRECT_LISTEN"` // "" and off: nowhere
	}

	// What visitors may take up
	Limits struct {
		// How many connections visitors may have at the same time. When there are more, those are closed on which a request has been
		// waited for longest; if every one is at work, newcomers wait.
		Connections int `env:"TAWK_MAX_CONNECTIONS" envDefault:"4096"`

		// How many requests may be at the site at the same time, open WebSockets and event streams included. More of them wait, for
		// half a minute at most, and are then told that the site is busy. One client, by its address, gets two thirds of them at most.
		// With `TAWK_SESSION=site`, 32 questions may come on top.
		SiteConnections int `env:"TAWK_MAX_SITE_CONNECTIONS" envDefault:"1024"`

		// How large the header of a request may be; a larger one is answered 431. Bytes, or such as `64KiB` or `1MiB`.
		HeaderSize setting.Bytes `env:"TAWK_MAX_HEADER_SIZE" envDefault:"64KiB"`

		// How large the body of a request may be; a larger one is answered 413. Bytes, or such as `64KiB` or `1MiB`; 0 is no limit, as the
		// site has its own.
		BodySize setting.Bytes `env:"TAWK_MAX_BODY_SIZE" envDefault:"0"`

		// How long the header of a request may take to arrive, and a TLS handshake.
		HeaderTime time.Duration `env:"TAWK_HEADER_TIMEOUT" envDefault:"20s"`

		// How long a visitor's connection is kept for the next request. It must be longer than whatever stands in front keeps it, or
		// a request that it sends just when tawkproxy closes it is lost: nginx and Amazon's load balancers keep theirs for 60 s,
		// Google's for 600 s.
		IdleTime time.Duration `env:"TAWK_IDLE_TIMEOUT" envDefault:"620s"`

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
	Session setting.Session

	// The user in the session
	User setting.User

	// Pages
	Page struct {
		// How a page says who is logged in: `page`, in itself; `endpoint`, its script asks tawkproxy, so that pages are the same for
		// everybody; `auto`, in itself unless caches may share the page, or it was asked for by another site, or it is too early to
		// tell, as in the answer to a login form.
		Identity string `env:"TAWK_IDENTITY" envDefault:"auto" values:"auto page endpoint"`

		// Where the login script is: `auto`, at an address of its own below `TAWK_OWN_PREFIX`, which browsers keep, as soon as one of
		// them has got there, and in the pages whose policies forbid that; `inline`, in every page.
		Script string `env:"TAWK_SCRIPT" envDefault:"auto" values:"auto inline"`

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

		// Whether each request becomes a line in the log, at `info`: `off`, it does not, since the site has a log of its own; `paths`,
		// with the path and without the query; `queries`, with both. An address, a cookie or another header never stands there.
		Access string `env:"TAWK_ACCESS_LOG" envDefault:"off" values:"off paths queries"`

		// Who sends this as a header `Tawkproxy-Explain` gets one of that name back, which says what became of the page and why, and
		// whether somebody is logged in: 16 characters or more, such as `openssl rand -hex 16` prints.
		ExplainToken setting.Secret `env:"TAWK_EXPLAIN_TOKEN"`
	}

	chosen   setting.Variant
	warnings []string
	inForce  []slog.Attr
}

// AdminLocal tells whether nobody but this machine reaches TAWK_ADMIN_LISTEN.
func (c *Config) AdminLocal() bool {
	host, _, err := net.SplitHostPort(c.Site.AdminListen)
	return err == nil && setting.Loopback(host)
}

// Chosen returns the kind of sessions, with its own settings.
func (c *Config) Chosen() setting.Variant { return c.chosen }
