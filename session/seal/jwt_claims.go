package seal

import (
	"cmp"
	"slices"
	"time"

	"tawkproxy/session"
)

// StandardClaims completes a mapping by the names that OpenID Connect gives to claims.
func StandardClaims(m session.Mapping) session.Mapping {
	m.ID = cmp.Or(m.ID, "sub")
	m.Name = cmp.Or(m.Name, "name")
	m.Email = cmp.Or(m.Email, "email")
	m.Phone = cmp.Or(m.Phone, "phone_number")
	return m
}

// registered looks at the claims that say who issued a token, for whom and for when (RFC 7519 section 4.1), and returns the end that it
// names; zero if it names none. Of several faults that one is told that says most about the token.
func (t TokenVerifier) registered(claims map[string]any, now time.Time) (end time.Time, err error) {
	end, ended := t.end(claims, now)
	faults := []error{issuedBy(claims, t.Issuer), meantFor(claims, t.Audience), ended, t.begun(claims, now)}
	for _, most := range []session.Reason{session.Untrusted, session.Expired, session.Malformed} {
		for _, fault := range faults {
			if reason, _ := session.NobodyReason(fault); reason == most {
				return time.Time{}, fault
			}
		}
	}
	return end, nil
}

// issuedBy checks iss; any will do if none is wanted.
func issuedBy(claims map[string]any, want string) error {
	claim, there := claims["iss"]
	issuer, text := claim.(string)
	switch {
	case want == "" || issuer == want:
		return nil
	case there && !text:
		return invalid("iss")
	case issuer == "":
		return missing("iss")
	}
	return session.Nobodyf(session.Untrusted, "token has invalid issuer")
}

// meantFor checks aud, a text or a list of texts; any will do if none is wanted.
func meantFor(claims map[string]any, want string) error {
	if want == "" {
		return nil
	}
	var audience []any
	switch claim := claims["aud"].(type) {
	case string:
		audience = []any{claim}
	case []any:
		audience = claim
	}
	for _, one := range audience {
		if _, text := one.(string); !text {
			return invalid("aud")
		}
	}
	switch {
	case slices.Contains(audience, any(want)):
		return nil
	case len(audience) == 0, len(audience) == 1 && audience[0] == "":
		return missing("aud")
	}
	return session.Nobodyf(session.Untrusted, "token has invalid audience")
}

// end checks exp: the first moment at which a token does not count any more.
func (t TokenVerifier) end(claims map[string]any, now time.Time) (time.Time, error) {
	end, there, err := t.numericDate(claims, "exp")
	switch {
	case err != nil:
		return end, err
	case !there && !t.NoExpiry:
		return end, missing("exp")
	case there && !now.Before(end.Add(t.Leeway)):
		return end, session.Nobodyf(session.Expired, "token is expired")
	}
	return end, nil
}

// begun checks nbf: the first moment at which a token counts.
func (t TokenVerifier) begun(claims map[string]any, now time.Time) error {
	beginning, there, err := t.numericDate(claims, "nbf")
	if err == nil && there && now.Before(beginning.Add(-t.Leeway)) {
		err = session.Nobodyf(session.Expired, "token is not valid yet")
	}
	return err
}

func invalid(claim string) error {
	return session.Nobodyf(session.Malformed, "invalid type for claim: %s is invalid", claim)
}

func missing(claim string) error {
	return session.Nobodyf(session.Malformed, "token is missing required claim: %s claim is required", claim)
}
