package config

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"tawkproxy/config/setting"
)

// needs lists the settings that one of the words, chosen for another one, requires.
var needs = []struct {
	entry, words string
	needed       []string
}{
	{"TAWK_EMBED", "auto", []string{"TAWK_PROPERTY_ID"}},
	{"TAWK_SESSION", "gorilla", []string{"TAWK_SESSION_COOKIE", "TAWK_USER_ID"}},
	{"TAWK_SESSION", "scs", []string{"TAWK_SESSION_COOKIE", "TAWK_SESSION_STORE", "TAWK_USER_ID"}},
	{"TAWK_SESSION", "php", []string{"TAWK_USER_ID"}},
	{"TAWK_SESSION", "site", []string{"TAWK_SESSION_URL", "TAWK_USER_ID"}},
	{"TAWK_SESSION", "jwt", []string{"TAWK_JWT_ALGORITHM"}},
	{"TAWK_JWT_ALGORITHM", "HS256 HS384 HS512", []string{"TAWK_JWT_SECRET"}},
	{"TAWK_JWT_ALGORITHM", "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA",
		[]string{"TAWK_JWT_ISSUER", "TAWK_JWT_AUDIENCE"}},
	{"TAWK_SESSION", "authjs", []string{"TAWK_AUTHJS_SECRET"}},
	{"TAWK_SESSION", "cookie-session koa", []string{"TAWK_KEYGRIP_KEYS", "TAWK_USER_ID"}},
	{"TAWK_SESSION", "iron", []string{"TAWK_SESSION_COOKIE", "TAWK_IRON_PASSWORD", "TAWK_USER_ID"}},
	{"TAWK_SESSION", "fastify", []string{"TAWK_USER_ID"}},
	{"TAWK_SESSION", "cloudflare-access", []string{"TAWK_CLOUDFLARE_TEAM_DOMAIN", "TAWK_CLOUDFLARE_AUD"}},
	{"TAWK_SESSION", "aws-alb", []string{"TAWK_ALB_SIGNER"}},
	{"TAWK_SESSION", "google-iap", []string{"TAWK_IAP_AUDIENCE"}},
	{"TAWK_SESSION", "rails", []string{"TAWK_SESSION_COOKIE"}},
	{"TAWK_DJANGO_SESSION_ENGINE", "signed_cookies", []string{"TAWK_DJANGO_SECRET_KEY"}},
	{"TAWK_SESSION", "wordpress", []string{"TAWK_USER_DSN"}},
	{"TAWK_SESSION", "laravel", []string{"TAWK_LARAVEL_APP_KEY"}},
}

// rules is what the types of the fields cannot say. A rule belongs to the first of its settings and is applied if none of them
// has a mistake; it may bring a value into its usual form. Settings that are not set have their default, or the zero value.
var rules = []struct {
	settings []string
	check    func(c *Config) error
}{
	{[]string{"TAWK_UPSTREAM"}, func(c *Config) error { return upstream(&c.Site.Upstream) }},
	{[]string{"TAWK_LISTEN"}, func(c *Config) error { return address(c.Site.Listen) }},
	{[]string{"TAWK_ADMIN_LISTEN"}, func(c *Config) error { return adminAddress(&c.Site.AdminListen) }},
	{[]string{"TAWK_UPSTREAM", "TAWK_LISTEN"}, func(c *Config) error { return circle(c.Site.Upstream, c.Site.Listen) }},
	{[]string{"TAWK_ADMIN_LISTEN", "TAWK_LISTEN"}, func(c *Config) error { return apart(c.Site.AdminListen, c.Site.Listen) }},
	{[]string{"TAWK_TRUSTED_PROXIES", "TAWK_SESSION"}, func(c *Config) error {
		return authProxies(c.Session.Kind, c.Site.TrustedProxies)
	}},
	{[]string{"TAWK_STOP_DELAY"}, func(c *Config) error { return stopDelay(c.Site.StopDelay) }},
	{[]string{"TAWK_MAX_CONNECTIONS"}, func(c *Config) error { return connections(c.Limits.Connections) }},
	{[]string{"TAWK_MAX_SITE_CONNECTIONS"}, func(c *Config) error { return connections(c.Limits.SiteConnections) }},
	{[]string{"TAWK_MAX_HEADER_SIZE"}, func(c *Config) error { return headerSize(c.Limits.HeaderSize) }},
	{[]string{"TAWK_PROPERTY_ID"}, func(c *Config) error { return propertyID(c.Widget.Property) }},
	{[]string{"TAWK_WIDGET_ID"}, func(c *Config) error { return widgetID(c.Widget.ID) }},
	{[]string{"TAWK_SECRET_KEY"}, func(c *Config) error { return secretKey(c.Widget.Key) }},
	{[]string{"TAWK_EMBED_ORIGIN"}, func(c *Config) error { return origin(&c.Widget.Origin) }},
	{[]string{"TAWK_SESSION_COOKIE"}, func(c *Config) error { return setting.CookieName(c.Session.Cookie) }},
	{[]string{"TAWK_SESSION_URL", "TAWK_OWN_PREFIX"}, func(c *Config) error { return sitePath(c.Session.URL, c.Site.OwnPrefix) }},
	{[]string{"TAWK_USER_ID", "TAWK_SESSION", "TAWK_HEADER_PROXY"}, func(c *Config) error {
		return headerID(c.Session.Kind, c.Header.Proxy, c.User.ID)
	}},
	{[]string{"TAWK_SESSION_KEY"}, func(c *Config) error { return setting.SigningKeys(c.Session.Key) }},
	{[]string{"TAWK_SESSION_KEY", "TAWK_SESSION", "TAWK_SESSION_STORE"}, func(c *Config) error {
		return gorillaKey(c.Session.Kind, c.Session.Key, c.Session.Store.Reveal())
	}},
	{[]string{"TAWK_SESSION_BLOCK_KEY"}, func(c *Config) error { return setting.BlockKeys(c.Session.BlockKey) }},
	{[]string{"TAWK_SESSION_BLOCK_KEY", "TAWK_SESSION_KEY"}, func(c *Config) error {
		return setting.BlockPairs(c.Session.BlockKey, c.Session.Key)
	}},
	{[]string{"TAWK_SESSION_STORE", "TAWK_SESSION"}, expressStore},
	{[]string{"TAWK_SESSION_STORE", "TAWK_SESSION", "TAWK_DJANGO_SESSION_ENGINE", "TAWK_USER_DSN"}, djangoStore},
	{[]string{"TAWK_DJANGO_SESSION_ENGINE", "TAWK_SESSION", "TAWK_SESSION_STORE"}, djangoEngine},
	{[]string{"TAWK_DJANGO_SECRET_KEY"}, func(c *Config) error { return setting.SigningKeys(c.Django.SecretKey) }},
	{[]string{"TAWK_FLASK_SECRET_KEY"}, func(c *Config) error { return setting.SigningKeys(c.Flask.SecretKey) }},
	{[]string{"TAWK_FLASK_SECRET_KEY", "TAWK_SESSION", "TAWK_SESSION_STORE"}, flaskKey},
	{[]string{"TAWK_EXPRESS_SECRET"}, func(c *Config) error { return setting.SigningKeys(c.Express.Secret) }},
	{[]string{"TAWK_RAILS_SECRET_KEY_BASE"}, func(c *Config) error { return setting.SigningKeys(c.Rails.SecretKeyBase) }},
	{[]string{"TAWK_RAILS_SECRET_KEY_BASE", "TAWK_RAILS_SECRET_TOKEN", "TAWK_SESSION", "TAWK_SESSION_STORE"}, railsKey},
	{[]string{"TAWK_RAILS_SECRET_TOKEN"}, func(c *Config) error { return setting.SigningKeys(c.Rails.SecretToken) }},
	{[]string{"TAWK_DJANGO_USER_TABLE"}, func(c *Config) error { return tableName(c.Django.UserTable) }},
	{[]string{"TAWK_RAILS_USER_TABLE"}, func(c *Config) error { return tableName(c.Rails.UserTable) }},
	{[]string{"TAWK_RAILS_KEY_ITERATIONS"}, func(c *Config) error { return rounds(c.Rails.KeyIterations) }},
	{[]string{"TAWK_OWN_PREFIX"}, func(c *Config) error { return ownPrefix(c.Site.OwnPrefix) }},
	{[]string{"TAWK_IDENTITY", "TAWK_SESSION_URL"}, identity},
	{[]string{"TAWK_INCLUDE"}, func(c *Config) error { return patterns(c.Page.Include) }},
	{[]string{"TAWK_EXCLUDE"}, func(c *Config) error { return patterns(c.Page.Exclude) }},
	{[]string{"TAWK_CONSENT_COOKIE"}, func(c *Config) error { return consent(c.Privacy.Consent) }},
	{[]string{"TAWK_PHP_SAVE_PATH", "TAWK_SESSION", "TAWK_SESSION_STORE"}, func(c *Config) error {
		return phpStore(c.Session.Kind, c.PHP.SavePath, c.Session.Store)
	}},
	{[]string{"TAWK_SESSION_STORE", "TAWK_SESSION", "TAWK_USER_DSN"}, func(c *Config) error {
		return storeOf(c.Session.Kind, c.Session.Store.Reveal(), c.User.DSN)
	}},
	{[]string{"TAWK_SESSION_TABLE"}, func(c *Config) error { return tableName(c.Session.Table) }},
	{[]string{"TAWK_SESSION_MAX_AGE"}, func(c *Config) error { return setting.NotNegative(c.Session.MaxAge) }},
	{[]string{"TAWK_WORDPRESS_TABLE_PREFIX"}, func(c *Config) error { return tablePrefix(c.WordPress.TablePrefix) }},
	{[]string{"TAWK_LARAVEL_APP_KEY", "TAWK_LARAVEL_CIPHER"}, func(c *Config) error {
		return laravelKeys(c.Laravel.Key, c.Laravel.Cipher)
	}},
	{[]string{"TAWK_LARAVEL_APP_PREVIOUS_KEYS", "TAWK_LARAVEL_CIPHER"}, func(c *Config) error {
		return laravelKeys(c.Laravel.PreviousKeys, c.Laravel.Cipher)
	}},
	{[]string{"TAWK_LARAVEL_SESSION_LIFETIME"}, func(c *Config) error { return minutes(c.Laravel.Lifetime) }},
	{[]string{"TAWK_SYMFONY_PREFIX"}, func(c *Config) error { return setting.None(&c.Symfony.Prefix) }},
	{[]string{"TAWK_LARAVEL_REDIS_PREFIX"}, func(c *Config) error { return setting.None(&c.Laravel.RedisPrefix) }},
	{[]string{"TAWK_LARAVEL_CACHE_PREFIX"}, func(c *Config) error { return setting.None(&c.Laravel.CachePrefix) }},
	{[]string{"TAWK_FLASK_SESSION_KEY_PREFIX"}, func(c *Config) error { return setting.None(&c.Flask.KeyPrefix) }},
	{[]string{"TAWK_EXPRESS_PREFIX"}, func(c *Config) error { return setting.None(&c.Express.Prefix) }},
	{[]string{"TAWK_EXPRESS_PREFIX", "TAWK_EXPRESS_SECRET", "TAWK_SESSION", "TAWK_SESSION_STORE"}, expressPrefix},
	{[]string{"TAWK_RAILS_KEY_PREFIX"}, func(c *Config) error { return setting.None(&c.Rails.KeyPrefix) }},
	{[]string{"TAWK_USER_ID", "TAWK_SESSION"}, func(c *Config) error { return phpPath(c.Session.Kind, c.User.ID) }},
	{[]string{"TAWK_USER_DSN"}, func(c *Config) error { return database(c.User.DSN.Reveal()) }},
	{[]string{"TAWK_USER_QUERY", "TAWK_USER_DSN"}, func(c *Config) error { return userQuery(c.User.Query, c.User.DSN) }},
	{[]string{"TAWK_USER_ATTRIBUTES"}, func(c *Config) error { return attributes(c.User.Attributes) }},
	{[]string{"TAWK_SESSION_COOKIE", "TAWK_SESSION", "TAWK_JWT_HEADER"}, func(c *Config) error {
		return tokenPlace(c.Session.Kind, c.Session.Cookie, c.JWT.Header)
	}},
	{[]string{"TAWK_JWT_SECRET"}, func(c *Config) error { return setting.SigningKeys(c.JWT.Secret) }},
	{[]string{"TAWK_JWT_PUBLIC_KEY"}, func(c *Config) error { return publicKey(&c.JWT.PublicKey) }},
	{[]string{"TAWK_JWT_PUBLIC_KEY", "TAWK_JWT_JWKS", "TAWK_JWT_ALGORITHM"}, func(c *Config) error {
		return tokenKey(c.JWT.Algorithm, c.JWT.PublicKey, c.JWT.JWKS)
	}},
	{[]string{"TAWK_JWT_JWKS"}, func(c *Config) error { return keySet(c.JWT.JWKS) }},
	{[]string{"TAWK_JWT_ISSUER"}, func(c *Config) error { return unchecked(&c.JWT.Issuer) }},
	{[]string{"TAWK_JWT_AUDIENCE"}, func(c *Config) error { return unchecked(&c.JWT.Audience) }},
	{[]string{"TAWK_JWT_HEADER"}, func(c *Config) error { return setting.HeaderName(c.JWT.Header) }},
	{[]string{"TAWK_JWT_LEEWAY"}, func(c *Config) error { return leeway(c.JWT.Leeway) }},
	{[]string{"TAWK_AUTHJS_SECRET"}, func(c *Config) error { return setting.SigningKeys(c.AuthJS.Secret) }},
	{[]string{"TAWK_KEYGRIP_KEYS"}, func(c *Config) error { return setting.SigningKeys(c.Keygrip.Keys) }},
	{[]string{"TAWK_IRON_PASSWORD"}, func(c *Config) error { return ironPasswords(c.Iron.Password) }},
	{[]string{"TAWK_FASTIFY_KEY", "TAWK_SESSION", "TAWK_FASTIFY_SECRET"}, func(c *Config) error {
		return fastifyKeys(c.Session.Kind, c.Fastify.Key, c.Fastify.Secret)
	}},
	{[]string{"TAWK_FASTIFY_SECRET"}, func(c *Config) error { return fastifySecret(c.Fastify.Secret) }},
	{[]string{"TAWK_FASTIFY_SALT"}, func(c *Config) error { return fastifySalt(c.Fastify.Salt) }},
	{[]string{"TAWK_FASTIFY_EXPIRY"}, func(c *Config) error { return setting.Positive(c.Fastify.Expiry) }},
	{[]string{"TAWK_CLOUDFLARE_TEAM_DOMAIN"}, func(c *Config) error { return teamDomain(&c.Cloudflare.TeamDomain) }},
	{[]string{"TAWK_ALB_SIGNER"}, func(c *Config) error { return balancer(c.ALB.Signer) }},
	{[]string{"TAWK_IAP_AUDIENCE"}, func(c *Config) error { return iapAudience(c.IAP.Audience) }},
	{[]string{"TAWK_SESSION_MAX_AGE", "TAWK_SESSION"}, func(c *Config) error { return ageless(c.Session.Kind, c.Session.MaxAge) }},
	{[]string{"TAWK_PAGE_WINDOW"}, func(c *Config) error { return window(c.Page.Window) }},
	{[]string{"TAWK_PAGE_TIMEOUT"}, func(c *Config) error { return setting.Positive(c.Page.Timeout) }},
}

// propertyID checks the id as tawk.to's own plugins do. A wrong one is not shown: it may be the secret key.
func propertyID(id string) error {
	if id == "" || regexp.MustCompile(`^[0-9A-Fa-f]{24}$`).MatchString(id) {
		return nil
	}
	if ids := regexp.MustCompile(`\b([0-9A-Fa-f]{24})/([0-9A-Za-z]{1,50})\b`).FindStringSubmatch(id); ids != nil {
		return setting.Wrong(fmt.Sprintf("write TAWK_PROPERTY_ID=%s and TAWK_WIDGET_ID=%s", ids[1], ids[2]), "holds more than the property id")
	}
	return setting.Wrong("write the 24 hex digits behind https://embed.tawk.to/ in the embed code",
		"is not a property id (%d characters)", utf8.RuneCountInString(id))
}

func widgetID(id string) error {
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

// store checks the address of a session store. It is not shown: a password may stand in it.
func store(address string) error {
	if address == "" {
		return nil
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

// gorillaKey checks that sessions which a key must vouch for have one. Only the ids of a Redis store may go without.
func gorillaKey(kind string, keys setting.Keys, store string) error {
	if kind == "gorilla" && len(keys) == 0 && (store == "" || strings.HasPrefix(store, "file:")) {
		return setting.Wrong("write the key with which the site signs its sessions", "is required with TAWK_SESSION=gorilla but not set")
	}
	return nil
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
