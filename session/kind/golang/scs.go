package golang

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"maps"
	"strings"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
)

// SCS is the kind of sites that use github.com/alexedwards/scs.
func SCS() kind.Kind {
	return kind.Kind{
		Name: "scs", Title: "Go sites with alexedwards/scs",
		Guide:    "a Go site with alexedwards/scs",
		Needs:    []string{"TAWK_SESSION_COOKIE", "TAWK_SESSION_STORE", "TAWK_USER_ID"},
		Stores:   setting.Stores{Redis: true, Tables: true},
		Prefixes: []string{"TAWK_SCS_KEY_PREFIX"},
		Forms:    []string{"TAWK_SCS_CODEC"},
		Ageless:  true,
		Find:     findModule("github.com/alexedwards/scs"),
		New:      func() kind.Settings { return new(SCSOptions) },
	}
}

// SCSOptions describe a site that keeps its sessions with github.com/alexedwards/scs. The cookie is a bare token; the record
// in the store, which must be given, is a deadline and the values. A path such as user.id is looked up among the values, and
// Values.user.id means the same. In a table a record is found by its token: data and expiry, as all SQL stores of scs have it.
type SCSOptions struct {
	recipe.Setup

	// The codec of the session manager: `gob`, or `json`.
	Codec string `env:"TAWK_SCS_CODEC" envDefault:"gob" values:"gob json"`

	// What stands before the token in the keys in Redis, if not the usual `scs:session:`; or `none`.
	KeyPrefix setting.Prefix `env:"TAWK_SCS_KEY_PREFIX"` // not set: that of redisstore and goredisstore, and none in a table

	// Whether the session manager is set to hash tokens in its store (`HashTokenInStore`).
	HashTokens bool `env:"TAWK_SCS_HASH_TOKENS" envDefault:"false"`
}

func (s *SCSOptions) Rules(*setting.Common) []setting.Rule { return nil }

func (s *SCSOptions) Open(site kind.Site) (session.Source, error) {
	s.Setup = site.Setup()
	return NewSCS(*s)
}

// scsToken is the form of a token: 32 random bytes in base 64 without padding.
const scsToken = `[A-Za-z0-9_-]{43}`

// NewSCS makes the recipe. Errors name the option that is wrong.
func NewSCS(o SCSOptions) (*recipe.Recipe, error) {
	parse, err := goParser(o.Codec)
	if err != nil {
		return nil, err
	}
	if o.Store == nil {
		return nil, errors.New("the session store is missing")
	}
	key := recipe.Prefixed(o.KeyPrefix.Or("scs:session:"))
	if table, ok := o.Store.(*store.Table); ok {
		o.Store, key = table.Or(store.Table{Name: "sessions", Key: "token", Data: "data", Expires: "expiry"}), recipe.Prefixed(o.KeyPrefix.Text())
	}
	if o.HashTokens {
		plain := key
		key = func(token string) string {
			sum := sha256.Sum256([]byte(token))
			return plain(base64.RawURLEncoding.EncodeToString(sum[:]))
		}
	}
	return o.Recipe("scs", cookie.Go(), parse, recipe.Fetch(o.Store, scsToken, key), scsRecord(parse))
}

// scsRecord is the step that takes the deadline out of a record. Not every store forgets a session that has ended.
func scsRecord(parse record.Parser) recipe.Step {
	return func(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
		tree, err := parse(s.Data)
		if err != nil {
			return s, session.Nobodyf(session.Malformed, "scs record: %w", err)
		}
		content, _ := tree.(map[string]any)
		values := map[string]any{}
		for name, member := range content {
			switch strings.ToLower(name) {
			case "deadline":
				if member == nil {
					continue // to encoding/json no time at all, and scs itself leaves ends to the store
				}
				if s.Expires, err = time.Parse(time.RFC3339, record.Text(member)); err != nil {
					return s, session.Nobodyf(session.Malformed, "scs record: the deadline is not a time")
				}
			case "values":
				content, _ := member.(map[string]any)
				maps.Copy(values, content)
				values[name] = content
			}
		}
		s.Values = values
		return s, nil
	}
}
