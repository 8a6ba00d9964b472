package main

import (
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// TestRailsKeyDigest has two Rails sites of one secret that derive their keys by different digests, so that neither accepts the
// other's cookies. In front of each, visitors bring sessions that the other began.
func TestRailsKeyDigest(t *testing.T) {
	t.Parallel()
	ruby := testenv.Ruby(t, "puma", "railties")
	doors := map[string]*door{}
	for _, digest := range []string{"SHA1", "SHA256"} {
		p := newPlace(t)
		s := liveSite{ada: "42 Ada Lovelace", jose: `43 José "Pepe" O'Neil`, kept: true,
			settings: "TAWK_SESSION=rails\nTAWK_SESSION_COOKIE=_shop_session\nTAWK_RAILS_SECRET_KEY_BASE=a secret_key_base\n" +
				"TAWK_USER_ID=user.id\nTAWK_USER_NAME=user.name\n" +
				"TAWK_RAILS_KEY_GENERATOR_HASH_DIGEST_CLASS=" + strings.ToLower(digest)}
		url := testenv.Site(t, ruby, "rails/app.rb", "SECRET_KEY_BASE=a secret_key_base", "KEY_DIGEST="+digest)
		doors[digest] = s.open(p, url)
		doors[digest].journey()
	}
	for here, there := range map[string]string{"SHA1": "SHA256", "SHA256": "SHA1"} {
		ada := doors[here].visitor()
		ada.logsIn("ada", "secret", doors[here].ada)
		stranger := doors[there].visitor()
		stranger.client.Jar.SetCookies(stranger.address(), ada.cookies())
		stranger.sees(doors[there].stranger)
	}
}
