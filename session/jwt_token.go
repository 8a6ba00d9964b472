package session

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// maxToken bounds a token, in bytes. No server that sites run on takes headers of that size.
const maxToken = 64 << 10

// A tokenVerifier opens tokens.
type tokenVerifier struct {
	method  jwt.SigningMethod
	keys    keySource
	checks  []jwt.ParserOption // of the registered claims, but for the clock
	mapping Mapping            // finds the user in the claims; a token without its ID is no login
	claims  map[string]string  // what claims must be, by path
	header  map[string]string  // what members of a token's header must be
	leeway  time.Duration
	aged    bool // tokens must say when they were issued
	padded  bool // parts may end with the = of base 64; the signature covers them
	texts   bool // times may be numbers written as texts
	dates   bool // times must be numbers, all of them

	// verified remembers tokens that a key has signed; nil where a signature costs little.
	verified *cache[verifiedToken]
}

// A verifiedToken is remembered with the keys of which one has signed it. It counts no more than they do.
type verifiedToken struct {
	ring  *keyRing
	state State
}

// open is the step from a token to its claims. Nothing but the header is parsed before the signature is verified.
func (t tokenVerifier) open(ctx context.Context, v *Visit, s State) (State, error) {
	token := bareToken(string(s.Data))
	head, rest, _ := strings.Cut(token, ".")
	body, mac, three := strings.Cut(rest, ".")
	text, err := t.decode(head)
	if err != nil || !three {
		return s, nobody(Malformed, "not a signed token in three parts")
	}
	tree, _ := parseJSON(text)
	header, _ := tree.(map[string]any)
	if header["alg"] != t.method.Alg() {
		return s, nobody(Forged, "the token is not signed by %s", t.method.Alg())
	}
	if _, critical := header["crit"]; critical {
		return s, nobody(Malformed, "the token demands an extension") // RFC 7515 section 4.1.11
	}
	for name, value := range t.header {
		if header[name] != value {
			return s, nobody(Untrusted, "the token's header says another %s", name)
		}
	}
	kid, _ := header["kid"].(string)
	ring, err := t.keys(ctx, v.Now, kid)
	if err != nil {
		return s, err
	}
	if known, ok := t.verified.get(token); ok && known.ring == ring {
		return known.state, nil
	}
	signature, err := t.decode(mac)
	if err != nil || !ring.verifies(t.method, head+"."+body, signature) {
		return s, nobody(Forged, "no key fits the token's signature")
	}
	if s.Data, err = t.decode(body); err != nil {
		return s, nobody(Malformed, "claims that are not base 64")
	}
	if s, err = t.checkClaims(ctx, v, s); err != nil || t.verified == nil {
		return s, err
	}
	s = s.found(t.mapping)
	t.verified.put(token, verifiedToken{ring, s})
	return s, nil
}

// checkClaims is the step that reads claims which are genuine, and looks whether they count.
func (t tokenVerifier) checkClaims(_ context.Context, v *Visit, s State) (State, error) {
	tree, err := parseJSON(s.Data)
	claims, ok := tree.(map[string]any)
	if err != nil || !ok {
		return s, nobody(Malformed, "claims that are not a JSON object")
	}
	clock := jwt.WithTimeFunc(func() time.Time { return v.Now })
	if t.dates && !dated(claims) {
		return s, nobody(Malformed, "a time in the token is not a number")
	}
	registered := registered(claims, t.texts)
	err = jwt.NewValidator(append([]jwt.ParserOption{clock}, t.checks...)...).Validate(registered)
	switch {
	case errors.Is(err, jwt.ErrTokenInvalidIssuer), errors.Is(err, jwt.ErrTokenInvalidAudience):
		return s, &Nobody{Reason: Untrusted, Err: err}
	case errors.Is(err, jwt.ErrTokenExpired), errors.Is(err, jwt.ErrTokenNotValidYet):
		return s, &Nobody{Reason: Expired, Err: err}
	case err != nil:
		return s, &Nobody{Reason: Malformed, Err: err}
	}
	for path, value := range t.claims {
		if textAt(claims, path) != value {
			return s, nobody(Untrusted, "the token's claim %s is not as required", path)
		}
	}
	if _, ways := follow(claims, t.mapping.ID); ways == 0 {
		return s, nobody(Malformed, "the token has no claim %s", t.mapping.ID)
	}
	s.Values = claims
	if expires, err := registered.GetExpirationTime(); err == nil && expires != nil {
		s.Expires = expires.Add(t.leeway)
	}
	issued, err := registered.GetIssuedAt()
	switch {
	case err == nil && issued != nil:
		s.Issued = issued.Time
	case t.aged:
		return s, nobody(Malformed, "the token does not say when it was issued")
	}
	return s, nil
}

// decode reads base 64 as RFC 7515 section 2 has it.
func (t tokenVerifier) decode(part string) ([]byte, error) {
	if t.padded {
		part = strings.TrimRight(part, "=")
	}
	return base64.RawURLEncoding.Strict().DecodeString(part)
}

// bareToken takes off what sites and clients put around a token: quotation marks, as Python does around a cookie with a
// blank in it, and the word Bearer (RFC 6750 section 2.1), of which the blank may be escaped.
func bareToken(value string) string {
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
