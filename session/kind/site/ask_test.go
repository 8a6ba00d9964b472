package site

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
)

// A recordedAnswer is what the site of the captures once said.
type recordedAnswer struct {
	Path        string `json:"path"`
	Status      int    `json:"status"`
	ContentType string `json:"content_type"`
	Location    string `json:"location"`
	Body        string `json:"body"`
}

// replayedSite answers the questions of the captures, by path and Cookie header.
func replayedSite(t *testing.T) http.Handler {
	t.Helper()
	var recorded struct {
		Cases []struct {
			Cookie     string                    `json:"cookie"`
			Subrequest map[string]recordedAnswer `json:"subrequest"`
		} `json:"cases"`
	}
	sessiontest.ReadJSON(t, filepath.Join("testdata", "subrequest", "java-site", "case.json"), &recorded)
	answers := map[string]recordedAnswer{}
	for _, c := range recorded.Cases {
		for _, answer := range c.Subrequest {
			answers[answer.Path+" "+c.Cookie] = answer
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := answers[r.URL.Path+" "+r.Header.Get("Cookie")]
		if !ok {
			t.Errorf("the site was asked for %s with the cookies %q", r.URL, r.Header.Get("Cookie"))
		}
		for name, value := range map[string]string{"Content-Type": answer.ContentType, "Location": answer.Location} {
			if value != "" {
				w.Header().Set(name, value)
			}
		}
		w.WriteHeader(answer.Status)
		io.WriteString(w, answer.Body)
	})
}

// throughProxy serves the site for real, and returns the way to it.
func throughProxy(t testing.TB, site http.Handler) http.Handler {
	t.Helper()
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return proxyTo(target)
}

// proxyTo is a front as tawkproxy's, without what it inserts.
func proxyTo(site *url.URL) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(site)
			p.Out.Host = p.In.Host
			p.SetXForwarded()
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
		ErrorLog:     log.New(io.Discard, "", 0),
	}
}

func TestAskFixtures(t *testing.T) {
	site := throughProxy(t, replayedSite(t))
	ways := map[string]AskOptions{
		"json": {Path: "/me.jsp", Mapping: session.Mapping{ID: "id", Name: "profile.name", Email: "profile.email"}},
		"html": {Path: "/profile.jsp",
			Mapping: session.Mapping{ID: "input[name=uid]@value", Name: ".user-name", Email: "input[name=email]@value"}},
	}
	for _, framework := range []string{"subrequest", "java-servlet"} {
		for answer, o := range ways {
			t.Run(framework+" "+answer, func(t *testing.T) {
				kindtest.RunFixtures(t, kindtest.FixtureKind{Framework: framework, Open: func(t *testing.T, captured kindtest.FixtureSite) session.Source {
					o.Site, o.Answer, o.Cookie, o.Now = site, answer, "JSESSIONID", captured.Now
					return mustAsk(t, o)
				}})
			})
		}
	}
}

func mustAsk(t testing.TB, o AskOptions) *Asker {
	t.Helper()
	o.Path = orElse(o.Path, "/api/me")
	o.Mapping.ID = orElse(o.Mapping.ID, "id")
	source, err := NewAsker(kindtest.Usual(o))
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func TestAskOptions(t *testing.T) {
	good := AskOptions{Answer: "json", Path: "/api/me?format=json", Mapping: session.Mapping{ID: "id"}}
	const path = "such as /api/me"
	for _, test := range []struct {
		change func(*AskOptions)
		want   string
	}{
		{func(o *AskOptions) {}, "<nil>"},
		{func(o *AskOptions) { o.Path = "" }, path},
		{func(o *AskOptions) { o.Path = "api/me" }, path},
		{func(o *AskOptions) { o.Path = "//evil.example/me" }, path},
		{func(o *AskOptions) { o.Path = "http://shop.example/me" }, path},
		{func(o *AskOptions) { o.Path = "/me#top" }, path},
		{func(o *AskOptions) { o.Mapping = session.Mapping{Name: "name"} }, "the user's id"},
		{func(o *AskOptions) { o.Answer = "xml" }, `not "xml"`},
		{func(o *AskOptions) { o.Answer, o.Mapping.ID = "html", "a[" }, "not a CSS selector"},
		{func(o *AskOptions) { o.Answer, o.Mapping.ID = "html", "a@1" }, "nor one with @"},
		{func(o *AskOptions) { o.Answer, o.Mapping.ID = "headers", "X User" }, "not the name of a"},
		{func(o *AskOptions) { o.Answer, o.Mapping.ID = "headers", "X_User" }, "not the name of a"},
		{func(o *AskOptions) { o.Answer, o.Mapping.ID = "headers", "set-cookie" }, "is a header that does not name a user"},
	} {
		o := good
		test.change(&o)
		message := fmt.Sprint(sessiontest.Second(NewAsker(o)))
		if !strings.Contains(message, test.want) {
			t.Errorf("%+v: got %s, want %q", o, message, test.want)
		}
	}
}

// The site is asked as if the visitor's own browser did, and nothing of the visitor's request is in the question that belongs
// to that request alone.
func TestAskQuestion(t *testing.T) {
	var asked *http.Request
	site := throughProxy(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r
		io.WriteString(w, `{"id":42}`)
	}))
	r := httptest.NewRequest("POST", "http://Shop.Example:8080/login?next=/", strings.NewReader("password=x"))
	r.RemoteAddr = "192.0.2.7:1234"
	for name, value := range map[string]string{
		"Cookie": `sid=1; a="b c"; d=\`, "Authorization": "Basic eDp5", "User-Agent": "browser", "Accept-Language": "pt",
		"X-Forwarded-Port": "443", "Accept": "image/png", "Accept-Encoding": "br", "If-None-Match": `"x"`, "Range": "bytes=0-1",
		"Content-Type": "text/plain", "Origin": "http://shop.example", "Referer": "http://shop.example/x", "Sec-Fetch-Dest": "document",
		"X-Real-Ip": "192.0.2.8",
	} {
		r.Header.Set(name, value)
	}
	check := func(name, want string) {
		t.Helper()
		if got := strings.Join(asked.Header.Values(name), "|"); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	source := mustAsk(t, AskOptions{Path: "/api/me?format=json", Cookie: "sid", Questions: kind.Questions{Site: site}})
	if u, err := source.Identify(r, nil); u.ID != "42" || err != nil {
		t.Fatalf("got %+v, %v", u, err)
	}
	head := fmt.Sprintf("%s %s of %s with %d bytes", asked.Method, asked.RequestURI, asked.Host, asked.ContentLength)
	if head != "GET /api/me?format=json of Shop.Example:8080 with 0 bytes" {
		t.Errorf("asked %s", head)
	}
	for name, want := range map[string]string{
		"Cookie": `sid=1; a="b c"; d=\`, "Authorization": "Basic eDp5", "User-Agent": "browser", "Accept-Language": "pt",
		"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Port": "443", "X-Real-Ip": "192.0.2.8", "Accept": "application/json",
		"Accept-Encoding": "identity", "If-None-Match": "", "Range": "", "Content-Type": "", "Origin": "", "Referer": "",
		"Sec-Fetch-Dest": "",
	} {
		check(name, want)
	}

	answer := http.Header{"Set-Cookie": {"sid=2; Path=/", "d=; Max-Age=0"}}
	if _, err := source.Identify(r, answer); err != nil {
		t.Fatal(err)
	}
	check("Cookie", `sid=2; a="b c"`)
	r.Header.Del("Authorization")
	asked = nil
	if _, err := source.Identify(r, http.Header{"Set-Cookie": {"sid=; Max-Age=0; Path=/"}}); asked != nil {
		t.Errorf("the site was asked about a visitor whose session it has just ended: %v", err)
	}
	if !source.About().Deferred || new(recipe.Recipe).About().Deferred {
		t.Error("only who asks must not stand in front of a page")
	}
}

func TestAskOutcomes(t *testing.T) {
	type site = http.HandlerFunc
	say := func(status int, body string, header ...string) site {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			io.WriteString(w, body)
		}
	}
	good := `{"id":42,"name":"Ada"}`
	tests := []struct {
		name    string
		cookies string
		site    site
		want    string // the id, the reason, or unknown
	}{
		{"a user", "s=1", say(200, good), "42"},
		{"a BOM in front", "s=1", say(200, "\ufeff"+good+"\n"), "42"},
		{"JSON by another name", "s=1", say(200, good, "Content-Type", "text/html"), "42"},
		{"after an early hint", "s=1", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			io.WriteString(w, good)
		}, "42"},
		{"a fresh answer of a cache", "s=1", say(200, good, "Age", "0"), "42"},
		{"no cookie", "", say(200, good), string(session.NoCookie)},
		{"no session cookie", "t=1", say(200, good), string(session.NoCookie)},
		{"guest", "s=1", say(200, `{"id":null}`), string(session.NoUser)},
		{"other shape", "s=1", say(200, `[1]`), string(session.NoUser)},
		{"nothing", "s=1", say(200, ""), string(session.Malformed)},
		{"no content", "s=1", say(204, ""), string(session.NoUser)},
		{"login page", "s=1", say(200, "<!DOCTYPE html><p>Log in"), string(session.Malformed)},
		{"redirect", "s=1", say(302, "", "Location", "/login"), string(session.NoUser)},
		{"400", "s=1", say(400, good), string(session.NoUser)},
		{"401", "s=1", say(401, good), string(session.NoUser)},
		{"403", "s=1", say(403, good), string(session.NoUser)},
		{"404", "s=1", say(404, good), string(session.NoUser)},
		{"old answer of a cache", "s=1", say(200, good, "Age", "7"), string(session.Untrusted)},
		{"compressed", "s=1", say(200, "\x1f\x8b\b", "Content-Encoding", "gzip"), string(session.Malformed)},
		{"too large", "s=1", say(200, good+strings.Repeat(" ", maxAnswer)), string(session.Malformed)},
		{"too large for a guest", "s=1", say(401, strings.Repeat(" ", maxAnswer+1)), string(session.NoUser)},
		{"408", "s=1", say(408, good), "unknown"},
		{"429", "s=1", say(429, good), "unknown"},
		{"500", "s=1", say(500, good), "unknown"},
		{"503", "s=1", say(503, good), "unknown"},
		{"508", "s=1", say(508, good), "unknown"},
		{"broken off", "s=1", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			io.WriteString(w, good)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "unknown"},
		{"no answer", "s=1", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "unknown"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := mustAsk(t, AskOptions{Cookie: "s", Mapping: session.Mapping{ID: "id", Name: "name"}, Questions: kind.Questions{Site: throughProxy(t, test.site)}})
			r := sessiontest.Visitor(test.cookies)
			// As in every request that a server has read; httputil.ReverseProxy tells a broken answer only then.
			r = r.WithContext(context.WithValue(r.Context(), http.ServerContextKey, &http.Server{}))
			u, err := source.Identify(r, nil)
			reason, certain := session.NobodyReason(err)
			got := u.ID
			if got == "" {
				got = string(reason)
			}
			if err != nil && !certain {
				got = "unknown"
			}
			if got != test.want || err == nil && u.Name != "Ada" {
				t.Errorf("got %+v, %v, want %s", u, err, test.want)
			}
		})
	}
}

// What the site says behind its answer is not part of the answer's header.
func TestAskTrailer(t *testing.T) {
	source := mustAsk(t, AskOptions{Answer: "headers", Mapping: session.Mapping{ID: "X-Id"}, Questions: kind.Questions{Site: http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusOK)
			w.Header().Set("X-Id", "42")
		})}})
	if u, err := source.Identify(sessiontest.Visitor("s=1"), nil); err == nil {
		t.Errorf("got %+v", u)
	}
}

func TestAskUnnamedCookie(t *testing.T) {
	site := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"id":42}`) })
	source := mustAsk(t, AskOptions{Questions: kind.Questions{Site: site}})
	if u, err := source.Identify(sessiontest.Visitor("theme=dark"), nil); u.ID != "42" || err != nil {
		t.Errorf("got %+v, %v", u, err)
	}
	if reason, _ := session.NobodyReason(sessiontest.Second(source.Identify(sessiontest.Visitor(""), nil))); reason != session.NoCookie {
		t.Errorf("without a cookie: %q", reason)
	}
	basic := sessiontest.Visitor("")
	basic.SetBasicAuth("ada", "x")
	if u, err := source.Identify(basic, nil); u.ID != "42" || err != nil {
		t.Errorf("with HTTP's own login: %+v, %v", u, err)
	}
}

func TestAskInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked int
		source := mustAsk(t, AskOptions{Timeout: 2 * time.Second, Questions: kind.Questions{Site: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			<-r.Context().Done()
		})}})
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		go func() {
			_, err := source.Identify(sessiontest.Visitor("s=1").WithContext(ctx), nil)
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
				t.Errorf("the visitor left: %v after %v", err, time.Since(start))
			}
		}()
		synctest.Wait()
		_, err := source.Identify(sessiontest.Visitor("s=1"), nil)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 2*time.Second {
			t.Errorf("the site is slow: %v after %v", err, time.Since(start))
		}
		if asked != 1 {
			t.Errorf("asked %d times: the second visitor did not wait for the first one's answer", asked)
		}
		if _, err := source.Identify(sessiontest.Visitor("s=1"), nil); err == nil || asked != 1 {
			t.Errorf("asked again at once: %v", err)
		}
		time.Sleep(keepUnknown)
		source.Identify(sessiontest.Visitor("s=1"), nil)
		if asked != 2 {
			t.Error("not asked again")
		}
	})
}

// Many visitors with slow sessions do not take all of the site's workers.
func TestAskIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at, most atomic.Int32
		source := mustAsk(t, AskOptions{Timeout: time.Second, Questions: kind.Questions{Site: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			most.Store(max(most.Load(), at.Add(1)))
			time.Sleep(100 * time.Millisecond)
			at.Add(-1)
			io.WriteString(w, `{"id":42}`)
		})}})
		var answered, unknown atomic.Int32
		for i := range 20 * mostQuestions {
			go func() {
				r := sessiontest.Visitor(fmt.Sprintf("s=%d", i))
				r.RemoteAddr = fmt.Sprintf("192.0.2.%d:1", i%3)
				if _, err := source.Identify(r, nil); err == nil {
					answered.Add(1)
				} else {
					unknown.Add(1)
				}
			}()
		}
		time.Sleep(5 * time.Second)
		if most.Load() != mostQuestions || answered.Load() < 9*mostQuestions || answered.Load()+unknown.Load() != 20*mostQuestions {
			t.Errorf("%d questions at once, %d visits answered, %d not", most.Load(), answered.Load(), unknown.Load())
		}
	})
}

func TestAskOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		release := make(chan struct{})
		source := mustAsk(t, AskOptions{Questions: kind.Questions{Site: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			<-release
			fmt.Fprintf(w, `{"id":%q}`, r.Header.Get("Cookie"))
		})}})
		for i := range 100 {
			go func() {
				cookies := fmt.Sprintf("s=%d", i%2)
				if u, err := source.Identify(sessiontest.Visitor(cookies), nil); u.ID != cookies {
					t.Errorf("%s: got %+v, %v", cookies, u, err)
				}
			}()
		}
		synctest.Wait()
		close(release)
		synctest.Wait()
		if asked.Load() != 2 {
			t.Errorf("asked %d times", asked.Load())
		}
	})
}

// askedSite counts what it is asked, and names the user that the test says.
type askedSite struct {
	user   string
	asked  int
	header http.Header // of the answers
}

func (s *askedSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked++
	for name, values := range s.header {
		w.Header()[name] = slices.Clone(values)
	}
	json.NewEncoder(w).Encode(map[string]string{"id": s.user})
}

func TestAskRemembers(t *testing.T) {
	clock := time.Unix(1795357041, 0)
	site := &askedSite{user: "ada"}
	source := mustAsk(t, AskOptions{Cookie: "s", Keep: 3 * time.Second, Now: func() time.Time { return clock }, Questions: kind.Questions{Site: site}})
	see := func(what string, r *http.Request, id string, asked int) {
		t.Helper()
		site.asked = 0
		if u, err := source.Identify(r, nil); u.ID != id || (err == nil) != (id != "") || site.asked != asked {
			t.Errorf("%s: got %+v, %v after %d questions, want %q after %d", what, u, err, site.asked, id, asked)
		}
	}
	see("first", sessiontest.Visitor("s=1"), "ada", 1)
	site.user = ""
	see("again", sessiontest.Visitor("s=1"), "ada", 0)
	see("another session", sessiontest.Visitor("s=2"), "", 1)
	see("another session again", sessiontest.Visitor("s=2"), "", 0)
	clock = clock.Add(3 * time.Second)
	see("later", sessiontest.Visitor("s=1"), "", 1)

	site.user = "ada"
	different := func(change func(r *http.Request)) *http.Request {
		r := sessiontest.Visitor("s=3")
		change(r)
		return r
	}
	see("to be told from the following", sessiontest.Visitor("s=3"), "ada", 1)
	for what, r := range map[string]*http.Request{
		"another cookie beside it": sessiontest.Visitor("s=3; t=1"),
		"another browser":          different(func(r *http.Request) { r.Header.Set("User-Agent", "other") }),
		"another language":         different(func(r *http.Request) { r.Header.Set("Accept-Language", "fr") }),
		"another peer":             different(func(r *http.Request) { r.RemoteAddr = "192.0.2.99:1" }),
		"another client":           different(func(r *http.Request) { r.Header.Set("X-Forwarded-For", "192.0.2.99") }),
		"another scheme":           different(func(r *http.Request) { r.TLS = &tls.ConnectionState{} }),
		"another host":             different(func(r *http.Request) { r.Host = "other.example" }),
		"another login":            different(func(r *http.Request) { r.SetBasicAuth("jose", "") }),
	} {
		see(what, r, "ada", 1)
		see(what+" again", r, "ada", 0)
	}
	see("the same from another port", different(func(r *http.Request) { r.RemoteAddr = "192.0.2.1:7" }), "ada", 1)
	see("the same from yet another port", different(func(r *http.Request) { r.RemoteAddr = "192.0.2.1:8" }), "ada", 0)
}
