package header

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record/recordtest"
	"tawkproxy/session/sessiontest"
)

// FuzzHeaders sends any header to every product's source, from within and from without.
func FuzzHeaders(f *testing.F) {
	f.Add("X-Forwarded-User", "ada", "X_forwarded_user", "admin")
	f.Add("Remote-User", "=?utf-8?q?Jos=C3=A9?=", "remote.name", "x")
	f.Add("X-Ms-Client-Principal", recordtest.EncodeBase64(`{"claims":[{"typ":"name","val":"x"}]}`), "Remote-User", "\xff")
	var sources []*Headers
	for product := range authProxies {
		var m session.Mapping
		if product == "" {
			m.ID = "X-Id"
		}
		sources = append(sources, mustHeader(f, HeaderOptions{Proxy: product, Mapping: m, Trusted: sessiontest.ProxyNetwork}))
	}
	f.Fuzz(func(t *testing.T, name, value, other, otherValue string) {
		for _, source := range sources {
			for _, peer := range []string{"192.0.2.7:1", "198.51.100.7:1"} {
				r := sessiontest.Visitor("")
				r.RemoteAddr = peer
				r.Header[name] = append(r.Header[name], value)
				r.Header[other] = append(r.Header[other], otherValue)
				believed := peer == "192.0.2.7:1"
				source.Guard(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					u, err := source.Identify(r, nil)
					if _, certain := session.NobodyReason(err); err != nil && !certain || err == nil && (u.ID == "" || !believed) {
						t.Errorf("from %s: %+v, %v", peer, u, err)
					}
					seen := map[string]string{}
					for name := range r.Header {
						folded := strings.Map(func(c rune) rune { return rune(recipe.Fold(byte(c))) }, name)
						if !recipe.Belongs(name, source.family) || name == "" {
							continue
						}
						if before, twice := seen[folded]; twice && !strings.EqualFold(before, name) || !believed {
							t.Errorf("from %s: the site gets %q and %q", peer, before, name)
						}
						seen[folded] = name
					}
				})).ServeHTTP(httptest.NewRecorder(), r)
			}
		}
	})
}

func BenchmarkHeaderGuard(b *testing.B) {
	source := mustHeader(b, HeaderOptions{Proxy: "oauth2-proxy", Trusted: sessiontest.ProxyNetwork})
	kindtest.BenchmarkHandler(b, source.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(200) })))
}

func BenchmarkHeader(b *testing.B) {
	kindtest.BenchmarkIdentify(b, mustHeader(b, HeaderOptions{Proxy: "oauth2-proxy", Trusted: sessiontest.ProxyNetwork}), kindtest.ProxiedVisitor(), nil)
}

func BenchmarkHeaderAzure(b *testing.B) {
	r := sessiontest.Visitor("")
	r.RemoteAddr = "192.0.2.7:1234"
	r.Header.Set(azurePrincipal, recordtest.EncodeBase64(
		`{"auth_typ":"aad","claims":[{"typ":"oid","val":"42"},{"typ":"name","val":"Ada Lovelace"}]}`))
	source := mustHeader(b, HeaderOptions{Proxy: "azure-easyauth", Mapping: session.Mapping{ID: "oid"}, Trusted: sessiontest.ProxyNetwork})
	kindtest.BenchmarkIdentify(b, source, r, nil)
}

func mustHeader(t testing.TB, o HeaderOptions) *Headers {
	t.Helper()
	source, err := NewHeaders(o)
	if err != nil {
		t.Fatal(err)
	}
	return source
}
