package seal

import (
	"encoding/json"
	"math"
	"time"

	"tawkproxy/session/record"
)

// registeredTimes are the claims that hold a time: seconds since 1970 (RFC 7519 section 2, NumericDate).
var registeredTimes = []string{"exp", "nbf", "iat"}

// numericDate reads a claim that holds a time, without its fraction of a second, and no farther away than the calendar goes. Where Texts
// is set, a number may be written as a text: so do PyJWT, ruby-jwt, firebase/php-jwt and jjwt take it.
func (t TokenVerifier) numericDate(claims map[string]any, name string) (at time.Time, there bool, err error) {
	value, there := claims[name]
	if !there {
		return at, false, nil
	}
	n, ok := record.Decimal(value)
	if _, text := value.(string); !ok || text && !t.Texts {
		return at, true, invalid(name)
	}
	n = min(max(n, -record.MaxExact), record.MaxExact)
	return time.Unix(int64(math.Floor(n)), 0), true, nil
}

// dated tells whether each time that claims have is a number, which jose demands of them all (jwt_claims_set.js).
func dated(claims map[string]any) bool {
	for _, name := range registeredTimes {
		if value, there := claims[name]; there {
			if n, ok := value.(json.Number); !ok || math.IsNaN(record.JsNumber(n)) {
				return false
			}
		}
	}
	return true
}
