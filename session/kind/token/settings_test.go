package token

import (
	"strings"
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session/kind"
	"tawkproxy/session/kind/kindtest"
)

func kinds() []kind.Kind { return []kind.Kind{JWT(), CloudflareAccess(), AWSALB(), GoogleIAP()} }

func TestSettings(t *testing.T) {
	kindtest.RunSettings(t, kinds(), [][2]string{
		{"jwt TAWK_SESSION_COOKIE=t TAWK_JWT_ALGORITHM=HS256 TAWK_JWT_SECRET=s", ""},
		{"jwt TAWK_JWT_HEADER=Authorization TAWK_JWT_ALGORITHM=HS256 TAWK_JWT_SECRET=s", ""},
		{"jwt TAWK_SESSION_COOKIE=t TAWK_JWT_ALGORITHM=RS256 TAWK_JWT_JWKS=https://a/k TAWK_JWT_ISSUER=i TAWK_JWT_AUDIENCE=none", ""},
		{"jwt TAWK_SESSION_COOKIE=t TAWK_JWT_ALGORITHM=ES256 TAWK_JWT_JWKS=file:///k TAWK_JWT_ISSUER=i TAWK_JWT_AUDIENCE=a", ""},
		{"jwt TAWK_SESSION_COOKIE=t TAWK_JWT_ALGORITHM=EdDSA TAWK_JWT_PUBLIC_KEY=-----BEGIN_ TAWK_JWT_ISSUER=i TAWK_JWT_AUDIENCE=a",
			"TAWK_JWT_PUBLIC_KEY: is not PEM; write the whole PEM file, from -----BEGIN on"},
		{"jwt TAWK_SESSION_COOKIE=t", "TAWK_JWT_ALGORITHM: is required with TAWK_SESSION=jwt but not set; write here: How tokens are " +
			"signed, which is the only way they are accepted: with a secret HS256, HS384 or HS512; with a public key RS256, RS384, " +
			"RS512, PS256, PS384, PS512, ES256, ES384, ES512 or EdDSA"},
		{"jwt TAWK_JWT_ALGORITHM=HS512", "TAWK_SESSION_COOKIE: is required with TAWK_SESSION=jwt but not set; write the name of the " +
			"cookie that holds the token, or set TAWK_JWT_HEADER\n" +
			"TAWK_JWT_SECRET: is required with TAWK_JWT_ALGORITHM=HS512 but not set; write here, or into a file named by " +
			"TAWK_JWT_SECRET_FILE: Secrets with which the site signs its tokens, newest first, written as the keys of TAWK_SESSION_KEY are"},
		{"jwt TAWK_SESSION_COOKIE=t TAWK_JWT_ALGORITHM=RS256", "TAWK_JWT_PUBLIC_KEY: is required with TAWK_JWT_ALGORITHM=RS256 but not " +
			"set; write the public key in PEM here, or set TAWK_JWT_JWKS\n" +
			"TAWK_JWT_ISSUER: is required with TAWK_JWT_ALGORITHM=RS256 but not set; write here: What iss must be in a token\n" +
			"TAWK_JWT_AUDIENCE: is required with TAWK_JWT_ALGORITHM=RS256 but not set; write here: What aud must be in a token, or one " +
			"of its elements"},
		{"jwt TAWK_SESSION_COOKIE=t TAWK_JWT_ALGORITHM=HS256 TAWK_JWT_SECRET=s TAWK_JWT_JWKS=https://a/k",
			"TAWK_JWT_PUBLIC_KEY: neither this nor TAWK_JWT_JWKS can be used with TAWK_JWT_ALGORITHM=HS256; remove it, or change the algorithm"},
		{"jwt TAWK_SESSION_COOKIE=t TAWK_JWT_ALGORITHM=RS256 TAWK_JWT_ISSUER=i TAWK_JWT_AUDIENCE=a TAWK_JWT_JWKS=/keys.json",
			"TAWK_JWT_JWKS: is a path without a scheme; write file:///keys.json"},
		{"jwt TAWK_SESSION_COOKIE=t TAWK_JWT_ALGORITHM=RS256 TAWK_JWT_ISSUER=i TAWK_JWT_AUDIENCE=a TAWK_JWT_JWKS=ftp://a/k",
			"TAWK_JWT_JWKS: is not the place of a key set; write https://host/path, or file:///path of a file"},
		{"jwt TAWK_SESSION_COOKIE=t TAWK_JWT_ALGORITHM=none", `TAWK_JWT_ALGORITHM: "none" is not known; write HS256 or HS384 or HS512 or ` +
			"RS256 or RS384 or RS512 or PS256 or PS384 or PS512 or ES256 or ES384 or ES512 or EdDSA"},
		{"jwt TAWK_JWT_HEADER=X:Y TAWK_JWT_ALGORITHM=HS256 TAWK_JWT_SECRET=second,, TAWK_JWT_LEEWAY=1h TAWK_JWT_REQUIRE_EXP=maybe",
			"TAWK_JWT_SECRET: key 2 is empty; remove the comma; or, if the comma belongs to a key, " + setting.AsCode + "\n" +
				"TAWK_JWT_HEADER: is not the name of a header; write the name alone, such as Authorization\n" +
				`TAWK_JWT_REQUIRE_EXP: "maybe" is not understood; write true or false` + "\n" +
				"TAWK_JWT_LEEWAY: is too small or too large; write a time from 0s to 5m"},
		{"cloudflare-access TAWK_CLOUDFLARE_TEAM_DOMAIN=https://a.cloudflareaccess.com/ TAWK_CLOUDFLARE_AUD=x", ""},
		{"cloudflare-access TAWK_CLOUDFLARE_TEAM_DOMAIN=team TAWK_CLOUDFLARE_AUD=x",
			"TAWK_CLOUDFLARE_TEAM_DOMAIN: is not a team domain; write it as in example.cloudflareaccess.com"},
		{"aws-alb TAWK_ALB_SIGNER=arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/a/5", ""},
		{"aws-alb TAWK_ALB_SIGNER=legacy", "TAWK_ALB_SIGNER: is not the ARN of an application load balancer; write " +
			"arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID, as the console shows it"},
		{"google-iap TAWK_IAP_AUDIENCE=/projects/1/apps/a", ""},
		{"google-iap TAWK_IAP_AUDIENCE=a", "TAWK_IAP_AUDIENCE: is not the audience of an Identity-Aware Proxy; write " +
			"/projects/NUMBER/global/backendServices/ID or /projects/NUMBER/apps/PROJECT, as the console shows it"},
	})
}

// Values come in their usual form.
func TestUsualForms(t *testing.T) {
	jwt, err := kindtest.LoadSettings(kinds(), "TAWK_SESSION=jwt", "TAWK_SESSION_COOKIE=t", "TAWK_JWT_ALGORITHM=ES256", "TAWK_JWT_ISSUER=none",
		// Variables that cannot hold line breaks have them as \n, which no PEM file does.
		"TAWK_JWT_AUDIENCE=none", `TAWK_JWT_PUBLIC_KEY=-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n`)
	if err != nil {
		t.Fatal(err)
	}
	o := jwt.Chosen().Own.(*JWTOptions)
	if o.PublicKey.Reveal() != "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n" || o.Issuer != "" || o.Audience != "" {
		t.Errorf("got %+v with key %q", o, o.PublicKey.Reveal())
	}
	cloudflare, err := kindtest.LoadSettings(kinds(), "TAWK_SESSION=cloudflare-access", "TAWK_CLOUDFLARE_AUD=x",
		"TAWK_CLOUDFLARE_TEAM_DOMAIN=https://a.cloudflareaccess.com/")
	if err != nil {
		t.Fatal(err)
	}
	if team := cloudflare.Chosen().Own.(*CloudflareAccessOptions).TeamDomain; team != "a.cloudflareaccess.com" {
		t.Errorf("got %q", team)
	}
}

func TestKeySetInTheClear(t *testing.T) {
	for place, want := range map[string]bool{"http://keys.internal/k": true, "http://localhost/k": false, "https://keys/k": false} {
		config, err := kindtest.LoadSettings(kinds(), "TAWK_SESSION=jwt", "TAWK_SESSION_COOKIE=t", "TAWK_JWT_ALGORITHM=RS256", "TAWK_JWT_ISSUER=i",
			"TAWK_JWT_AUDIENCE=a", "TAWK_JWT_JWKS="+place)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(config.Warnings(), "\n"), "TAWK_JWT_JWKS: is fetched in the clear"); got != want {
			t.Errorf("%s: got %v", place, config.Warnings())
		}
	}
}
