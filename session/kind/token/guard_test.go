package token

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/sessiontest"
)

// A site behind a service that sends signed tokens must not find a second one in a spelling that nobody looked at.
func TestTokenGuard(t *testing.T) {
	source, err := NewCloudflareAccess(CloudflareAccessOptions{TeamDomain: "team.example", Audience: "a", JWKS: kindtest.URL("file:///nonexistent")})
	if err != nil {
		t.Fatal(err)
	}
	kept := []string{"Cf-Access-Jwt-Assertion", "Cf-Access-Authenticated-User-Email", "Cf-Ray", "X_Other", "User-Agent"}
	r := sessiontest.Visitor("")
	for _, name := range append(kept, "Cf_access_jwt_assertion", "_Cf-Access-Jwt-Assertion", "Http_cf_access_jwt_assertion",
		"Cf-Access-Jwt-Assertion-", "Cf.access.jwt.assertion", "Cf_access_authenticated_user_email") {
		r.Header[name] = []string{"token"}
	}
	before := len(r.Header)
	r.Trailer = http.Header{"Cf-Access-Jwt-Assertion": nil, "X-Sum": nil}
	source.Guard(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		for _, name := range kept {
			if r.Header[name] == nil {
				t.Errorf("%s got lost", name)
			}
		}
		if len(r.Header) != len(kept) || len(r.Trailer) != 1 {
			t.Errorf("%v arrived, trailers %v", r.Header, r.Trailer)
		}
	})).ServeHTTP(httptest.NewRecorder(), r)
	if len(r.Header) != before {
		t.Error("the caller's header was changed")
	}
}
