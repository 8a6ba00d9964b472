package session

import (
	"fmt"
	"strings"
	"testing"
)

// The times of a token in forms that libraries write or take. At the time NOW the tokens are read.
func TestJWTTimes(t *testing.T) {
	secret := []byte("a secret that both sides know, 32 bytes")
	now := issuedAt.Unix()
	for claims, reason := range map[string]Reason{
		`"exp":NOW`:               Expired,
		`"exp":"NOW"`:             Expired,
		`"exp":NEXT`:              "",
		`"exp":"NEXT"`:            "", // int("…") in PyJWT, to_i in ruby-jwt
		`"exp":" NEXT "`:          "",
		`"exp":NOW.5`:             Expired, // int(…) in PyJWT
		`"exp":"NOW.5"`:           Expired,
		`"exp":1e20`:              "",
		`"exp":1e999`:             "",
		`"exp":-1e999`:            Expired,
		`"exp":0`:                 Expired,
		`"exp":"0"`:               Expired,
		`"exp":NEXT000`:           "", // in milliseconds by mistake
		`"exp":""`:                Malformed,
		`"exp":"tomorrow"`:        Malformed,
		`"exp":"0x7fffffff"`:      Malformed,
		`"exp":null`:              Malformed, // of which libraries think differently
		`"exp":true`:              Malformed,
		`"exp":[NEXT]`:            Malformed,
		`"exp":NEXT,"nbf":"NOW"`:  "",
		`"exp":NEXT,"nbf":"NEXT"`: Expired,
		`"exp":NEXT,"nbf":1e999`:  Expired,
		`"exp":NEXT,"nbf":"soon"`: Malformed,
		`"exp":NEXT,"iat":"NOW"`:  "",
		`"exp":NEXT,"iat":"soon"`: "",
	} {
		text := strings.NewReplacer("NOW", fmt.Sprint(now), "NEXT", fmt.Sprint(now+1)).Replace(claims)
		token := signText(t, "HS256", secret, `{"alg":"HS256"}`, `{"sub":"42","iss":"https://login.example","aud":"shop",`+text+`}`)
		for _, noExpiry := range []bool{false, true} {
			o := testSite()
			o.Algorithm, o.Secrets, o.Issuer, o.Audience, o.NoExpiry = "HS256", [][]byte{secret}, "https://login.example", "shop", noExpiry
			u, err := mustOpen(t)(JWT(o)).Identify(withCookie("token", token), nil)
			if got, _ := NobodyReason(err); got != reason || (u.ID == "42") != (reason == "") {
				t.Errorf("%s, end needed %t: got %+v, %v, want %q", claims, !noExpiry, u, err, reason)
			}
		}
	}
}
