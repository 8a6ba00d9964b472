package node

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"strings"

	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/seal"
)

// CookieSessionOptions describe a site that keeps its sessions with expressjs/cookie-session: JSON in a cookie, which anybody
// can read, and its signature in another. Neither holds a time: nothing ends a session of which somebody kept a copy, and a
// MaxAge cannot be kept.
type CookieSessionOptions struct {
	recipe.Setup          // Cookie defaults to session; before cookie-session 2 it was express:sess
	Keys         [][]byte // newest first
	Digest       string   // of the signature: sha1 (also ""), sha256, sha384 or sha512
}

// NewCookieSession makes the recipe. Errors name the option that is wrong.
func NewCookieSession(o CookieSessionOptions) (*recipe.Recipe, error) {
	if o.MaxAge > 0 {
		return nil, errors.New("cookie-session does not say when a session was made, so that a maximum age cannot be kept")
	}
	o.Cookie = cmp.Or(o.Cookie, "session")
	signed, err := seal.NewKeygrip(o.Cookie, o.Keys, o.Digest)
	if err != nil {
		return nil, err
	}
	return signed.Beside(o.Recipe("cookie-session", cookie.Keygrip(), record.ParseJSON, signed.Verify, decodeBase64))
}

// decodeBase64 is the step that decodes base 64 as Node's Buffer writes it, with padding or without.
func decodeBase64(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	text, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(string(s.Data), "="))
	if err != nil {
		return s, session.Nobodyf(session.Malformed, "not base 64")
	}
	s.Data = text
	return s, nil
}
