package config

import (
	"strings"
	"testing"

	"tawkproxy/config/setting"
)

// tokenMistakes is settings in one line for a kind of session, and what is said about them, one line for each mistake.
var tokenMistakes = []struct{ settings, want string }{
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

	{"authjs TAWK_AUTHJS_SECRET=s", ""},
	{"authjs", "TAWK_AUTHJS_SECRET: is required with TAWK_SESSION=authjs but not set; write here, or into a file named by " +
		"TAWK_AUTHJS_SECRET_FILE: The site's AUTH_SECRET or NEXTAUTH_SECRET, newest first if there are several, written as the keys " +
		"of TAWK_SESSION_KEY are"},
	{"koa TAWK_KEYGRIP_KEYS=newest,oldest TAWK_USER_ID=user.id", ""},
	{"koa TAWK_SESSION_COOKIE=koa:sess TAWK_KEYGRIP_KEYS=newest TAWK_USER_ID=user.id", ""},
	{"cookie-session TAWK_USER_ID=user.id", "TAWK_KEYGRIP_KEYS: is required with TAWK_SESSION=cookie-session but not set; write here, or " +
		"into a file named by TAWK_KEYGRIP_KEYS_FILE: The keys of cookie-session, or the app.keys of Koa, newest first, written as " +
		"those of TAWK_SESSION_KEY are"},
	{"iron TAWK_SESSION_COOKIE=sid TAWK_USER_ID=id TAWK_IRON_PASSWORD=01234567890123456789012345678901", ""},
	{"iron TAWK_SESSION_COOKIE=sid TAWK_USER_ID=id TAWK_IRON_PASSWORD=short", "TAWK_IRON_PASSWORD: password 1 has 5 bytes; " +
		"iron-session demands 32 characters or more; if a comma belongs to a password, " + setting.AsCode},
	{"site TAWK_SESSION_URL=/me TAWK_USER_ID=id TAWK_SESSION_MAX_AGE=1h TAWK_SESSION_TABLE=visits",
		"TAWK_SESSION_TABLE: is not used with TAWK_SESSION=site; remove it\n" +
			"TAWK_SESSION_MAX_AGE: cannot be kept with TAWK_SESSION=site, whose sessions do not say when they were made; remove it"},
	{"scs TAWK_SESSION_COOKIE=session TAWK_USER_ID=id TAWK_SESSION_STORE=redis://h TAWK_SESSION_MAX_AGE=1h TAWK_SESSION_TABLE=visits",
		"TAWK_SESSION_TABLE: is set, but TAWK_SESSION_STORE names no database; write database into TAWK_SESSION_STORE, or remove it\n" +
			"TAWK_SESSION_MAX_AGE: cannot be kept with TAWK_SESSION=scs, whose sessions do not say when they were made; remove it"},
	{"cookie-session TAWK_KEYGRIP_KEYS=a TAWK_USER_ID=id TAWK_SESSION_MAX_AGE=1h", "TAWK_SESSION_MAX_AGE: cannot be kept with " +
		"TAWK_SESSION=cookie-session, whose sessions do not say when they were made; remove it"},
	{"fastify TAWK_USER_ID=id TAWK_FASTIFY_SECRET=01234567890123456789012345678901 TAWK_FASTIFY_SALT=0123456789abcdef", ""},
	{"fastify TAWK_USER_ID=id", "TAWK_FASTIFY_KEY: is required with TAWK_SESSION=fastify but not set; write the site's key here, or set " +
		"TAWK_FASTIFY_SECRET"},
	{"fastify TAWK_USER_ID=id TAWK_FASTIFY_KEY=base64:AAAA TAWK_FASTIFY_SALT=newest,oldest TAWK_FASTIFY_EXPIRY=0s",
		"TAWK_FASTIFY_KEY: key 1 has 3 bytes, not 32; put base64: or hex: before a key that is written so\n" +
			"TAWK_FASTIFY_SALT: is not 16 bytes; write its 16 characters, or its bytes behind base64: or hex:\n" +
			"TAWK_FASTIFY_EXPIRY: must be more than nothing; write a time such as 5s"},
	{"fastify TAWK_USER_ID=id TAWK_FASTIFY_SECRET=short", "TAWK_FASTIFY_SECRET: has 5 bytes; check that nothing was cut off; the library demands 32"},

	{"cloudflare-access TAWK_CLOUDFLARE_TEAM_DOMAIN=https://a.cloudflareaccess.com/ TAWK_CLOUDFLARE_AUD=x", ""},
	{"cloudflare-access TAWK_CLOUDFLARE_TEAM_DOMAIN=team TAWK_CLOUDFLARE_AUD=x",
		"TAWK_CLOUDFLARE_TEAM_DOMAIN: is not a team domain; write it as in example.cloudflareaccess.com"},
	{"aws-alb TAWK_ALB_SIGNER=arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/a/5", ""},
	{"aws-alb TAWK_ALB_SIGNER=legacy", "TAWK_ALB_SIGNER: is not the ARN of an application load balancer; write " +
		"arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID, as the console shows it"},
	{"google-iap TAWK_IAP_AUDIENCE=/projects/1/apps/a", ""},
	{"google-iap TAWK_IAP_AUDIENCE=a", "TAWK_IAP_AUDIENCE: is not the audience of an Identity-Aware Proxy; write " +
		"/projects/NUMBER/global/backendServices/ID or /projects/NUMBER/apps/PROJECT, as the console shows it"},
}

func TestTokenMistakes(t *testing.T) {
	site := []string{"TAWK_UPSTREAM=http://app:3000", "TAWK_EMBED=never", "TAWK_SECRET_KEY=" + secretKey40}
	for _, test := range tokenMistakes {
		config, err := load(append(site, strings.Fields("TAWK_SESSION="+test.settings)...))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.settings, got, test.want)
		}
		if err == nil && (own[string](config, "Audience") == "none" || strings.Contains(own[string](config, "TeamDomain"), "/")) {
			t.Errorf("%s: got audience %q, team domain %q", test.settings, own[string](config, "Audience"), own[string](config, "TeamDomain"))
		}
	}
}

func TestTokenWarning(t *testing.T) {
	for place, want := range map[string]bool{"http://keys.internal/k": true, "http://localhost/k": false, "https://keys/k": false} {
		config, err := load([]string{"TAWK_UPSTREAM=http://app:3000", "TAWK_EMBED=never", "TAWK_SECRET_KEY=" + secretKey40,
			"TAWK_SESSION=jwt", "TAWK_SESSION_COOKIE=t", "TAWK_JWT_ALGORITHM=RS256", "TAWK_JWT_ISSUER=i", "TAWK_JWT_AUDIENCE=a",
			"TAWK_JWT_JWKS=" + place})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(config.Warnings(), "\n"), "TAWK_JWT_JWKS: is fetched in the clear"); got != want {
			t.Errorf("%s: got %v", place, config.Warnings())
		}
	}
}

// Variables that cannot hold line breaks have them as \n, which no PEM file does.
func TestPublicKey(t *testing.T) {
	c, err := load(with(enough(), "TAWK_SESSION_KEY", "TAWK_SESSION=jwt", "TAWK_JWT_ALGORITHM=ES256", "TAWK_JWT_ISSUER=none", "TAWK_JWT_AUDIENCE=none",
		`TAWK_JWT_PUBLIC_KEY=-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n`))
	if err != nil || own[setting.Secret](c, "PublicKey").Reveal() != "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n" {
		t.Errorf("got %q, %v", own[setting.Secret](c, "PublicKey").Reveal(), err)
	}
}
