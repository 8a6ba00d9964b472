package php

import (
	"strings"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/seal"
)

// Laravel is the kind of Laravel sites.
func Laravel() kind.Kind {
	return kind.Kind{
		Name: "laravel", Title: "Laravel. The names are those of .env",
		Guide:    "a Laravel site",
		Cookie:   "laravel_session",
		Needs:    []string{"TAWK_LARAVEL_APP_KEY"},
		Stores:   setting.Stores{Files: true, Redis: true, Tables: true, Cookie: true},
		Keys:     []string{"TAWK_LARAVEL_APP_KEY", "TAWK_LARAVEL_APP_PREVIOUS_KEYS"},
		Prefixes: []string{"TAWK_LARAVEL_REDIS_PREFIX", "TAWK_LARAVEL_CACHE_PREFIX"},
		Forms:    []string{"TAWK_LARAVEL_COOKIE_FORM", "TAWK_LARAVEL_CIPHER"},
		New:      func() kind.Settings { return new(laravelSettings) },
	}
}

type laravelSettings struct {
	// `APP_KEY`, as it stands there: `base64:…`.
	Key setting.Keys `env:"TAWK_LARAVEL_APP_KEY"`

	// `APP_PREVIOUS_KEYS`, if there are any, with commas and no blanks between.
	PreviousKeys setting.Keys `env:"TAWK_LARAVEL_APP_PREVIOUS_KEYS"`

	// `cipher` in config/app.php: `AES-256-CBC`, `AES-128-CBC`, `AES-256-GCM` or `AES-128-GCM`.
	Cipher string `env:"TAWK_LARAVEL_CIPHER" envDefault:"AES-256-CBC" values:"AES-256-CBC AES-128-CBC AES-256-GCM AES-128-GCM"`

	// `SESSION_LIFETIME`: minutes after which a session ends that was not used.
	Lifetime int `env:"TAWK_LARAVEL_SESSION_LIFETIME" envDefault:"120"`

	// Guard that knows the members: `defaults.guard` in config/auth.php.
	Guard string `env:"TAWK_LARAVEL_GUARD" envDefault:"web"`

	// `REDIS_PREFIX`, if sessions are in Redis: what its keys begin with, or `none`.
	RedisPrefix setting.Prefix `env:"TAWK_LARAVEL_REDIS_PREFIX" envDefault:"laravel_database_"`

	// `CACHE_PREFIX`, if sessions are in Redis: what stands between that and the id, or `none`. Up to Laravel 10 there is a colon
	// behind it.
	CachePrefix setting.Prefix `env:"TAWK_LARAVEL_CACHE_PREFIX" envDefault:"laravel_cache:"`

	// How cookies are written, by the release: `prefixed` since 6.18.30 and 7.22.3; `sha1` in 6.18.27, 6.18.28, 7.22.0 and 7.22.1;
	// `bare` since 5.5.42 and 5.6.30; `serialized` before.
	CookieForm string `env:"TAWK_LARAVEL_COOKIE_FORM" envDefault:"prefixed" values:"prefixed sha1 bare serialized"`
}

func (l *laravelSettings) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_LARAVEL_APP_KEY", "TAWK_LARAVEL_CIPHER"}, Check: func() error { return l.sized(l.Key) }},
		{Settings: []string{"TAWK_LARAVEL_APP_PREVIOUS_KEYS", "TAWK_LARAVEL_CIPHER"}, Check: func() error { return l.sized(l.PreviousKeys) }},
		{Settings: []string{"TAWK_LARAVEL_SESSION_LIFETIME"}, Check: func() error { return minutes(l.Lifetime) }},
		{Settings: []string{"TAWK_SESSION_STORE"}, Check: func() error { return laravelStore(common.Session.Store.Reveal()) }},
		{Settings: []string{"TAWK_USER_ID"}, Check: func() error { return phpPath(common.User.ID) }},
	}
}

// sized checks keys by the size that the cipher needs.
func (l *laravelSettings) sized(keys setting.Keys) error {
	size := seal.LaravelKeySize(l.Cipher)
	for i, key := range keys {
		if n := len(key.Reveal()); n != size {
			return setting.Wrong("copy it from .env with the word base64: in front; TAWK_LARAVEL_CIPHER is the cipher in config/app.php",
				"key %d has %d bytes, but %s needs %d", i+1, n, l.Cipher, size)
		}
	}
	return nil
}

func minutes(n int) error {
	if n <= 0 || n > 60*24*366*10 {
		return setting.Wrong("write the minutes, such as 120", "%d is not a lifetime", n)
	}
	return nil
}

// laravelStore checks that it is said where Laravel keeps its sessions, not only by which driver.
func laravelStore(address string) error {
	const remedy = "write file:///…/storage/framework/sessions, redis://host:6379/0, database or cookie, as SESSION_DRIVER in .env says"
	switch {
	case address == "cookie", address == "database", strings.ContainsAny(address, ":/"):
		return nil
	case address == "":
		return setting.Wrong(remedy, "is required with TAWK_SESSION=laravel but not set")
	}
	return setting.Wrong(remedy, "is not a place of sessions")
}

func (l *laravelSettings) Open(site kind.Site) (session.Source, error) {
	return NewLaravel(LaravelOptions{Setup: site.Setup(), Database: site.Database,
		Keys: append(l.Key.Bytes(), l.PreviousKeys.Bytes()...), Cipher: l.Cipher, CookieForm: l.CookieForm, Guard: l.Guard,
		Lifetime: time.Duration(l.Lifetime) * time.Minute, RedisKeyPrefix: l.RedisPrefix.Or("") + l.CachePrefix.Or("")})
}
