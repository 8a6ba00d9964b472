package node

import (
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session/kind"
	"tawkproxy/session/kind/kindtest"
)

func TestSettings(t *testing.T) {
	kinds := []kind.Kind{Express(), CookieSession(), Koa(), Iron(), Fastify(), AuthJS()}
	kindtest.RunSettings(t, kinds, [][2]string{
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
	})
}
