package config

import (
	"slices"
	"strings"

	"tawkproxy/config/setting"
)

// expressStore tells who has not set a store that express-session has one in the site's memory unless it is given another.
func expressStore(c *Config) error {
	if c.Session.Kind == "express" && !c.Session.Store.IsSet() {
		return setting.Wrong("write where connect-redis, connect-pg-simple or session-file-store keeps them; what MemoryStore holds "+
			"only the site itself can read: then set TAWK_SESSION=site", "is required with TAWK_SESSION=express but not set")
	}
	return nil
}

// expressPrefix demands that ids which are not judged by a signature lead to sessions alone, not to any key in Redis.
func expressPrefix(c *Config) error {
	scheme, _, _ := strings.Cut(c.Session.Store.Reveal(), ":")
	elsewhere := slices.Contains([]string{"", "file", "database"}, scheme) || slices.Contains(databases, scheme)
	if c.Session.Kind != "express" || c.Express.Prefix != "" || len(c.Express.Secret) > 0 || elsewhere {
		return nil
	}
	return setting.Wrong("set TAWK_EXPRESS_SECRET, the option secret of express-session; or a prefix",
		"is none, and TAWK_EXPRESS_SECRET is not set: visitors could name any key in Redis")
}

// djangoStore demands the place of the sessions, which for the engines in tables is the site's database anyway.
func djangoStore(c *Config) error {
	engine := c.Django.SessionEngine
	if scheme, _, _ := strings.Cut(c.Session.Store.Reveal(), ":"); c.Session.Kind == "django" && engine == "cached_db" &&
		(strings.HasPrefix(scheme, "redis") || scheme == "rediss") && c.User.DSN.IsSet() {
		return setting.Wrong("remove it; let the account of TAWK_USER_DSN read django_session",
			"is not used beside TAWK_USER_DSN, whose table has all the sessions, which a cache forgets")
	}
	if c.Session.Kind != "django" || c.Session.Store.IsSet() || engine == "signed_cookies" {
		return nil
	}
	switch {
	case engine == "cache":
		return setting.Wrong("write the address of the Redis of CACHES", "is required with TAWK_DJANGO_SESSION_ENGINE=cache but not set")
	case engine == "file":
		return setting.Wrong("write file:// and SESSION_FILE_PATH", "is required with TAWK_DJANGO_SESSION_ENGINE=file but not set")
	case !c.User.DSN.IsSet():
		return setting.Wrong("write the address of the site's database into TAWK_USER_DSN; or, if sessions are kept otherwise, set "+
			"TAWK_DJANGO_SESSION_ENGINE", "is not set, and neither is TAWK_USER_DSN, the database with the sessions")
	}
	return nil
}

// djangoEngine checks that an engine keeps its sessions where it is said that they are.
func djangoEngine(c *Config) error {
	scheme, _, _ := strings.Cut(c.Session.Store.Reveal(), ":")
	if c.Session.Kind != "django" || scheme == "" {
		return nil
	}
	engines := []string{"cache", "cached_db"}
	switch {
	case scheme == "file":
		engines = []string{"file"}
	case scheme == "database", slices.Contains(databases, scheme):
		engines = []string{"db", "cached_db"}
	}
	if engine := c.Django.SessionEngine; !slices.Contains(engines, engine) {
		return setting.Wrong("write "+strings.Join(engines, " or ")+", the last word of the site's SESSION_ENGINE",
			"is %s, which keeps no sessions where TAWK_SESSION_STORE says", engine)
	}
	return nil
}

// flaskKey demands the key that signs sessions in cookies.
func flaskKey(c *Config) error {
	if c.Session.Kind == "flask" && len(c.Flask.SecretKey) == 0 && !c.Session.Store.IsSet() {
		return setting.Wrong("write the site's SECRET_KEY", "is required with TAWK_SESSION=flask but not set")
	}
	return nil
}

// railsKey demands the secret of sessions in cookies.
func railsKey(c *Config) error {
	if c.Session.Kind == "rails" && len(c.Rails.SecretKeyBase)+len(c.Rails.SecretToken) == 0 && !c.Session.Store.IsSet() {
		return setting.Wrong("write what bin/rails runner 'puts Rails.application.secret_key_base' prints on the server",
			"is required with TAWK_SESSION=rails but not set")
	}
	return nil
}

// rounds checks a number of rounds of key derivation, which happens once, at start.
func rounds(n int) error {
	if n < 1 || n > 1_000_000 {
		return setting.Wrong("write a number from 1 to 1000000", "is too small or too large")
	}
	return nil
}
