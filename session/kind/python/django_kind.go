// Package python is the kinds of sites in Python.
package python

import (
	"slices"
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// Django is the kind of Django sites.
func Django() kind.Kind {
	return kind.Kind{
		Name: "django", Title: "Django",
		Guide:    "a Django site with django.contrib.auth",
		Cookie:   "sessionid",
		Stores:   setting.Stores{Files: true, Redis: true, Tables: true},
		Keys:     []string{"TAWK_DJANGO_SECRET_KEY"},
		Prefixes: []string{"TAWK_DJANGO_KEY_PREFIX"},
		Forms:    []string{"TAWK_DJANGO_SESSION_ENGINE"},
		New:      func() kind.Settings { return new(djangoSettings) },
	}
}

type djangoSettings struct {
	// `SECRET_KEY` of the site's settings, and behind it, separated by commas without blanks, those of `SECRET_KEY_FALLBACKS`; a
	// key that contains a comma is written as `base64:…`. Required for the engine `signed_cookies`; without it, records are
	// believed because they are in the site's store.
	SecretKey setting.Keys `env:"TAWK_DJANGO_SECRET_KEY"`

	// Table of the users, if not `auth_user`: `db_table` of `AUTH_USER_MODEL`. With `TAWK_USER_DSN`, a session ends when the
	// password there changes or the user is no longer active; a table without Django's own columns needs `TAWK_USER_QUERY`.
	UserTable string `env:"TAWK_DJANGO_USER_TABLE" envDefault:"auth_user"`

	// Last word of `SESSION_ENGINE`: `db`, `cached_db`, `cache`, `file` or `signed_cookies`.
	SessionEngine string `env:"TAWK_DJANGO_SESSION_ENGINE" envDefault:"db" values:"db cached_db cache file signed_cookies"`

	// What stands before the keys of the cache in Redis: `KEY_PREFIX`, a colon, `VERSION`, a colon, as in `shop:1:`; or `none`.
	KeyPrefix setting.Prefix `env:"TAWK_DJANGO_KEY_PREFIX" envDefault:":1:"`
}

func (d *djangoSettings) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_SESSION_STORE", "TAWK_DJANGO_SESSION_ENGINE", "TAWK_USER_DSN"}, Check: func() error { return d.store(common) }},
		{Settings: []string{"TAWK_DJANGO_SESSION_ENGINE", "TAWK_SESSION_STORE"}, Check: func() error {
			return d.engine(common.Session.Store.Reveal())
		}},
		{Settings: []string{"TAWK_DJANGO_SECRET_KEY"}, Check: func() error { return setting.SigningKeys(d.SecretKey) }},
		{Settings: []string{"TAWK_DJANGO_SECRET_KEY", "TAWK_DJANGO_SESSION_ENGINE"}, Check: func() error {
			if d.SessionEngine == "signed_cookies" && len(d.SecretKey) == 0 {
				return setting.Missing("TAWK_DJANGO_SESSION_ENGINE=signed_cookies")
			}
			return nil
		}},
		{Settings: []string{"TAWK_DJANGO_USER_TABLE"}, Check: func() error { return setting.TableName(d.UserTable) }},
	}
}

// store demands the place of the sessions, which for the engines in tables is the site's database anyway.
func (d *djangoSettings) store(common *setting.Common) error {
	store, dsn := common.Session.Store, common.User.DSN
	scheme, _, _ := strings.Cut(store.Reveal(), ":")
	if inRedis := strings.HasPrefix(scheme, "redis") || scheme == "rediss"; d.SessionEngine == "cached_db" && inRedis && dsn.IsSet() {
		return setting.Wrong("remove it; let the account of TAWK_USER_DSN read django_session",
			"is not used beside TAWK_USER_DSN, whose table has all the sessions, which a cache forgets")
	}
	if store.IsSet() || d.SessionEngine == "signed_cookies" {
		return nil
	}
	switch {
	case d.SessionEngine == "cache":
		return setting.Wrong("write the address of the Redis of CACHES", "is required with TAWK_DJANGO_SESSION_ENGINE=cache but not set")
	case d.SessionEngine == "file":
		return setting.Wrong("write file:// and SESSION_FILE_PATH", "is required with TAWK_DJANGO_SESSION_ENGINE=file but not set")
	case !dsn.IsSet():
		return setting.Wrong("write the address of the site's database into TAWK_USER_DSN; or, if sessions are kept otherwise, set "+
			"TAWK_DJANGO_SESSION_ENGINE", "is not set, and neither is TAWK_USER_DSN, the database with the sessions")
	}
	return nil
}

// engine checks that an engine keeps its sessions where it is said that they are.
func (d *djangoSettings) engine(address string) error {
	scheme, _, _ := strings.Cut(address, ":")
	if scheme == "" {
		return nil
	}
	engines := []string{"cache", "cached_db"}
	switch {
	case scheme == "file":
		engines = []string{"file"}
	case scheme == "database", slices.Contains(setting.Databases(), scheme):
		engines = []string{"db", "cached_db"}
	}
	if !slices.Contains(engines, d.SessionEngine) {
		return setting.Wrong("write "+strings.Join(engines, " or ")+", the last word of the site's SESSION_ENGINE",
			"is %s, which keeps no sessions where TAWK_SESSION_STORE says", d.SessionEngine)
	}
	return nil
}

func (d *djangoSettings) Open(site kind.Site) (session.Source, error) {
	return NewDjango(DjangoOptions{Setup: site.Setup(), SecretKeys: d.SecretKey.Bytes(), Engine: d.SessionEngine,
		KeyPrefix: d.KeyPrefix.Or(""), Database: site.Database, UserTable: d.UserTable})
}
