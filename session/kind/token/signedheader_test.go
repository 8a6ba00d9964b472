package token

import (
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/sessiontest"
)

// signedHeaderFixtures reads the tokens of services in front of a site.
var signedHeaderFixtures = kindtest.FixtureKind{Framework: "signed-headers", Open: openSignedHeader}

func openSignedHeader(t *testing.T, site kindtest.FixtureSite) session.Source {
	t.Helper()
	site.Mapping = session.Mapping{}
	folder := fileURL(t, filepath.Join("testdata", "signed-headers", site.Variant))
	switch site.Variant {
	case "cloudflare-access":
		return kindtest.MustOpen(t)(NewCloudflareAccess(CloudflareAccessOptions{Setup: site.Setup, TeamDomain: site.Config.Text("issuer"),
			Audience: site.Config.Text("audience"), JWKS: kindtest.URL(folder + "/" + site.Config.Text("jwks"))}))
	case "aws-alb":
		return kindtest.MustOpen(t)(NewAWSALB(AWSALBOptions{Setup: site.Setup, Signer: site.Config.Text("signer"),
			Issuer: site.Config.Text("issuer"), Keys: folder + "/" + site.Config.Text("keys") + "/"}))
	case "google-iap":
		return kindtest.MustOpen(t)(NewGoogleIAP(GoogleIAPOptions{Setup: site.Setup, Audience: site.Config.Text("audience"),
			JWKS: kindtest.URL(folder + "/" + site.Config.Text("jwks"))}))
	}
	t.Fatalf("there is no preset for %s", site.Variant)
	return nil
}

func TestSignedHeaderFixtures(t *testing.T) { kindtest.RunFixtures(t, signedHeaderFixtures) }

// Bits of every token that leads to a user are flipped, in headers and in cookies.
func TestSignedHeaderFlippedBits(t *testing.T) {
	var tried atomic.Int64
	for _, variant := range kindtest.LoadFixtures(t, signedHeaderFixtures.Framework) {
		strides := kindtest.Strides()
		for _, c := range variant.Cases {
			if c.Expect.Outcome != "user" {
				continue
			}
			stride := strides()
			if stride == 0 {
				continue
			}
			t.Run(variant.Name+"/"+c.Name, func(t *testing.T) {
				t.Parallel()
				site := kindtest.OpenFixture(t, signedHeaderFixtures, variant, c)
				source := openSignedHeader(t, site)
				header := http.CanonicalHeaderKey(site.Config.Text("header"))
				token := c.Request().Header.Get(header)
				request := func(text string) *http.Request {
					r := c.Request()
					r.Header.Set(header, text)
					return r
				}
				if token == "" {
					_, token, _ = strings.Cut(c.Cookie, "=")
					request = func(text string) *http.Request {
						c.Cookie = site.Cookie + "=" + text
						return c.Request()
					}
				}
				n, _ := sessiontest.FlipText(t, source, token, stride, request, sessiontest.Itself)
				tried.Add(int64(n))
			})
		}
	}
	t.Cleanup(func() { t.Logf("%d flipped bits, none accepted", tried.Load()) })
}

func TestSignedHeaderOptions(t *testing.T) {
	var failures []error
	for _, team := range []string{"", "https://", "team.example/x", "user@team.example", "team.example:443"} {
		_, err := NewCloudflareAccess(CloudflareAccessOptions{TeamDomain: team, Audience: "a"})
		failures = append(failures, err)
	}
	_, err := NewCloudflareAccess(CloudflareAccessOptions{TeamDomain: "team.example"})
	failures = append(failures, err)
	_, err = NewGoogleIAP(GoogleIAPOptions{})
	failures = append(failures, err)
	_, err = NewAWSALB(AWSALBOptions{Signer: "legacy"})
	failures = append(failures, err)
	for i, err := range failures {
		if err == nil {
			t.Errorf("mistake %d was not found", i)
		}
	}
}
