package main

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"time"

	"tawkproxy/config"
	"tawkproxy/proxy"
	"tawkproxy/session"
)

// storeTimeout bounds each question to the site's session store. A page waits no longer; who is logged in is unknown then.
const storeTimeout = 100 * time.Millisecond

// databaseTimeout does the same for each question to its database.
const databaseTimeout = 200 * time.Millisecond

// newSource makes what knows who is logged in: what all kinds of session share, and one case for each kind. Site passes
// questions on to the site. Errors are config.Mistakes.
func newSource(cfg *config.Config, site http.Handler) (source session.Source, err error) {
	s := cfg.Session
	setup := session.Setup{
		Cookie:  s.Cookie,
		Mapping: newMapping(cfg),
		MaxAge:  s.MaxAge,
	}
	var database *session.Database
	if cfg.User.DSN.IsSet() {
		if database, err = session.NewDatabase(cfg.User.DSN.Reveal(), databaseTimeout); err != nil {
			return nil, mistake("TAWK_USER_DSN", err)
		}
	}
	if cfg.User.Query != "" {
		setup.Lookup, err = session.NewLookup(session.LookupOptions{
			Database: database, Query: cfg.User.Query, Prefix: cfg.User.Prefix})
		if err != nil {
			return nil, mistake("TAWK_USER_QUERY", err)
		}
	}
	if setup.Store, err = newStore(s.Store.Reveal(), s.Table, database); err != nil {
		return nil, mistake("TAWK_SESSION_STORE", err)
	}
	php := session.PHPOptions{Setup: setup, SerializeHandler: cfg.PHP.SerializeHandler, Prefix: session.PHPRedisPrefix}
	if s.Kind == "symfony" {
		php.Prefix = cfg.Symfony.Prefix
	}
	if cfg.PHP.SavePath.IsSet() {
		if php, err = atSavePath(php, cfg.PHP.SavePath.Reveal()); err != nil {
			return nil, mistake("TAWK_PHP_SAVE_PATH", err)
		}
	}
	ask := session.AskOptions{Site: site, Path: s.URL, Answer: s.Answer, Cookie: s.Cookie, Mapping: setup.Mapping}
	switch s.Kind {
	case "gorilla":
		source, err = session.Gorilla(session.GorillaOptions{
			Setup: setup, Keys: s.Key.Bytes(), BlockKeys: s.BlockKey.Bytes(),
			Serializer: cfg.Gorilla.Serializer, Prefix: cfg.Gorilla.KeyPrefix})
	case "scs":
		source, err = session.SCS(session.SCSOptions{
			Setup: setup, Serializer: cfg.SCS.Codec, Prefix: cfg.SCS.KeyPrefix, HashTokens: cfg.SCS.HashTokens})
	case "php":
		source, err = session.PHP(php)
	case "symfony":
		source, err = session.Symfony(session.SymfonyOptions{PHPOptions: php, Firewall: cfg.Symfony.Firewall})
	case "django":
		source, err = session.Django(session.DjangoOptions{
			Setup: setup, SecretKeys: cfg.Django.SecretKey.Bytes(), Engine: cfg.Django.SessionEngine,
			KeyPrefix: cfg.Django.KeyPrefix, Database: database, UserTable: cfg.Django.UserTable})
	case "flask":
		source, err = session.Flask(session.FlaskOptions{
			Setup: setup, SecretKeys: cfg.Flask.SecretKey.Bytes(), Salt: cfg.Flask.Salt, KeyDerivation: cfg.Flask.KeyDerivation,
			KeyPrefix: cfg.Flask.KeyPrefix})
	case "express":
		source, err = session.Express(session.ExpressOptions{
			Setup: setup, Secrets: cfg.Express.Secret.Bytes(), KeyPrefix: cfg.Express.Prefix})
	case "rails":
		r := cfg.Rails
		source, err = session.Rails(session.RailsOptions{
			Setup: setup, SecretKeyBases: r.SecretKeyBase.Bytes(), SecretTokens: r.SecretToken.Bytes(),
			Signed: r.Cookie == "signed", KeyPrefix: r.KeyPrefix, Database: database, UserTable: r.UserTable,
			AuthenticatedEncryptedCookieSalt: r.AuthenticatedEncryptedCookieSalt, EncryptedCookieSalt: r.EncryptedCookieSalt,
			EncryptedSignedCookieSalt: r.EncryptedSignedCookieSalt, SignedCookieSalt: r.SignedCookieSalt,
			KeyIterations: r.KeyIterations, KeyDigest: r.KeyDigest})
	case "wordpress":
		source, err = session.WordPress(session.WordPressOptions{
			Setup: setup, Database: database, TablePrefix: cfg.WordPress.TablePrefix, Multisite: cfg.WordPress.Multisite,
			LoggedInKey: cfg.WordPress.LoggedInKey.Reveal(), LoggedInSalt: cfg.WordPress.LoggedInSalt.Reveal()})
	case "laravel":
		source, err = session.Laravel(session.LaravelOptions{
			Setup: setup, Database: database, Keys: append(cfg.Laravel.Key.Bytes(), cfg.Laravel.PreviousKeys.Bytes()...),
			Cipher: cfg.Laravel.Cipher, CookieForm: cfg.Laravel.CookieForm, Guard: cfg.Laravel.Guard,
			Lifetime:       time.Duration(cfg.Laravel.Lifetime) * time.Minute,
			RedisKeyPrefix: cfg.Laravel.RedisPrefix + cfg.Laravel.CachePrefix})
	case "site":
		source, err = session.Ask(ask)
	case "header":
		source, err = session.Header(session.HeaderOptions{
			Proxy: cfg.Header.Proxy, Mapping: setup.Mapping, Trusted: cfg.Site.TrustedProxies})
	case "response":
		source, err = session.Response(setup.Mapping, ask)
	case "jwt":
		setup.Header = cfg.JWT.Header
		source, err = session.JWT(session.JWTOptions{Setup: setup, Algorithm: cfg.JWT.Algorithm, Secrets: cfg.JWT.Secret.Bytes(),
			PublicKey: []byte(cfg.JWT.PublicKey.Reveal()), JWKS: cfg.JWT.JWKS.String(), Issuer: cfg.JWT.Issuer,
			Audience: cfg.JWT.Audience, NoExpiry: !cfg.JWT.RequireExp, Leeway: cfg.JWT.Leeway})
	case "authjs":
		source, err = session.AuthJS(session.AuthJSOptions{Setup: setup, Secrets: cfg.AuthJS.Secret.Bytes()})
	case "cookie-session":
		source, err = session.CookieSession(session.CookieSessionOptions{Setup: setup, Keys: cfg.Keygrip.Keys.Bytes(),
			Digest: cfg.Keygrip.Digest})
	case "koa":
		source, err = session.Koa(session.KoaOptions{Setup: setup, Keys: cfg.Keygrip.Keys.Bytes(), Digest: cfg.Keygrip.Digest})
	case "iron":
		source, err = session.Iron(session.IronOptions{Setup: setup, Passwords: cfg.Iron.Password.Bytes()})
	case "fastify":
		source, err = session.Fastify(session.FastifyOptions{Setup: setup, Keys: cfg.Fastify.Key.Bytes(),
			Secret: []byte(cfg.Fastify.Secret.Reveal()), Salt: bytes.Join(cfg.Fastify.Salt.Bytes(), nil), Expiry: cfg.Fastify.Expiry})
	case "cloudflare-access":
		source, err = session.CloudflareAccess(session.CloudflareAccessOptions{Setup: setup,
			TeamDomain: cfg.Cloudflare.TeamDomain, Audience: cfg.Cloudflare.Audience})
	case "aws-alb":
		source, err = session.AWSALB(session.AWSALBOptions{Setup: setup, Signer: cfg.ALB.Signer, Issuer: cfg.ALB.Issuer})
	case "google-iap":
		source, err = session.GoogleIAP(session.GoogleIAPOptions{Setup: setup, Audience: cfg.IAP.Audience})
	default:
		err = errors.New("this kind is not built in")
	}
	if err != nil {
		return nil, kindMistake(cfg, err)
	}
	return source, nil
}

// atSavePath opens the store that a session.save_path stands for.
func atSavePath(o session.PHPOptions, savePath string) (session.PHPOptions, error) {
	path, err := session.ParsePHPSavePath(savePath)
	if err != nil {
		return o, err
	}
	o.Depth, o.Prefix = path.Depth, path.Prefix
	o.Store, err = session.OpenStore(path.Store, storeTimeout)
	return o, err
}

// newStore makes the store of a setting: nothing and the word cookie stand for none, the word database for a table of the
// site's database.
func newStore(address, table string, database *session.Database) (session.Store, error) {
	switch address {
	case "", "cookie":
		return nil, nil
	case "database":
		return &session.Table{Database: database, Name: table}, nil
	}
	store, err := session.OpenStore(address, storeTimeout)
	if inTable, ok := store.(*session.Table); ok {
		inTable.Name = table
	}
	return store, err
}

// newMapping says where in a session's values the user stands.
func newMapping(cfg *config.Config) session.Mapping {
	u := cfg.User
	m := session.Mapping{ID: u.ID, Name: u.Name, Email: u.Email, Phone: u.Phone, Prefix: u.Prefix}
	for _, c := range cfg.Session.Require {
		m.Require = append(m.Require, session.Condition{Path: c.Name, Value: c.Value})
	}
	for _, a := range u.Attributes {
		if m.Attributes == nil {
			m.Attributes = make(map[string]string, len(u.Attributes))
		}
		m.Attributes[a.Name] = a.Value
	}
	return m
}

// sessionCookie names the cookie by which the site knows its visitors, as far as that is known.
func sessionCookie(cfg *config.Config, source session.Source) string {
	if recipe, ok := source.(*session.Recipe); ok {
		return recipe.Cookie
	}
	return cfg.Session.Cookie
}

// inSession tells by its name whether a cookie is that one, or one of several that it may be.
func inSession(cfg *config.Config, source session.Source) func(name string) bool {
	if recipe, ok := source.(*session.Recipe); ok {
		return recipe.Reads
	}
	cookie := cfg.Session.Cookie
	return func(name string) bool {
		// A large session comes in pieces: session.0, session.1.
		return cookie != "" && (name == cookie || strings.HasPrefix(name, cookie+"."))
	}
}

// guard is the layer that a source needs in front of the site and of the proxy's own paths.
func guard(source session.Source) proxy.Middleware {
	if guarded, ok := source.(interface {
		Guard(next http.Handler) http.Handler
	}); ok {
		return guarded.Guard
	}
	return func(next http.Handler) http.Handler { return next }
}

// sealed is the transport as far as the browser may see what comes over it.
func sealed(source session.Source, inserter http.RoundTripper) http.RoundTripper {
	if responses, ok := source.(*session.Responses); ok {
		return responses.Transport(inserter)
	}
	return inserter
}
