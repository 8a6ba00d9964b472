package session

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// signedHeaderFixtures reads the tokens of services in front of a site.
var signedHeaderFixtures = fixtureKind{Framework: "signed-headers", Open: openSignedHeader}

func openSignedHeader(t *testing.T, site fixtureSite) Source {
	t.Helper()
	site.Mapping = Mapping{}
	folder := fileURL(t, filepath.Join("testdata", "signed-headers", site.Variant))
	switch site.Variant {
	case "cloudflare-access":
		return mustOpen(t)(CloudflareAccess(CloudflareAccessOptions{Setup: site.Setup, TeamDomain: site.Config.text("issuer"),
			Audience: site.Config.text("audience"), JWKS: folder + "/" + site.Config.text("jwks")}))
	case "aws-alb":
		return mustOpen(t)(AWSALB(AWSALBOptions{Setup: site.Setup, Signer: site.Config.text("signer"),
			Issuer: site.Config.text("issuer"), Keys: folder + "/" + site.Config.text("keys") + "/"}))
	case "google-iap":
		return mustOpen(t)(GoogleIAP(GoogleIAPOptions{Setup: site.Setup, Audience: site.Config.text("audience"),
			JWKS: folder + "/" + site.Config.text("jwks")}))
	}
	t.Fatalf("there is no preset for %s", site.Variant)
	return nil
}

func TestSignedHeaderFixtures(t *testing.T) { runFixtures(t, signedHeaderFixtures) }

// Every bit of every token that leads to a user is flipped, in headers and in cookies.
func TestSignedHeaderFlippedBits(t *testing.T) {
	var tried int
	for _, variant := range loadFixtures(t, signedHeaderFixtures.Framework) {
		for _, c := range variant.Cases {
			if c.Expect.Outcome != "user" {
				continue
			}
			t.Run(variant.name+"/"+c.Name, func(t *testing.T) {
				site := openFixture(t, signedHeaderFixtures, variant, c)
				source := openSignedHeader(t, site)
				header := http.CanonicalHeaderKey(site.Config.text("header"))
				token := c.request().Header.Get(header)
				request := func(text string) *http.Request {
					r := c.request()
					r.Header.Set(header, text)
					return r
				}
				if token == "" {
					_, token, _ = strings.Cut(c.Cookie, "=")
					request = func(text string) *http.Request {
						c.Cookie = site.Cookie + "=" + text
						return c.request()
					}
				}
				n, _ := flipText(t, source, token, 1, request, itself)
				tried += n
			})
		}
	}
	t.Logf("%d flipped bits, none accepted", tried)
}

func TestSignedHeaderOptions(t *testing.T) {
	var failures []error
	for _, team := range []string{"", "https://", "team.example/x", "user@team.example", "team.example:443"} {
		_, err := CloudflareAccess(CloudflareAccessOptions{TeamDomain: team, Audience: "a"})
		failures = append(failures, err)
	}
	_, err := CloudflareAccess(CloudflareAccessOptions{TeamDomain: "team.example"})
	failures = append(failures, err)
	_, err = GoogleIAP(GoogleIAPOptions{})
	failures = append(failures, err)
	_, err = AWSALB(AWSALBOptions{Signer: "legacy"})
	failures = append(failures, err)
	for i, err := range failures {
		if err == nil {
			t.Errorf("mistake %d was not found", i)
		}
	}
}
