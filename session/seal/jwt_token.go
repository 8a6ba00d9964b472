package seal

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// MaxToken bounds a token, in bytes. No server that sites run on takes headers of that size.
const MaxToken = 64 << 10

// A TokenVerifier opens tokens.
type TokenVerifier struct {
	Algorithm jose.SignatureAlgorithm // the only one that counts
	Keys      KeySource
	Issuer    string            // what iss must be; "": not looked at
	Audience  string            // what aud must be or list; "": not looked at
	Mapping   session.Mapping   // finds the user in the claims; a token without its ID is no login
	Claims    map[string]string // what claims must be, by path
	Header    map[string]string // what members of a token's header must be
	Leeway    time.Duration     // by which the issuer's clock may differ from ours
	NoExpiry  bool              // tokens without exp count as well
	Aged      bool              // tokens must say when they were issued
	Padded    bool              // parts may end with the = of base 64; the signature covers them
	Texts     bool              // times may be numbers written as texts
	Dates     bool              // times must be numbers, all of them

	// verified remembers tokens that a key has signed; nil where a signature costs little.
	Verified *recipe.Cache[VerifiedToken]
}

// A VerifiedToken is remembered with the keys of which one has signed it. It counts no more than they do.
type VerifiedToken struct {
	ring  *KeyRing
	State recipe.State
}

// Open is the step from a token to its claims. Nothing but the header is parsed before the signature is verified.
func (t TokenVerifier) Open(ctx context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
	if v.Trial() {
		_, err := t.Keys(ctx, v.Now, "")
		return s, recipe.TriedKeys("keys of the tokens", err)
	}
	token := BareToken(string(s.Data))
	head, rest, _ := strings.Cut(token, ".")
	body, mac, three := strings.Cut(rest, ".")
	text, err := t.decode(head)
	if err != nil || !three {
		return s, session.Nobodyf(session.Malformed, "not a signed token in three parts")
	}
	tree, _ := record.ParseJSON(text)
	header, _ := tree.(map[string]any)
	if header["alg"] != string(t.Algorithm) {
		return s, session.Nobodyf(session.Forged, "the token is not signed by %s", t.Algorithm)
	}
	if _, critical := header["crit"]; critical {
		return s, session.Nobodyf(session.Malformed, "the token demands an extension") // RFC 7515 section 4.1.11
	}
	for name, value := range t.Header {
		if header[name] != value {
			return s, session.Nobodyf(session.Untrusted, "the token's header says another %s", name)
		}
	}
	kid, _ := header["kid"].(string)
	ring, err := t.Keys(ctx, v.Now, kid)
	if err != nil {
		return s, err
	}
	if t.Verified != nil {
		known, ok := t.Verified.Get(token)
		ok = ok && known.ring == ring
		v.Watch.Look(session.Tokens, ok)
		if ok {
			return known.State, nil
		}
	}
	signature, err := t.decode(mac)
	if err != nil || !ring.Verifies(t.Algorithm, []byte(head+"."+body), signature) {
		return s, session.Nobodyf(session.Forged, "no key fits the token's signature")
	}
	v.Tell("a key fits the token's signature")
	if s.Data, err = t.decode(body); err != nil {
		return s, session.Nobodyf(session.Malformed, "claims that are not base 64")
	}
	if s, err = t.CheckClaims(ctx, v, s); err != nil || t.Verified == nil {
		return s, err
	}
	s = s.Remembered(t.Mapping)
	t.Verified.Put(token, VerifiedToken{ring, s})
	return s, nil
}

// CheckClaims is the step that reads claims which are genuine, and looks whether they count.
func (t TokenVerifier) CheckClaims(_ context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
	tree, err := record.ParseJSON(s.Data)
	claims, ok := tree.(map[string]any)
	if err != nil || !ok {
		return s, session.Nobodyf(session.Malformed, "claims that are not a JSON object")
	}
	if t.Dates && !dated(claims) {
		return s, session.Nobodyf(session.Malformed, "a time in the token is not a number")
	}
	end, err := t.registered(claims, v.Now)
	if err != nil {
		return s, err
	}
	for path, value := range t.Claims {
		if record.TextAt(claims, path) != value {
			return s, session.Nobodyf(session.Untrusted, "the token's claim %s is not as required", path)
		}
	}
	if _, ways := record.Follow(claims, t.Mapping.ID); ways == 0 {
		return s, session.Nobodyf(session.Malformed, "the token has no claim %s", t.Mapping.ID)
	}
	s.Values = claims
	if !end.IsZero() {
		s.Expires = end.Add(t.Leeway)
	}
	issued, there, err := t.numericDate(claims, "iat")
	switch {
	case err == nil && there:
		s.Issued = issued
	case t.Aged:
		return s, session.Nobodyf(session.Malformed, "the token does not say when it was issued")
	}
	return s, nil
}

// decode reads base 64 as RFC 7515 section 2 has it.
func (t TokenVerifier) decode(part string) ([]byte, error) {
	if t.Padded {
		part = strings.TrimRight(part, "=")
	}
	return base64.RawURLEncoding.Strict().DecodeString(part)
}

// BareToken takes off what sites and clients put around a token: quotation marks, as Python does around a cookie with a
// blank in it, and the word Bearer (RFC 6750 section 2.1), of which the blank may be escaped.
func BareToken(value string) string {
	value = strings.Trim(value, `"`)
	if len(value) > len("Bearer") && strings.EqualFold(value[:len("Bearer")], "Bearer") {
		for _, blank := range []string{" ", "%20", "+"} {
			if token, ok := strings.CutPrefix(value[len("Bearer"):], blank); ok {
				return token
			}
		}
	}
	return value
}
