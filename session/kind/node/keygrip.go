package node

import (
	"tawkproxy/config/setting"
)

// Keygrip is the settings of cookies that Keygrip signs.
type Keygrip struct {
	// The `keys` of cookie-session, or the `app.keys` of Koa, newest first, written as those of `TAWK_SESSION_KEY` are. Required.
	Keys setting.Keys `env:"TAWK_KEYGRIP_KEYS"`

	// Digest of the signatures, if the site makes a Keygrip of its own: `sha1`, `sha256`, `sha384` or `sha512`.
	Digest string `env:"TAWK_KEYGRIP_DIGEST" envDefault:"sha1" values:"sha1 sha256 sha384 sha512"`
}

func (k *Keygrip) signing() setting.Rule {
	return setting.Rule{Settings: []string{"TAWK_KEYGRIP_KEYS"}, Check: func() error { return setting.SigningKeys(k.Keys) }}
}
