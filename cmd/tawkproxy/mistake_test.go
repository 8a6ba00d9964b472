package main

import (
	"context"
	"strings"
	"testing"
)

// What only the session can judge stops the start as any other mistake does: with the setting's name and exit code 2.
func TestMistakes(t *testing.T) {
	const rs256 = "TAWK_SESSION=jwt\nTAWK_JWT_ALGORITHM=RS256\nTAWK_JWT_ISSUER=none\nTAWK_JWT_AUDIENCE=none\n"
	const header = "TAWK_SESSION=header\nTAWK_TRUSTED_PROXIES=127.0.0.1\n"
	const html = "TAWK_SESSION=site\nTAWK_SESSION_URL=/me\nTAWK_SESSION_ANSWER=html\n"
	ended, end := context.WithCancel(t.Context()) // so that a start that should have failed does not last
	end()
	for _, test := range []struct{ settings, want string }{
		{header + "TAWK_USER_ID=X_User", `TAWK_USER_ID: "X_User" is not the name of a header`},
		{header + "TAWK_USER_ID=X-User\nTAWK_USER_NAME=Cookie", `TAWK_USER_NAME: "Cookie" is a header that does not name a user`},
		{"TAWK_SESSION=response\nTAWK_USER_ATTRIBUTES=plan=X Plan", `TAWK_USER_ATTRIBUTES: "X Plan" is not the name of a header`},
		{html + "TAWK_USER_ID=:::", `TAWK_USER_ID: ":::" is not a CSS selector, nor one with @attribute or @/expression/: `},
		{html + "TAWK_SESSION_REQUIRE=p[=1", `TAWK_SESSION_REQUIRE: "p[" is not a CSS selector`},
		{rs256 + "TAWK_JWT_PUBLIC_KEY=-----BEGIN PUBLIC KEY-----", "TAWK_SESSION: jwt: the public key is not PEM"},
		{"TAWK_SESSION=rails\nTAWK_RAILS_SECRET_KEY_BASE=s\nTAWK_SESSION_MAX_AGE=1h",
			"TAWK_SESSION: rails: sessions of this kind do not tell"},
		{"TAWK_SESSION=django\nTAWK_SESSION_STORE=redis://h\nTAWK_DJANGO_SECRET_KEY=s", "TAWK_DJANGO_SESSION_ENGINE: is db, which keeps no"},
		{"TAWK_SESSION_STORE=redis+sentinel://h", "TAWK_SESSION_STORE: not a Redis URL"},
		{"TAWK_USER_DSN=mysql://h/d?parseTime=maybe", "TAWK_USER_DSN: a parameter of the URL"},
		{"TAWK_SESSION=php\nTAWK_PHP_SAVE_PATH=tape://h", "TAWK_PHP_SAVE_PATH: "},
	} {
		environ := aside(strings.Split(test.settings, "\n")...)
		var stdout, stderr strings.Builder
		code := run(ended, []string{"serve"}, environ, &stdout, &stderr)
		if code != exitUsage || !strings.Contains(stderr.String(), "\n"+test.want) {
			t.Errorf("%s: exit code %d, %s", test.settings, code, stderr.String())
		}
	}
}
