package node

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"regexp"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
)

// expressID is the form of a session's id that is signed: 24 random bytes in base 64, unless the site makes its own (genid).
const expressID = `[A-Za-z0-9_-][A-Za-z0-9_.:~-]{7,199}`

// expressRandom is the form of an id that may be believed without its signature. Were all characters digits, they would still have
// 69 bits of chance; express-session's own have 192, a random UUID 122. There is neither a colon nor a dot in it, so that it leads
// to nothing but a session below the prefix, or in the folder.
var (
	expressRandom = regexp.MustCompile(`\A[A-Za-z0-9_-]{21,200}\z`)
	expressUUID   = regexp.MustCompile(`\A[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-([0-9A-Fa-f])[0-9A-Fa-f]{3}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\z`)
)

// expressCookie lists the steps from the cookie to the id: s:id.signature.
func expressCookie(secrets [][]byte) []recipe.Step {
	if len(secrets) == 0 {
		return []recipe.Step{expressParts, expressUnguessable}
	}
	return []recipe.Step{expressSecrets(secrets).unsign}
}

// expressParts is the step to the id beside a signature that is not judged.
func expressParts(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	id, _, ok := expressSigned(s.Data)
	if !ok {
		return s, session.Nobodyf(session.Forged, "the session's id is not signed")
	}
	s.Data = id
	return s, nil
}

// expressUnguessable is the step that refuses ids which somebody might guess: short ones, and UUIDs that are no chance, but made of
// the time or of a name (RFC 9562 section 5: only versions 4 and 7 are random).
func expressUnguessable(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	version := expressUUID.FindSubmatch(s.Data)
	if !expressRandom.Match(s.Data) || version != nil && string(version[1]) != "4" && string(version[1]) != "7" {
		return s, session.Nobodyf(session.Malformed, "a session id that might be guessed: it is no proof without the site's secret")
	}
	return s, nil
}

// expressSecrets are the secrets of a site, newest first.
type expressSecrets [][]byte

// unsign is the step from the cookie to the id, which cookie-signature has signed.
func (secrets expressSecrets) unsign(_ context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
	id, signature, ok := expressSigned(s.Data)
	if !ok {
		return s, session.Nobodyf(session.Forged, "the session's id is not signed")
	}
	genuine := false
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, secret)
		mac.Write(id)
		genuine = hmac.Equal(signature, []byte(base64.RawStdEncoding.EncodeToString(mac.Sum(nil)))) || genuine
	}
	if !genuine {
		return s, session.Nobodyf(session.Forged, "no secret fits")
	}
	v.Tell("a secret fits its signature")
	s.Data = id
	return s, nil
}

// expressSigned cuts a cookie's value into the id and its signature.
func expressSigned(value []byte) (id, signature []byte, ok bool) {
	value, ok = bytes.CutPrefix(value, []byte("s:"))
	at := bytes.LastIndexByte(value, '.')
	if !ok || at < 0 {
		return nil, nil, false
	}
	return value[:at], value[at+1:], true
}
