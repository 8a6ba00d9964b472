package session

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

// serveNode starts the example site in Node with the library of that kind, and returns its address.
func serveNode(t *testing.T, kind string) string {
	t.Helper()
	site := exec.Command(testenv.Need(t, "node"), "../examples/node/site.js", kind)
	var said bytes.Buffer
	site.Stderr = &said
	out, err := site.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := site.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(time.Minute, func() { site.Process.Kill() })
	defer late.Stop()
	t.Cleanup(func() {
		site.Process.Kill()
		site.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		site.Wait()
		if strings.Contains(said.String(), "Cannot find module") {
			testenv.Missing(t, "the node modules of examples/node are not installed, or NODE_PATH does not lead to them")
		}
		t.Fatalf("the site did not start: %s", said.String())
	}
	return strings.TrimSpace(address)
}

// People log in and out of a site with the real library; on every page the source knows the same person as the site.
func TestNodeSites(t *testing.T) {
	key := bytes.Repeat([]byte("k"), 32)
	secret := [][]byte{[]byte("a secret of the site, of 32 characters or more")}
	user := Mapping{ID: "user.id", Name: "user.name", Email: "user.email"}
	kinds := map[string]func(address string) (*Recipe, error){
		"cookie-session": func(string) (*Recipe, error) {
			return CookieSession(CookieSessionOptions{Setup: Setup{Mapping: user}, Keys: [][]byte{[]byte("the new key")}})
		},
		"koa": func(string) (*Recipe, error) {
			return Koa(KoaOptions{Setup: Setup{Mapping: user, MaxAge: time.Minute}, Keys: [][]byte{[]byte("the new key")}})
		},
		"iron": func(string) (*Recipe, error) {
			return Iron(IronOptions{Setup: Setup{Cookie: "sid", Mapping: user}, Passwords: secret})
		},
		"fastify": func(string) (*Recipe, error) {
			return Fastify(FastifyOptions{Setup: Setup{Mapping: user, MaxAge: time.Minute}, Keys: [][]byte{key}})
		},
		"jwt": func(address string) (*Recipe, error) {
			return JWT(JWTOptions{Setup: Setup{Cookie: "token", MaxAge: time.Minute}, Algorithm: "ES256", Issuer: "http://site",
				Audience: "shop", JWKS: address + "/.well-known/jwks.json"})
		},
		"authjs":   func(string) (*Recipe, error) { return AuthJS(AuthJSOptions{Secrets: secret}) },
		"nextauth": func(string) (*Recipe, error) { return AuthJS(AuthJSOptions{Secrets: secret}) },
	}
	for kind, open := range kinds {
		t.Run(kind, func(t *testing.T) {
			address := serveNode(t, kind)
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			v := &siteVisitor{t: t, client: &http.Client{Jar: jar}, base: address, source: mustOpen(t)(open(address))}
			login := func(person, before, name string) { v.sees("/login?user="+person, before, name) }
			logout := func(before string) { v.sees("/logout", before, "") }
			people := []string{"ada", "Ada Lovelace", "jose", `José "Pepe" O'Neil </script>`}
			if kind == "authjs" || kind == "nextauth" {
				people = append(people, "big", "Big") // cut into several cookies
				login = func(person, _, _ string) { v.post("/api/auth/callback/credentials", url.Values{"user": {person}}) }
				logout = func(string) { v.post("/api/auth/signout", url.Values{}) }
			}
			v.agrees("")
			before := ""
			for ; len(people) > 0; people = people[2:] {
				login(people[0], before, people[1])
				before = people[1]
				v.agrees(before)
			}
			logout(before)
			v.agrees("")
		})
	}
}

// page fetches a page and returns what is on it.
func (v *siteVisitor) page(path string) string {
	v.t.Helper()
	answer, err := v.client.Get(v.base + path)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return string(text)
}

// post sends a form of Auth.js, with the token that it demands.
func (v *siteVisitor) post(path string, form url.Values) {
	v.t.Helper()
	_, token, _ := strings.Cut(v.page("/api/auth/csrf"), `"csrfToken":"`)
	token, _, _ = strings.Cut(token, `"`)
	form.Set("csrfToken", token)
	form.Set("json", "true")
	answer, err := v.client.PostForm(v.base+path, form)
	if err != nil {
		v.t.Fatal(err)
	}
	answer.Body.Close()
}

// agrees checks that the site greets that person, and that the source knows the same one before the site has answered and
// with its answer.
func (v *siteVisitor) agrees(name string) {
	v.t.Helper()
	want := name
	if name == "" {
		want = "nobody"
	}
	if got := v.page("/"); got != want {
		v.t.Fatalf("the site greets %q, not %q", got, want)
	}
	v.sees("/", name, name)
}
