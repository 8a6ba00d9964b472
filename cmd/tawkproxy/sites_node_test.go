package main

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"tawkproxy/examples/testenv"
)

// TestExpressSite has the sessions of express-session in each kind of store that can be read, with and without passport, with the
// site's secret and without, and with sessions that are not to be remembered.
func TestExpressSite(t *testing.T) {
	t.Parallel()
	const (
		own    = "TAWK_USER_ID=user.id\nTAWK_USER_NAME=user.name\n"
		secret = "TAWK_EXPRESS_SECRET=a secret\n"
		ada    = "42 Ada Lovelace"
		jose   = `43 José "Pepe" O'Neil`
	)
	for i, s := range []liveSite{
		{name: "Redis", needs: []string{"connect-redis", "redis"}, environ: "REDIS=redis://$REDIS",
			settings: own + secret + "TAWK_SESSION_STORE=redis://$REDIS", ada: ada, jose: jose},
		{name: "passport", needs: []string{"connect-redis", "redis", "passport"}, environ: "REDIS=redis://$REDIS\nPASSPORT=1",
			settings: secret + "TAWK_SESSION_STORE=redis://$REDIS", ada: "42", jose: "43"},
		{name: "passport, not remembered", needs: []string{"connect-redis", "redis", "passport"},
			environ: "REDIS=redis://$REDIS\nPASSPORT=1\nFORGET=1", settings: "TAWK_SESSION_STORE=redis://$REDIS", ada: "42", jose: "43"},
		{name: "PostgreSQL", needs: []string{"connect-pg-simple", "pg"}, environ: "POSTGRES=$POSTGRES_SITE",
			settings: own + "TAWK_SESSION_STORE=$POSTGRES_READER", ada: ada, jose: jose},
		{name: "files", needs: []string{"session-file-store"}, environ: "FILES=$FOLDER",
			settings: own + secret + "TAWK_SESSION_STORE=file://$FOLDER", ada: ada, jose: jose},
		{name: "files, not remembered", needs: []string{"session-file-store"}, environ: "FILES=$FOLDER\nFORGET=1",
			settings: own + "TAWK_SESSION_STORE=file://$FOLDER", ada: ada, jose: jose},
	} {
		if !testenv.Sampled(i, 2) {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			node := testenv.Node(t, append(s.needs, "express", "express-session")...)
			s.environ += "\nSECRET=a secret"
			s.settings += "\nTAWK_SESSION=express"
			s.stored = true
			s.open(p, testenv.Site(t, node, "express/app.js", p.lines(s.environ)...)).journey()
		})
	}
}

// TestNodeSite has the libraries that keep everything in the cookie. None of them can take a login back.
func TestNodeSite(t *testing.T) {
	t.Parallel()
	const (
		own    = "TAWK_USER_ID=user.id\nTAWK_USER_NAME=user.name\nTAWK_USER_EMAIL=user.email\n"
		secret = "a secret of the site, of 32 characters or more"
		key    = "base64:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=" // 32 times k
	)
	for i, s := range []liveSite{
		{name: "cookie-session", needs: []string{"cookie-session"},
			settings: own + "TAWK_SESSION=cookie-session\nTAWK_KEYGRIP_KEYS=the new key,the key"},
		{name: "koa", needs: []string{"koa", "koa-session"}, settings: own + "TAWK_SESSION=koa\nTAWK_KEYGRIP_KEYS=the new key,the key"},
		{name: "iron", needs: []string{"iron-session"},
			settings: own + "TAWK_SESSION=iron\nTAWK_SESSION_COOKIE=sid\nTAWK_IRON_PASSWORD=" + secret},
		{name: "hapi", needs: []string{"@hapi/hapi", "@hapi/cookie"},
			settings: own + "TAWK_SESSION=iron\nTAWK_SESSION_COOKIE=sid\nTAWK_IRON_PASSWORD=" + secret},
		{name: "fastify", needs: []string{"fastify", "@fastify/secure-session"},
			settings: own + "TAWK_SESSION=fastify\nTAWK_FASTIFY_KEY=" + key},
		{name: "jwt", needs: []string{"jose", "cookie"}, settings: "TAWK_SESSION=jwt\nTAWK_SESSION_COOKIE=token\nTAWK_JWT_ALGORITHM=ES256\n" +
			"TAWK_JWT_JWKS=$SITE/.well-known/jwks.json\nTAWK_JWT_ISSUER=http://site\nTAWK_JWT_AUDIENCE=shop"},
		{name: "authjs", needs: []string{"@auth/core"}, settings: "TAWK_SESSION=authjs\nTAWK_AUTHJS_SECRET=" + secret,
			login: authLogin, logout: authLogout},
		{name: "nextauth", needs: []string{"next-auth", "next"}, settings: "TAWK_SESSION=authjs\nTAWK_AUTHJS_SECRET=" + secret,
			login: authLogin, logout: authLogout},
	} {
		if !testenv.Sampled(i, 2) {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			node := testenv.Node(t, s.needs...)
			s.environ = "KIND=" + s.name
			s.ada, s.jose, s.kept = "42 Ada Lovelace ada@example.com", `u-7f3 José "Pepe" O'Neil jose@example.com`, true
			d := s.open(p, testenv.Site(t, node, "node/site.js", p.lines(s.environ)...))
			d.journey()
			if s.login != nil { // of one whose session is cut into several cookies
				d.visitor().logsIn("big", "secret", person{"Big", "44 Big big@example.com"})
			}
		})
	}
}

var csrfToken = regexp.MustCompile(`"csrfToken":"([^"]+)"`)

// authForm sends a form of Auth.js, with the token that it demands.
func authForm(b *browser, path string, fields url.Values) *http.Response {
	b.t.Helper()
	answer := b.read(b.open("/api/auth/csrf"))
	token := csrfToken.FindStringSubmatch(answer)
	if token == nil {
		b.t.Fatalf("no token: %s", answer)
	}
	fields.Set("csrfToken", token[1])
	return b.post(path, fields.Encode())
}

func authLogin(b *browser, member, password string) *http.Response {
	return authForm(b, "/api/auth/callback/credentials", url.Values{"user": {member}, "password": {password}})
}

func authLogout(b *browser) *http.Response { return authForm(b, "/api/auth/signout", url.Values{}) }
