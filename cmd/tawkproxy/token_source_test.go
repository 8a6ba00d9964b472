package main

import (
	"io"
	"strings"
	"testing"

	"tawkproxy/session/recipe"
)

// Settings that are accepted open the kind that they name.
func TestTokenSources(t *testing.T) {
	long := strings.Repeat("s", 32)
	for _, settings := range []string{
		"jwt TAWK_JWT_HEADER=Authorization TAWK_JWT_ALGORITHM=HS256 TAWK_JWT_SECRET=s",
		"jwt TAWK_SESSION_COOKIE=t TAWK_JWT_ALGORITHM=ES256 TAWK_JWT_JWKS=file:///nowhere TAWK_JWT_ISSUER=i TAWK_JWT_AUDIENCE=none",
		"authjs TAWK_AUTHJS_SECRET=s",
		"cookie-session TAWK_KEYGRIP_KEYS=newest,oldest TAWK_USER_ID=user.id",
		"koa TAWK_KEYGRIP_KEYS=newest,oldest TAWK_USER_ID=user.id",
		"iron TAWK_SESSION_COOKIE=sid TAWK_IRON_PASSWORD=" + long + " TAWK_USER_ID=user.id",
		"fastify TAWK_FASTIFY_KEY=" + long + " TAWK_USER_ID=user.id",
		"cloudflare-access TAWK_CLOUDFLARE_TEAM_DOMAIN=team.invalid TAWK_CLOUDFLARE_AUD=a",
		"aws-alb TAWK_ALB_SIGNER=arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/a/5",
		"google-iap TAWK_IAP_AUDIENCE=/projects/1/apps/a",
	} {
		kind, _, _ := strings.Cut(settings, " ")
		cfg, err := load(append([]string{"TAWK_UPSTREAM=http://127.0.0.1:3000", "TAWK_EMBED=never", "TAWK_SECRET_KEY=k"},
			strings.Fields("TAWK_SESSION="+settings)...))
		if err != nil {
			t.Errorf("%s: %v", settings, err)
			continue
		}
		source, err := openSource(cfg, pageWaits(), nil, nil, func(io.Closer) {}, nil)
		if recipe, ok := source.(*recipe.Recipe); err != nil || !ok || recipe.Name != kind {
			t.Errorf("%s: got %+v, %v", settings, source, err)
		}
	}
}
