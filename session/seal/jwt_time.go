package seal

import (
	"encoding/json"
	"maps"
	"math"
	"strconv"

	"github.com/golang-jwt/jwt/v5"

	"tawkproxy/session/record"
)

// registeredTimes are the claims that hold a time: seconds since 1970 (RFC 7519 section 2, NumericDate).
var registeredTimes = []string{"exp", "nbf", "iat"}

// registered is claims with their times in the form that the library takes, and that it can tell: numbers no farther away than its
// calendar goes. Where texts is set, a number may be written as a text: so do PyJWT, ruby-jwt, firebase/php-jwt and jjwt take it. What
// else is no number stays and is refused by the library.
func registered(claims map[string]any, texts bool) jwt.MapClaims {
	read := maps.Clone(claims)
	for _, name := range registeredTimes {
		value := read[name]
		if _, text := value.(string); text && !texts {
			continue
		}
		if n, ok := record.Decimal(value); ok {
			n = min(max(n, -record.MaxExact), record.MaxExact)
			read[name] = json.Number(strconv.FormatFloat(n, 'f', -1, 64))
		}
	}
	return read
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
