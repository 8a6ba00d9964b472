package session

import "testing"

// scsFixtures reads the captures of alexedwards/scs.
var scsFixtures = fixtureKind{Framework: "scs", Open: openSCS}

func openSCS(t *testing.T, site fixtureSite) Source {
	t.Helper()
	recipe, err := SCS(SCSOptions{Site: site.Site, Serializer: site.Config.text("serializer"),
		Prefix: site.Config.text("key_prefix")})
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

func TestSCSFixtures(t *testing.T) { runFixtures(t, scsFixtures) }

func TestSCSFlippedBits(t *testing.T) { flipFixtures(t, scsFixtures) }
