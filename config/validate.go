package config

import (
	"fmt"
	"log/slog"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tawkproxy/config/setting"
)

// needs lists the settings that one of the words, chosen for another one, requires.
var needs = []struct {
	setting, words string
	needed         []string
}{
	{"TAWK_EMBED", "auto", []string{"TAWK_PROPERTY_ID"}},
}

// rules lists what the types of the shared settings cannot say.
func (c *Config) rules(chosen setting.Variant) []setting.Rule {
	at := func(check func() error, settings ...string) setting.Rule {
		return setting.Rule{Settings: settings, Check: check}
	}
	site, widget, session, user, page := &c.Site, &c.Widget, &c.Session, &c.User, &c.Page
	return []setting.Rule{
		at(func() error { return upstream(&site.Upstream) }, "TAWK_UPSTREAM"),
		at(func() error { return siteName(site.Name) }, "TAWK_SITE_NAME"),
		at(func() error { return address(site.Listen) }, "TAWK_LISTEN"),
		at(func() error { return adminAddress(&site.AdminListen) }, "TAWK_ADMIN_LISTEN"),
		at(func() error { return guessable(site.AdminToken) }, "TAWK_ADMIN_TOKEN"),
		at(func() error { return guessable(c.Log.ExplainToken) }, "TAWK_EXPLAIN_TOKEN"),
		at(func() error { return circle(site.Upstream, site.Listen) }, "TAWK_UPSTREAM", "TAWK_LISTEN"),
		at(func() error { return apart(site.AdminListen, site.Listen) }, "TAWK_ADMIN_LISTEN", "TAWK_LISTEN"),
		at(func() error { return beside(c.TLS.Cert, "TAWK_TLS_KEY", c.TLS.Key) }, "TAWK_TLS_CERT", "TAWK_TLS_KEY"),
		at(func() error { return beside(c.TLS.Key, "TAWK_TLS_CERT", c.TLS.Cert) }, "TAWK_TLS_KEY", "TAWK_TLS_CERT"),
		at(func() error { return absolute(c.TLS.Cert) }, "TAWK_TLS_CERT"),
		at(func() error { return absolute(c.TLS.Key) }, "TAWK_TLS_KEY"),
		at(func() error { return domains(c.TLS.Domains, c.TLS.Cert) }, "TAWK_TLS_DOMAINS", "TAWK_TLS_CERT"),
		at(func() error { return cache(c.TLS.Cache, c.TLS.Domains) }, "TAWK_TLS_CACHE", "TAWK_TLS_DOMAINS"),
		at(func() error { return directory(&c.TLS.Directory) }, "TAWK_TLS_ACME_DIRECTORY"),
		at(func() error { return absolute(c.TLS.AuthorityCA) }, "TAWK_TLS_ACME_CA"),
		at(func() error { return redirect(&c.TLS.Redirect, c.TLS.Cert, c.TLS.Domains) },
			"TAWK_TLS_REDIRECT_LISTEN", "TAWK_TLS_CERT", "TAWK_TLS_DOMAINS"),
		at(func() error { return apart(c.TLS.Redirect, site.Listen) }, "TAWK_TLS_REDIRECT_LISTEN", "TAWK_LISTEN"),
		at(func() error { return beside(site.UpstreamCert, "TAWK_UPSTREAM_KEY", site.UpstreamKey) }, "TAWK_UPSTREAM_CERT", "TAWK_UPSTREAM_KEY"),
		at(func() error { return beside(site.UpstreamKey, "TAWK_UPSTREAM_CERT", site.UpstreamCert) }, "TAWK_UPSTREAM_KEY", "TAWK_UPSTREAM_CERT"),
		at(func() error { return towardsTLS(site.UpstreamCA, site.Upstream) }, "TAWK_UPSTREAM_CA", "TAWK_UPSTREAM"),
		at(func() error { return towardsTLS(site.UpstreamCert, site.Upstream) }, "TAWK_UPSTREAM_CERT", "TAWK_UPSTREAM"),
		at(func() error { return absolute(site.UpstreamKey) }, "TAWK_UPSTREAM_KEY"),
		at(func() error { return setting.Positive(site.UpstreamConnect) }, "TAWK_UPSTREAM_CONNECT_TIMEOUT"),
		at(func() error { return setting.NotNegative(site.UpstreamAnswer) }, "TAWK_UPSTREAM_ANSWER_TIMEOUT"),
		at(func() error { return setting.Positive(site.UpstreamIdle) }, "TAWK_UPSTREAM_IDLE_TIMEOUT"),
		at(func() error { return setting.Positive(c.Limits.HeaderTime) }, "TAWK_HEADER_TIMEOUT"),
		at(func() error { return setting.Positive(c.Limits.IdleTime) }, "TAWK_IDLE_TIMEOUT"),
		at(func() error { return ownPrefix(site.OwnPrefix) }, "TAWK_OWN_PREFIX"),
		at(func() error { return stopDelay(site.StopDelay) }, "TAWK_STOP_DELAY"),
		at(func() error { return stopTimeout(site.StopTimeout) }, "TAWK_STOP_TIMEOUT"),
		at(func() error { return connections(c.Limits.Connections) }, "TAWK_MAX_CONNECTIONS"),
		at(func() error { return connections(c.Limits.SiteConnections) }, "TAWK_MAX_SITE_CONNECTIONS"),
		at(func() error { return headerSize(c.Limits.HeaderSize) }, "TAWK_MAX_HEADER_SIZE"),
		at(func() error { return propertyID(widget.Property, widget.ID) }, "TAWK_PROPERTY_ID"),
		at(func() error { return widgetID(widget.ID) }, "TAWK_WIDGET_ID"),
		at(func() error { return secretKey(widget.Key) }, "TAWK_SECRET_KEY"),
		at(func() error { return origin(&widget.Origin) }, "TAWK_EMBED_ORIGIN"),
		at(func() error { return setting.CookieName(session.Cookie) }, "TAWK_SESSION_COOKIE"),
		at(func() error { return storeOf(chosen, session.Store.Reveal(), user.DSN) }, "TAWK_SESSION_STORE", "TAWK_SESSION", "TAWK_USER_DSN"),
		at(func() error { return setting.TableName(session.Table) }, "TAWK_SESSION_TABLE"),
		at(func() error { return tableOf(chosen, session.Table, session.Store.Reveal()) },
			"TAWK_SESSION_TABLE", "TAWK_SESSION", "TAWK_SESSION_STORE"),
		at(func() error { return maxAge(chosen, session.MaxAge) }, "TAWK_SESSION_MAX_AGE", "TAWK_SESSION"),
		at(func() error { return database(user.DSN.Reveal()) }, "TAWK_USER_DSN"),
		at(func() error { return userQuery(user.Query, user.DSN) }, "TAWK_USER_QUERY", "TAWK_USER_DSN"),
		at(func() error { return attributes(user.Attributes) }, "TAWK_USER_ATTRIBUTES"),
		at(func() error { return patterns(page.Include) }, "TAWK_INCLUDE"),
		at(func() error { return patterns(page.Exclude) }, "TAWK_EXCLUDE"),
		at(func() error { return window(page.Window) }, "TAWK_PAGE_WINDOW"),
		at(func() error { return setting.Positive(page.Timeout) }, "TAWK_PAGE_TIMEOUT"),
		at(func() error { return consent(c.Privacy.Consent) }, "TAWK_CONSENT_COOKIE"),
		at(func() error { return accessLog(c.Log.Access, c.Log.Level) }, "TAWK_ACCESS_LOG", "TAWK_LOG_LEVEL"),
	}
}

// bothIDs finds the property's id and the widget's in an embed code.
var bothIDs = regexp.MustCompile(`\b([0-9A-Fa-f]{24})/([0-9A-Za-z]{1,50})\b`)

// propertyID checks the id as tawk.to's own plugins do. A wrong one is not shown: it may be the secret key.
func propertyID(id, widget string) error {
	form := regexp.MustCompile(`^[0-9A-Fa-f]{24}$`)
	if id == "" || form.MatchString(id) {
		return nil
	}
	if form.MatchString(widget) {
		return setting.Wrong("exchange the two", "is not a property id, but TAWK_WIDGET_ID holds one")
	}
	if ids := bothIDs.FindStringSubmatch(id); ids != nil {
		return setting.Wrong(fmt.Sprintf("write TAWK_PROPERTY_ID=%s and TAWK_WIDGET_ID=%s", ids[1], ids[2]), "holds more than the property id")
	}
	return setting.Wrong("write the 24 hex digits behind https://embed.tawk.to/ in the embed code",
		"is not a property id (%d characters)", utf8.RuneCountInString(id))
}

// siteName checks that the name can stand in a heading.
func siteName(name string) error {
	if utf8.RuneCountInString(name) > 100 || strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsPrint(c) }) {
		return setting.Wrong("write the name as visitors know it, in one line", "has more than 100 characters, or some that cannot be shown")
	}
	return nil
}

func widgetID(id string) error {
	if ids := bothIDs.FindStringSubmatch(id); ids != nil {
		return setting.Wrong(fmt.Sprintf("write TAWK_PROPERTY_ID=%s and TAWK_WIDGET_ID=%s", ids[1], ids[2]), "holds more than the widget id")
	}
	if !regexp.MustCompile(`^[0-9A-Za-z]{1,50}$`).MatchString(id) {
		return setting.Wrong("write the letters and digits behind the property id in the embed code, or default",
			"%s is not a widget id", setting.Quote(id))
	}
	return nil
}

func secretKey(key setting.Secret) error {
	if text := key.Reveal(); strings.TrimSpace(text) != text {
		return setting.Wrong("remove them", "has blanks or line breaks before or behind the key")
	}
	return nil
}

// leastToken is how many characters a token has at least that nobody shall guess.
const leastToken = 16

// guessable checks what a client sends in a header to be let in.
func guessable(secret setting.Secret) error {
	text := secret.Reveal()
	const remedy = "write what openssl rand -hex 16 prints, or the like"
	switch {
	case !secret.IsSet():
		return nil
	case strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
		return setting.Wrong(remedy, "has blanks or other characters that no header takes as they are")
	case len(text) < leastToken:
		return setting.Wrong(remedy, "has less than %d characters, which can be guessed", leastToken)
	}
	return nil
}

// store checks the address of a session store. It is not shown: a password may stand in it.
func store(address string) error {
	if address == "" {
		return nil
	}
	if scheme, servers, isURL := strings.Cut(address, "://"); isURL && (scheme == "memcached" || scheme == "memcacheds") {
		return memcached(servers)
	}
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return setting.Wrong("write file:///absolute/folder or redis://host:6379/0; %-escape what has a meaning in URLs", "is not a URL")
	case u.Scheme == "" && path.IsAbs(u.Path):
		return setting.Wrong("write file:// in front of it", "is a path without a scheme")
	case slices.Contains([]string{"redis", "rediss", "unix", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster"}, u.Scheme):
		return nil
	case u.Scheme != "file":
		return setting.Wrong("write file:///absolute/folder, redis://host:6379/0, or nothing if sessions are in the cookie",
			"does not begin with the name of a kind of store")
	case u.Host != "" || u.User != nil:
		return setting.Wrong("write file:///absolute/folder, with three slashes", "does not name a folder of this machine")
	case u.RawQuery != "" || u.Fragment != "" || !path.IsAbs(u.Path) || path.Clean(u.Path) == "/":
		return setting.Wrong("write file:///absolute/folder", "does not name a folder")
	}
	return nil
}

// memcached checks that servers are named, which need not be by a URL as others are: there may be several. The rest is checked when it is
// opened.
func memcached(servers string) error {
	if at := strings.LastIndexByte(servers, '@'); at >= 0 {
		servers = servers[at+1:]
	}
	if servers == "" || strings.HasPrefix(servers, "?") {
		return setting.Wrong("write memcached://host:11211, or several with commas between", "names no server")
	}
	return nil
}

// maxAge checks how old sessions may be, which not every kind can tell.
func maxAge(chosen setting.Variant, age time.Duration) error {
	if age > 0 && chosen.Ageless {
		return setting.Wrong("remove it", "cannot be kept with TAWK_SESSION=%s, whose sessions do not say when they were made", chosen.Name)
	}
	return setting.NotNegative(age)
}

// attributes checks the names by the rules of tawk.to's setAttributes.
func attributes(pairs setting.Pairs) error {
	for _, pair := range pairs {
		if !regexp.MustCompile(`^[0-9A-Za-z-]+$`).MatchString(pair.Name) {
			return setting.Wrong("write name=path, the name of letters, digits and dashes", "%s is not a name for an attribute", setting.Quote(pair.Name))
		}
		if pair.Value == "" {
			return setting.Wrong("write "+pair.Name+"=path", "%s has no path", setting.Quote(pair.Name))
		}
	}
	if len(pairs) > 50 {
		return setting.Wrong("leave some out", "has %d attributes; tawk.to takes 50", len(pairs))
	}
	return nil
}

func window(size setting.Bytes) error {
	if size < 1<<10 || size > 16<<20 {
		return setting.Wrong("write a size from 1KiB to 16MiB", "is too small or too large")
	}
	return nil
}

// accessLog checks that the lines of requests would be seen.
func accessLog(what string, level slog.Level) error {
	if what != "off" && level > slog.LevelInfo {
		return setting.Wrong("write info for it, or take the access log out",
			"is left out by TAWK_LOG_LEVEL=%s: its lines are of level info", strings.ToLower(level.String()))
	}
	return nil
}
