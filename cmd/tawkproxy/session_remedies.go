package main

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"tawkproxy/config"
	"tawkproxy/session"
)

// sessionSettings are, by kind of session, the settings that decide whether a session counts, in the order in which they are
// named: those of its keys, of what stands before the id in Redis, and of how it is written.
var sessionSettings = map[string]struct{ keys, prefixes, forms []string }{
	"gorilla":           {[]string{"TAWK_SESSION_KEY"}, []string{"TAWK_GORILLA_KEY_PREFIX"}, []string{"TAWK_GORILLA_SERIALIZER"}},
	"scs":               {nil, []string{"TAWK_SCS_KEY_PREFIX"}, []string{"TAWK_SCS_CODEC"}},
	"php":               {nil, []string{"prefix= in TAWK_PHP_SAVE_PATH"}, []string{"TAWK_PHP_SERIALIZE_HANDLER"}},
	"symfony":           {nil, []string{"TAWK_SYMFONY_PREFIX"}, []string{"TAWK_PHP_SERIALIZE_HANDLER"}},
	"django":            {[]string{"TAWK_DJANGO_SECRET_KEY"}, []string{"TAWK_DJANGO_KEY_PREFIX"}, []string{"TAWK_DJANGO_SESSION_ENGINE"}},
	"flask":             {[]string{"TAWK_FLASK_SECRET_KEY"}, []string{"TAWK_FLASK_SESSION_KEY_PREFIX"}, nil},
	"express":           {[]string{"TAWK_EXPRESS_SECRET"}, []string{"TAWK_EXPRESS_PREFIX"}, nil},
	"rails":             {[]string{"TAWK_RAILS_SECRET_KEY_BASE", "TAWK_RAILS_SECRET_TOKEN"}, []string{"TAWK_RAILS_KEY_PREFIX"}, []string{"TAWK_RAILS_COOKIE"}},
	"wordpress":         {[]string{"TAWK_WORDPRESS_LOGGED_IN_KEY", "TAWK_WORDPRESS_LOGGED_IN_SALT"}, nil, nil},
	"laravel":           {[]string{"TAWK_LARAVEL_APP_KEY", "TAWK_LARAVEL_APP_PREVIOUS_KEYS"}, []string{"TAWK_LARAVEL_REDIS_PREFIX", "TAWK_LARAVEL_CACHE_PREFIX"}, []string{"TAWK_LARAVEL_COOKIE_FORM", "TAWK_LARAVEL_CIPHER"}},
	"jwt":               {[]string{"TAWK_JWT_SECRET", "TAWK_JWT_PUBLIC_KEY", "TAWK_JWT_JWKS"}, nil, []string{"TAWK_JWT_ALGORITHM"}},
	"authjs":            {[]string{"TAWK_AUTHJS_SECRET"}, nil, nil},
	"cookie-session":    {[]string{"TAWK_KEYGRIP_KEYS"}, nil, nil},
	"koa":               {[]string{"TAWK_KEYGRIP_KEYS"}, nil, nil},
	"iron":              {[]string{"TAWK_IRON_PASSWORD"}, nil, nil},
	"fastify":           {[]string{"TAWK_FASTIFY_KEY", "TAWK_FASTIFY_SECRET"}, nil, nil},
	"cloudflare-access": {[]string{"TAWK_CLOUDFLARE_TEAM_DOMAIN"}, nil, nil},
	"aws-alb":           {[]string{"TAWK_ALB_SIGNER"}, nil, nil},
	"google-iap":        {[]string{"TAWK_IAP_AUDIENCE"}, nil, nil},
}

// sessionRemedies says, for each reason why a visit has no user, what to look at: by the settings that are in force.
type sessionRemedies struct {
	cfg *config.Config
	set map[string]bool // what is set, by name
}

func newRemedies(cfg *config.Config) sessionRemedies {
	m := sessionRemedies{cfg, map[string]bool{}}
	for _, pair := range cfg.LogValue().Group() {
		m.set[pair.Key] = true
	}
	return m
}

// all lists them.
func (m sessionRemedies) all() map[session.Reason]string {
	of := sessionSettings[m.cfg.Session.Kind]
	keys := m.inForce(of.keys)
	cookie := "what TAWK_SESSION_COOKIE names"
	switch {
	case m.set["TAWK_JWT_HEADER"]:
		cookie = "what TAWK_JWT_HEADER names"
	case !m.set["TAWK_SESSION_COOKIE"]:
		cookie = "the cookie of the usual name (TAWK_SESSION_COOKIE is not set)"
	}
	forged := "is " + cookie + " the site's session?"
	if keys != "" {
		forged = "is " + keys + " what the site itself has, several keys with commas and no blanks between? " + strings.ToUpper(forged[:1]) + forged[1:]
	}
	if m.cfg.Session.Kind == "laravel" {
		forged += " Is TAWK_LARAVEL_CIPHER the cipher in config/app.php?"
	}
	malformed := "are the sessions those of TAWK_SESSION=" + m.cfg.Session.Kind + ", in " + cookie
	if len(of.forms) > 0 {
		malformed += ", and written as " + strings.Join(of.forms, " and ") + " says"
	}
	noUser := "is TAWK_USER_ID the path to the user's id in the session? TAWK_LOG_LEVEL=debug names the keys that there are"
	switch kind := m.cfg.Session.Kind; {
	case kind == "site", kind == "response" && m.cfg.Session.URL != "":
		noUser = "does TAWK_SESSION_URL answer the visitor's own cookies with 200 and, at TAWK_USER_ID, the user's id? " +
			"TAWK_LOG_LEVEL=debug says what there is instead"
	case kind == "response":
		noUser = "does the site add the header that TAWK_USER_ID names to its pages?"
	case m.cfg.User.Query != "":
		noUser += "; does TAWK_USER_QUERY find the user?"
	}
	return map[session.Reason]string{
		session.NoCookie:  "if one of these is the site's session cookie, write its name into TAWK_SESSION_COOKIE" + m.usual(),
		session.Forged:    forged,
		session.Malformed: malformed + "?",
		session.NoRecord:  m.record(),
		session.Expired:   "unless the session is old indeed: is TAWK_SESSION_MAX_AGE too short, or the clock wrong?",
		session.Untrusted: "who says so is not believed: see TAWK_TRUSTED_PROXIES, or for tokens their issuer and audience",
		session.Ambiguous: "visitors send several sessions at once: does a neighbouring site set a cookie of this name?",
		session.Unmet:     "the session is not as TAWK_SESSION_REQUIRE demands",
		session.NoUser:    noUser,
	}
}

// usual says where the name comes from that is looked for.
func (m sessionRemedies) usual() string {
	if m.set["TAWK_SESSION_COOKIE"] {
		return ", which has another"
	}
	return ", which is not set: looked for is the usual name of TAWK_SESSION=" + m.cfg.Session.Kind
}

// inForce joins those of the settings that are set; if none is, the first stands for them.
func (m sessionRemedies) inForce(names []string) string {
	set := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !m.set[name] })
	if len(set) == 0 {
		set = names[:min(len(names), 1)]
	}
	return strings.Join(set, " and ")
}

// store names the setting that says where the sessions are.
func (m sessionRemedies) store() string {
	for _, name := range []string{"TAWK_PHP_SAVE_PATH", "TAWK_SESSION_STORE"} {
		if m.set[name] {
			return name
		}
	}
	return "TAWK_USER_DSN"
}

// record says what may be wrong where a store does not know a session.
func (m sessionRemedies) record() string {
	name := m.store()
	address := cmp.Or(m.cfg.PHP.SavePath.Reveal(), m.cfg.Session.Store.Reveal())
	scheme, _, isURL := strings.Cut(address, "://")
	text := "unless the session has ended: is what " + name + " names where the site keeps its sessions"
	switch table := name == "TAWK_USER_DSN" || address == "database" || slices.Contains([]string{"mysql", "mariadb", "postgres", "postgresql", "sqlite"}, scheme); {
	case table && m.cfg.Session.Kind == "wordpress":
		return text + ", and TAWK_WORDPRESS_TABLE_PREFIX its prefix of tables?"
	case table:
		return text + ", and the table its own (TAWK_SESSION_TABLE)?"
	case isURL && scheme != "file":
		text += ", with the right number of the database (the 0 in redis://host:6379/0; database= in a save path)"
		if prefixes := sessionSettings[m.cfg.Session.Kind].prefixes; len(prefixes) > 0 {
			text += " and the right prefix (" + strings.Join(prefixes, ", ") + ")"
		}
		return text + "?"
	}
	return text + ", and can that folder be seen from here?"
}

// unknown says what to do about an error because of which it cannot be told who is logged in.
func (m sessionRemedies) unknown(err error) string {
	query, asked := errors.AsType[*session.QueryError](err)
	switch {
	case asked && query.Table == "":
		return "is TAWK_USER_QUERY, asked of the database of TAWK_USER_DSN, right?"
	case asked:
		text := "the query is the usual one of TAWK_SESSION=" + m.cfg.Session.Kind + " for the table " + query.Table
		switch kind := m.cfg.Session.Kind; {
		case kind == "django" || kind == "rails":
			text += " (TAWK_" + strings.ToUpper(kind) + "_USER_TABLE)"
		}
		return text + " in the database of TAWK_USER_DSN; if the site's table is another, set TAWK_USER_QUERY to a query for it"
	case m.cfg.Session.Kind == "site":
		return "is TAWK_SESSION_URL right?"
	case m.set["TAWK_PHP_SAVE_PATH"], m.set["TAWK_SESSION_STORE"], m.set["TAWK_USER_DSN"]:
		return "can what " + m.store() + " names be reached and read?"
	}
	return "see the cause"
}
