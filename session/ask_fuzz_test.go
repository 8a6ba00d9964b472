package session

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzAskAnswer reads any answer in all three ways. Only a good one leads to a user, and an id is text of the answer.
func FuzzAskAnswer(f *testing.F) {
	f.Add(200, "application/json", []byte(`{"id":42,"profile":{"name":"Ada"}}`), "42")
	f.Add(200, "text/html; charset=shift_jis", []byte("<p id=id>42<input name=n value='&eacute;\x8e'>"), "a, b")
	f.Add(200, "text/html", []byte("\xff\xfe<\x00p\x00 \x00i\x00d\x00=\x00i\x00d\x00>\x004\x00"), "")
	f.Add(302, "", []byte(""), "=?utf-8?q?42?=")
	f.Add(503, "text/html", []byte("<template><p id=id>x</template><svg><foreignObject><table>"), "0")
	paths := map[string]Mapping{
		"json": {ID: "id", Name: "profile.name"}, "html": {ID: "#id", Name: "input@value"}, "headers": {ID: "X-Id", Name: "X-Name"},
	}
	f.Fuzz(func(t *testing.T, status int, contentType string, body []byte, header string) {
		site := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header()["X-Id"], w.Header()["X-Name"] = strings.Split(header, ","), []string{header}
			w.WriteHeader(status)
			w.Write(body)
		})
		for answer, m := range paths {
			u, err := mustAsk(t, AskOptions{Site: site, Answer: answer, Mapping: m}).Identify(visitor("s=1"), nil)
			_, certain := NobodyReason(err)
			switch failed := status >= 500 || status == 408 || status == 425 || status == 429; {
			case err == nil && (status > 200 || u.ID == "" || !utf8.ValidString(u.ID+u.Name) || max(len(u.ID), len(u.Name)) > maxText):
				t.Errorf("%s: status %d: %+v", answer, status, u)
			case err == nil && answer == "headers" && u.ID != header:
				t.Errorf("%q became %q", header, u.ID)
			case err != nil && certain == failed:
				t.Errorf("%s: status %d: %v", answer, status, err)
			case err != nil && u.ID != "":
				t.Errorf("%s: %+v beside %v", answer, u, err)
			}
		}
	})
}

// FuzzHeaders sends any header to every product's source, from within and from without.
func FuzzHeaders(f *testing.F) {
	f.Add("X-Forwarded-User", "ada", "X_forwarded_user", "admin")
	f.Add("Remote-User", "=?utf-8?q?Jos=C3=A9?=", "remote.name", "x")
	f.Add("X-Ms-Client-Principal", encodeBase64(`{"claims":[{"typ":"name","val":"x"}]}`), "Remote-User", "\xff")
	var sources []*Headers
	for product := range authProxies {
		var m Mapping
		if product == "" {
			m.ID = "X-Id"
		}
		sources = append(sources, mustHeader(f, HeaderOptions{Proxy: product, Mapping: m, Trusted: proxyNetwork}))
	}
	f.Fuzz(func(t *testing.T, name, value, other, otherValue string) {
		for _, source := range sources {
			for _, peer := range []string{"192.0.2.7:1", "198.51.100.7:1"} {
				r := visitor("")
				r.RemoteAddr = peer
				r.Header[name] = append(r.Header[name], value)
				r.Header[other] = append(r.Header[other], otherValue)
				believed := peer == "192.0.2.7:1"
				source.Guard(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					u, err := source.Identify(r, nil)
					if _, certain := NobodyReason(err); err != nil && !certain || err == nil && (u.ID == "" || !believed) {
						t.Errorf("from %s: %+v, %v", peer, u, err)
					}
					seen := map[string]string{}
					for name := range r.Header {
						folded := strings.Map(func(c rune) rune { return rune(fold(byte(c))) }, name)
						if !belongs(name, source.family) || name == "" {
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

// benchmarkIdentify identifies a visitor again and again; where sessions are remembered, also as one who comes for the first time.
func benchmarkIdentify(b *testing.B, source Source, r *http.Request, answer http.Header) {
	if recipe, ok := source.(*Recipe); ok {
		if _, _, remembers := recipe.memory(); remembers {
			b.Run("read anew", func(b *testing.B) { benchmarkIdentify(b, recipe.forgetful(), r, answer) })
			b.Run("remembered", func(b *testing.B) { identifyAll(b, source, r, answer) })
			return
		}
	}
	identifyAll(b, source, r, answer)
}

func identifyAll(b *testing.B, source Source, r *http.Request, answer http.Header) {
	b.ReportAllocs()
	for b.Loop() {
		if u, err := source.Identify(r, answer); err != nil || u.ID != "42" {
			b.Fatal(u, err)
		}
	}
}

// BenchmarkAsk leaves out the way to the site: what it costs to ask, to read the answer, and to remember it.
func BenchmarkAsk(b *testing.B) {
	page := `<!DOCTYPE html><title>x</title><p id=id>42</p><b class=name>Ada</b>` +
		strings.Repeat("<p class=x>Lorem <b>ipsum</b></p>\n", 600)
	for answer, m := range map[string]Mapping{
		"json": {ID: "id", Name: "profile.name"}, "html": {ID: "#id", Name: ".name"}, "headers": {ID: "X-Id", Name: "X-Name"},
	} {
		site := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["X-Id"], w.Header()["X-Name"] = []string{"42"}, []string{"Ada"}
			w.Header()["Content-Type"] = []string{map[string]string{"json": "application/json", "html": "text/html"}[answer]}
			fmt.Fprint(w, map[string]string{"json": `{"id":42,"profile":{"name":"Ada"}}`, "html": page}[answer])
		})
		r := visitor("JSESSIONID=8E80B38CEF2662574493D4C00DD5DE29; theme=dark")
		b.Run(answer, func(b *testing.B) {
			benchmarkIdentify(b, mustAsk(b, AskOptions{Site: site, Answer: answer, Mapping: m, Keep: 1}), r, nil)
		})
		b.Run(answer+" remembered", func(b *testing.B) {
			benchmarkIdentify(b, mustAsk(b, AskOptions{Site: site, Answer: answer, Mapping: m, Keep: 1 << 62}), r, nil)
		})
	}
}

func BenchmarkAskGuard(b *testing.B) {
	source := mustAsk(b, AskOptions{Site: http.NotFoundHandler(), Cookie: "s"})
	handler := source.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(200) }))
	benchmarkHandler(b, handler)
}

func BenchmarkHeaderGuard(b *testing.B) {
	source := mustHeader(b, HeaderOptions{Proxy: "oauth2-proxy", Trusted: proxyNetwork})
	benchmarkHandler(b, source.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(200) })))
}

func benchmarkHandler(b *testing.B, handler http.Handler) {
	b.ReportAllocs()
	r, w := proxiedVisitor(), httptest.NewRecorder()
	for b.Loop() {
		handler.ServeHTTP(w, r)
	}
}

func proxiedVisitor() *http.Request {
	r := visitor("s=1")
	r.RemoteAddr = "192.0.2.7:1234"
	for name, value := range map[string]string{
		"X-Forwarded-User": "42", "X-Forwarded-Email": "ada@example.com", "X-Forwarded-Preferred-Username": "Ada",
		"User-Agent": "Mozilla/5.0", "Accept": "text/html", "Accept-Language": "en", "Accept-Encoding": "gzip", "Referer": "http://x/",
	} {
		r.Header.Set(name, value)
	}
	return r
}

func BenchmarkHeader(b *testing.B) {
	benchmarkIdentify(b, mustHeader(b, HeaderOptions{Proxy: "oauth2-proxy", Trusted: proxyNetwork}), proxiedVisitor(), nil)
}

func BenchmarkHeaderAzure(b *testing.B) {
	r := visitor("")
	r.RemoteAddr = "192.0.2.7:1234"
	r.Header.Set(azurePrincipal, encodeBase64(
		`{"auth_typ":"aad","claims":[{"typ":"oid","val":"42"},{"typ":"name","val":"Ada Lovelace"}]}`))
	source := mustHeader(b, HeaderOptions{Proxy: "azure-easyauth", Mapping: Mapping{ID: "oid"}, Trusted: proxyNetwork})
	benchmarkIdentify(b, source, r, nil)
}

func BenchmarkResponse(b *testing.B) {
	source, err := Response(Mapping{}, AskOptions{})
	if err != nil {
		b.Fatal(err)
	}
	answer := http.Header{"X-Tawk-User-Id": {"42"}, "X-Tawk-User-Name": {"Ada"}, "Content-Type": {"text/html"}}
	benchmarkIdentify(b, source, visitor("s=1"), answer)
}
