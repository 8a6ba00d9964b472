package site

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/sessiontest"
)

// What a visitor does changes what is known about the visitor, and about nobody else.
func TestGuardForgets(t *testing.T) {
	for what, c := range map[string]struct {
		method, cookies string
		status          int
		setCookie       string
		forgotten       bool
	}{
		"a page":                      {"GET", "s=1", 200, "", false},
		"not modified":                {"GET", "s=1", 304, "", false},
		"another cookie is set":       {"GET", "s=1", 200, "theme=dark", false},
		"another visitor's form":      {"POST", "s=2", 200, "", false},
		"a form":                      {"POST", "s=1", 200, "", true},
		"a form that fails":           {"DELETE", "s=1", 500, "", true},
		"a redirect":                  {"GET", "s=1", 302, "", true},
		"the session cookie is set":   {"GET", "s=1", 200, "s=1; Path=/", true},
		"a session begins":            {"GET", "", 200, "s=1; Path=/", true},
		"the session cookie is ended": {"GET", "s=1", 200, " s =; Max-Age=0", true},
	} {
		t.Run(what, func(t *testing.T) {
			site := &askedSite{user: "ada"}
			source := mustAsk(t, AskOptions{Cookie: "s", Questions: kind.Questions{Site: site}})
			source.Identify(sessiontest.Visitor("s=1"), nil)
			pages := source.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if c.setCookie != "" {
					w.Header().Set("Set-Cookie", c.setCookie)
				}
				w.WriteHeader(c.status)
			}))
			r := sessiontest.Visitor(c.cookies)
			r.Method = c.method
			pages.ServeHTTP(httptest.NewRecorder(), r)
			site.user = "jose"
			u, err := source.Identify(sessiontest.Visitor("s=1"), nil)
			if want := map[bool]string{false: "ada", true: "jose"}[c.forgotten]; u.ID != want || err != nil {
				t.Errorf("got %+v, %v, want %s", u, err, want)
			}
		})
	}
}

// Who asks after a change does not wait for an answer that was under way, and that answer is not remembered.
func TestGuardForgetsWhatIsBeingAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := make(chan string)
		asked := 0
		source := mustAsk(t, AskOptions{Cookie: "s", Questions: kind.Questions{Site: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			fmt.Fprintf(w, `{"id":%q}`, <-answers)
		})}})
		start := func(id *string) {
			go func() {
				u, _ := source.Identify(sessiontest.Visitor("s=1"), nil)
				*id = u.ID
			}()
			synctest.Wait()
		}
		var before, after, later string
		start(&before)
		logout := sessiontest.Visitor("s=1")
		logout.Method = "POST"
		source.Guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "bye") })).
			ServeHTTP(httptest.NewRecorder(), logout)
		start(&after)
		answers <- "ada"
		synctest.Wait()
		start(&later)
		answers <- "jose"
		synctest.Wait()
		if before != "ada" || after != "jose" || later != "jose" || asked != 2 {
			t.Errorf("got %q, %q, %q after %d questions", before, after, later, asked)
		}
	})
}

// Some sites write the session when the page ends.
func TestGuardForgetsAtTheEnd(t *testing.T) {
	site := &askedSite{user: "ada"}
	source := mustAsk(t, AskOptions{Cookie: "s", Questions: kind.Questions{Site: site}})
	logout := sessiontest.Visitor("s=1")
	logout.Method = "POST"
	source.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "bye")
		source.Identify(sessiontest.Visitor("s=1"), nil)
		site.user = ""
	})).ServeHTTP(httptest.NewRecorder(), logout)
	if reason, _ := session.NobodyReason(sessiontest.Second(source.Identify(sessiontest.Visitor("s=1"), nil))); reason != session.NoUser {
		t.Errorf("got %q", reason)
	}
}

// The question is made from the request as it came in: what went to the site names tawkproxy already among the proxies.
func TestGuardAsksAboutTheVisitor(t *testing.T) {
	source := mustAsk(t, AskOptions{Questions: kind.Questions{Site: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"id":%q}`, r.Header.Get("X-Forwarded-For"))
	})}})
	r := sessiontest.Visitor("s=1")
	r.Header.Set("X-Forwarded-For", "192.0.2.9")
	source.Guard(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		toSite := r.Clone(r.Context())
		toSite.Header.Set("X-Forwarded-For", "192.0.2.9, 192.0.2.1")
		if u, err := source.Identify(toSite, http.Header{}); u.ID != "192.0.2.9" {
			t.Errorf("got %+v, %v", u, err)
		}
	})).ServeHTTP(httptest.NewRecorder(), r)
}

// A site that gives out a new session id with each answer keeps its visitors logged in.
func TestGuardPassesCookiesOn(t *testing.T) {
	site := &askedSite{user: "ada", header: http.Header{"Set-Cookie": {"s=2; Path=/; HttpOnly", "seen=1"}}}
	source := mustAsk(t, AskOptions{Cookie: "s", Questions: kind.Questions{Site: site}})
	endpoint := source.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, err := source.Identify(r, nil)
		w.Header().Set("Set-Cookie", "own=1")
		fmt.Fprint(w, u.ID, err)
	}))
	for _, want := range [][]string{{"own=1", "s=2; Path=/; HttpOnly", "seen=1"}, {"own=1"}} {
		w := httptest.NewRecorder()
		endpoint.ServeHTTP(w, sessiontest.Visitor("s=1"))
		if got := w.Header()["Set-Cookie"]; !slices.Equal(got, want) || w.Body.String() != "ada<nil>" {
			t.Errorf("got %q and %q, want %q", got, w.Body, want)
		}
	}
}

// An address of the site that leads back to tawkproxy, here at the first hop, ends in an error that says so.
func TestGuardEndsLoops(t *testing.T) {
	var way http.Handler
	hops := 0
	source := mustAsk(t, AskOptions{Questions: kind.Questions{Site: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if hops++; hops > 3 {
			t.Fatal("a loop")
		}
		way.ServeHTTP(w, r)
	})}})
	way = source.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, _ := source.Identify(r, nil)
		fmt.Fprintf(w, `{"id":%q}`, u.ID)
	}))
	_, err := source.Identify(sessiontest.Visitor("s=1"), nil)
	_, certain := session.NobodyReason(err)
	if err == nil || certain || !strings.Contains(err.Error(), "leads to tawkproxy itself") || hops != 1 {
		t.Errorf("after %d hops: %v", hops, err)
	}
}

func TestGuardIsTransparent(t *testing.T) {
	source := mustAsk(t, AskOptions{Questions: kind.Questions{Site: http.NotFoundHandler()}})
	server := httptest.NewServer(source.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/flush":
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			io.WriteString(w, "flushed")
		case "/hijack":
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			io.WriteString(conn, "HTTP/1.1 418 Mine\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			conn.Close()
		case "/hint":
			w.Header().Set("Link", "</a.css>")
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusAccepted)
		}
	})))
	defer server.Close()
	for path, want := range map[string]string{"/flush": "200 flushed", "/hijack": "418 ", "/hint": "202 ", "/": "200 "} {
		answer, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if got := fmt.Sprintf("%d %s", answer.StatusCode, body); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}
