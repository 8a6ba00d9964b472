package token

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
)

const (
	albSigner = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/legacy/50dc6c495c0c9188"
	albKID    = "5f3a1c1e-0000-4000-8000-000000000042"
)

// albToken makes a token as the balancer does: padded, and signed with the padding.
func albToken(t testing.TB, key crypto.Signer, kid string) *http.Request {
	t.Helper()
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.URLEncoding.EncodeToString(text)
	}
	text := part(map[string]any{"alg": "ES256", "kid": kid, "signer": albSigner}) + "." + part(kindtest.AdaClaims(nil))
	request := httptest.NewRequest("GET", "http://shop.example/", nil)
	request.Header.Set("X-Amzn-Oidc-Data", text+"."+base64.URLEncoding.EncodeToString(kindtest.Signature(t, "ES256", key, text)))
	return request
}

func TestAWSALBKeys(t *testing.T) {
	key := kindtest.TestKeys(t)["ES256"]
	server := serveKeys(t)
	var paths []string
	serve := func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.Path)
		if r.URL.Path != "/"+albKID {
			http.NotFound(w, r)
			return
		}
		w.Write(kindtest.PublicPEM(t, key.Public()))
	}
	at := sessiontest.IssuedAt
	source := kindtest.MustOpen(t)(NewAWSALB(AWSALBOptions{Signer: albSigner, Keys: server.URL + "/",
		Setup: recipe.Setup{Now: func() time.Time { return at }}}))
	expect := func(kid, want string) {
		t.Helper()
		u, err := source.Identify(albToken(t, key, kid), nil)
		reason, certain := session.NobodyReason(err)
		if got := map[bool]string{true: "user", false: string(reason)}[err == nil]; got != want ||
			err != nil && certain != (want != "") {
			t.Errorf("%s: got %+v, %v", kid, u, err)
		}
	}
	server.fail()
	expect(albKID, "")
	server.serve(serve)
	expect(albKID, "user")
	expect(albKID, "user")
	for _, kid := range []string{"", "..", "../" + albKID, albKID + "/..", albKID + "?", strings.ToUpper(albKID), albKID + "\n"} {
		expect(kid, string(session.Malformed))
	}
	for n := range albKeyBurst + 3 {
		want := string(session.Forged)
		if n >= albKeyBurst-2 { // two were used up above
			want = ""
		}
		expect(fmt.Sprintf("00000000-0000-4000-8000-%012d", n), want)
	}
	expect(albKID, "user")
	at = at.Add(albKeyPause)
	expect("00000000-0000-4000-8000-999999999999", string(session.Forged))
	if n := len(paths); n != albKeyBurst || paths[0] != "/"+albKID {
		t.Errorf("asked %d times: %v", n, paths)
	}
}

func TestALBFolder(t *testing.T) {
	tests := map[string]string{
		albSigner: "https://public-keys.auth.elb.eu-west-1.amazonaws.com/",
		"arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:123456789012:loadbalancer/app/a/5": "https://s3-us-gov-west-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-west-1/",
		"": "",
		"arn:aws:elasticloadbalancing:evil.example/:123456789012:loadbalancer/app/a/5":     "",
		"arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/a/5":         "",
		"arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:loadbalancer/app/a/5":     "",
		"x arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/legacy/50": "",
	}
	for arn, want := range tests {
		if got, err := albFolder(arn); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v", arn, got, err)
		}
	}
}
