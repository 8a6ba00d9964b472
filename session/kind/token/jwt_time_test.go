package token

import (
	"fmt"
	"strings"
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/sessiontest"
)

// The times of a token in forms that libraries write or take. At the time NOW the tokens are read.
func TestJWTTimes(t *testing.T) {
	secret := []byte("a secret that both sides know, 32 bytes")
	now := sessiontest.IssuedAt.Unix()
	for claims, reason := range map[string]session.Reason{
		`"exp":NOW`:               session.Expired,
		`"exp":"NOW"`:             session.Expired,
		`"exp":NEXT`:              "",
		`"exp":"NEXT"`:            "", // int("…") in PyJWT, to_i in ruby-jwt
		`"exp":" NEXT "`:          "",
		`"exp":NOW.5`:             session.Expired, // int(…) in PyJWT
		`"exp":"NOW.5"`:           session.Expired,
		`"exp":1e20`:              "",
		`"exp":1e999`:             "",
		`"exp":-1e999`:            session.Expired,
		`"exp":0`:                 session.Expired,
		`"exp":"0"`:               session.Expired,
		`"exp":NEXT000`:           "", // in milliseconds by mistake
		`"exp":""`:                session.Malformed,
		`"exp":"tomorrow"`:        session.Malformed,
		`"exp":"0x7fffffff"`:      session.Malformed,
		`"exp":null`:              session.Malformed, // of which libraries think differently
		`"exp":true`:              session.Malformed,
		`"exp":[NEXT]`:            session.Malformed,
		`"exp":NEXT,"nbf":"NOW"`:  "",
		`"exp":NEXT,"nbf":"NEXT"`: session.Expired,
		`"exp":NEXT,"nbf":1e999`:  session.Expired,
		`"exp":NEXT,"nbf":"soon"`: session.Malformed,
		`"exp":NEXT,"iat":"NOW"`:  "",
		`"exp":NEXT,"iat":"soon"`: "",
	} {
		text := strings.NewReplacer("NOW", fmt.Sprint(now), "NEXT", fmt.Sprint(now+1)).Replace(claims)
		token := kindtest.SignText(t, "HS256", secret, `{"alg":"HS256"}`, `{"sub":"42","iss":"https://login.example","aud":"shop",`+text+`}`)
		for _, noExpiry := range []bool{false, true} {
			o := testSite()
			o.Algorithm, o.Secrets, o.Issuer, o.Audience, o.RequireExp = "HS256", setting.NewKeys(secret), "https://login.example", "shop", !noExpiry
			u, err := kindtest.MustOpen(t)(NewJWT(o)).Identify(sessiontest.WithCookie("token", token), nil)
			if got, _ := session.NobodyReason(err); got != reason || (u.ID == "42") != (reason == "") {
				t.Errorf("%s, end needed %t: got %+v, %v, want %q", claims, !noExpiry, u, err, reason)
			}
		}
	}
}
