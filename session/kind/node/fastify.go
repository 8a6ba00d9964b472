package node

import (
	"bytes"
	"cmp"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/seal"
)

// Fastify is the kind of sites that use @fastify/secure-session.
func Fastify() kind.Kind {
	return kind.Kind{
		Name: "fastify", Title: "@fastify/secure-session",
		Guide:  "a Fastify site with @fastify/secure-session",
		Cookie: "session",
		Needs:  []string{"TAWK_USER_ID"},
		Keys:   []string{"TAWK_FASTIFY_KEY", "TAWK_FASTIFY_SECRET"},
		Find:   findPackage(nil, "@fastify/secure-session"),
		New:    func() kind.Settings { return new(FastifyOptions) },
	}
}

// FastifyOptions describe a site that keeps its sessions with @fastify/secure-session: JSON in an encrypted cookie.
type FastifyOptions struct {
	recipe.Setup

	// The site's `key`, newest first if there are several, as `base64:…` or `hex:…`. Either this or `TAWK_FASTIFY_SECRET` is
	// required.
	Keys setting.Keys `env:"TAWK_FASTIFY_KEY"`

	// The site's `secret`. To make a key of it takes 256 MiB of memory at every start.
	Secret setting.Secret `env:"TAWK_FASTIFY_SECRET"`

	// The site's `salt`, if it has one beside its secret: 16 characters, or bytes as `base64:…` or `hex:…`.
	Salt setting.Keys `env:"TAWK_FASTIFY_SALT"`

	// The site's `expiry`: how long a session lasts after it was changed.
	Expiry time.Duration `env:"TAWK_FASTIFY_EXPIRY" envDefault:"24h0m1s"`
}

func (f *FastifyOptions) Rules(*setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_FASTIFY_KEY", "TAWK_FASTIFY_SECRET"}, Check: f.keyed},
		{Settings: []string{"TAWK_FASTIFY_SECRET"}, Check: f.secretSize},
		{Settings: []string{"TAWK_FASTIFY_SALT"}, Check: f.saltSize},
		{Settings: []string{"TAWK_FASTIFY_EXPIRY"}, Check: func() error { return setting.Positive(f.Expiry) }},
	}
}

// keyed checks that there is either a key or what one is made of.
func (f *FastifyOptions) keyed() error {
	switch {
	case len(f.Keys) == 0 && !f.Secret.IsSet():
		return setting.Wrong("write the site's key here, or set TAWK_FASTIFY_SECRET", "is required with TAWK_SESSION=fastify but not set")
	case len(f.Keys) > 0 && f.Secret.IsSet():
		return setting.Wrong("remove TAWK_FASTIFY_SECRET: the library does not use it beside a key", "TAWK_FASTIFY_SECRET is set too")
	}
	for i, key := range f.Keys {
		if n := len(key.Reveal()); n != 32 {
			return setting.Wrong("put base64: or hex: before a key that is written so", "key %d has %d bytes, not 32", i+1, n)
		}
	}
	return nil
}

func (f *FastifyOptions) secretSize() error {
	if n := len(f.Secret.Reveal()); f.Secret.IsSet() && n < 32 {
		return setting.Wrong("check that nothing was cut off; the library demands 32", "has %d bytes", n)
	}
	return nil
}

func (f *FastifyOptions) saltSize() error {
	if len(f.Salt) > 0 && (len(f.Salt) > 1 || len(f.Salt[0].Reveal()) != 16) {
		return setting.Wrong("write its 16 characters, or its bytes behind base64: or hex:", "is not 16 bytes")
	}
	return nil
}

func (f *FastifyOptions) Open(site kind.Site) (session.Source, error) {
	f.Setup = site.Setup()
	return NewFastify(*f)
}

// NewFastify makes the recipe. Errors name the option that is wrong.
func NewFastify(o FastifyOptions) (*recipe.Recipe, error) {
	if err := cmp.Or(o.keyed(), o.secretSize(), o.saltSize()); err != nil {
		return nil, err
	}
	boxes := &seal.FastifyBoxes{Expiry: o.Expiry, Aged: o.MaxAge > 0}
	for _, key := range o.Keys.Bytes() {
		boxes.Keys = append(boxes.Keys, [32]byte(key))
	}
	if o.Secret.IsSet() {
		boxes.Keys = append(boxes.Keys, seal.FastifyKey([]byte(o.Secret.Reveal()), bytes.Join(o.Salt.Bytes(), nil)))
	}
	o.Cookie = cmp.Or(o.Cookie, Fastify().Cookie)
	return recipe.Remembering(o.Recipe("fastify", cookie.Node(), record.ParseJSON, recipe.AtMost(seal.MaxToken), boxes.Open, boxes.Record))
}
