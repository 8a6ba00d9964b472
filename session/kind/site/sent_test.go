package site

import (
	"net/http"
	"strings"
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/sessiontest"
)

func page200(contentType, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Write([]byte(body))
	})
}

// A question carries the operator's headers beside the visitor's, in the place of tawkproxy's own.
func TestAskSends(t *testing.T) {
	var asked http.Header
	site := throughProxy(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header
		if r.Header.Get("X-Requested-With") == "XMLHttpRequest" {
			w.Write([]byte(`{"id":42}`))
			return
		}
		http.Redirect(w, r, "/login", http.StatusFound)
	}))
	r := sessiontest.Visitor("s=1")
	r.Header.Set("Accept-Language", "pt")
	r.Header.Set("X-Requested-With", "the visitor's")
	if u, err := mustAsk(t, AskOptions{Questions: kind.Questions{Site: site}}).Identify(r, nil); err == nil || asked.Get("X-Requested-With") != "" {
		t.Errorf("without headers: got %+v, %v, asked with %v", u, err, asked)
	}
	source := mustAsk(t, AskOptions{Questions: kind.Questions{Site: site},
		Headers: setting.Headers{{Name: "X-Requested-With", Value: "XMLHttpRequest"}, {Name: "Accept", Value: "*/*"}, {Name: "Accept-Language", Value: "en"}}})
	if u, err := source.Identify(r, nil); u.ID != "42" {
		t.Errorf("with headers: got %+v, %v, asked with %v", u, err, asked)
	}
	for name, want := range map[string]string{"Accept": "*/*", "Accept-Language": "en", "Cookie": "s=1", "Accept-Encoding": "identity"} {
		if got := strings.Join(asked[name], "|"); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if text := source.LogValue().String(); !strings.Contains(text, "X-Requested-With") || strings.Contains(text, "XMLHttp") {
		t.Errorf("the log has %s", text)
	}
}

func TestSendable(t *testing.T) {
	for _, name := range []string{"Accept", "Accept-Language", "X-Requested-With", "Content-Type", "Referer", "Origin", "Sec-Fetch-Mode", "X-Inertia",
		"Hx-Request", "Turbo-Frame", "X-Pjax", "Ocs-Apirequest", "Dnt", "X-Timezone"} {
		if err := sendable(setting.Headers{{Name: name, Value: "x"}}); err != nil {
			t.Errorf("%s is refused: %v", name, err)
		}
	}
	for _, names := range [][]string{
		{"Cookie", "Cookie2", "Set-Cookie", "Authorization", "User-Agent", "Forwarded", "X-Forwarded-For", "X-Forwarded-User", "X-Real-Ip",
			"Proxy-Authorization", "X-Api-Key", "X-Apikey", "X-Auth-Request-Email", "X-Csrf-Token", "X-Xsrf-Token", "Remote-User", "X-Remote-User",
			"X-Ms-Client-Principal", "Ssl-Client-Cert", "Tailscale-User-Login", "X-Amzn-Oidc-Data", "X-Goog-Authenticated-User-Id", "X-Session-Id",
			"Cf-Access-Jwt-Assertion", "X-Authenticated-Userid", "X-Email", "X-Webauth-User", "X-Secret"},
		{"Host", "Connection", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Proxy-Connection", "Accept-Encoding", "Cache-Control",
			"Range", "If-None-Match", "If-Modified-Since", "Content-Length", "Expect", "Tawkproxy-Question", "X-Http-Method-Override"},
	} {
		for _, name := range names {
			headers := setting.Headers{{Name: "Accept", Value: "x"}, {Name: http.CanonicalHeaderKey(name), Value: "x"}}
			if err := sendable(headers); err == nil || !strings.Contains(err.Error(), http.CanonicalHeaderKey(name)) {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := NewAsker(AskOptions{Answer: "json", Path: "/me", Mapping: session.Mapping{ID: "id"}, Headers: headers}); err == nil {
				t.Errorf("%s is sent", name)
			}
		}
	}
}

func TestAskSettings(t *testing.T) {
	const ask = "site TAWK_SESSION_URL=/me TAWK_USER_ID=id TAWK_SESSION_HEADERS="
	kindtest.RunSettings(t, []kind.Kind{Site(), Response()}, [][2]string{
		{ask + "X-Requested-With=XMLHttpRequest,Accept=application/json,*/*;q=0.1", ""},
		{ask + "Cookie=sid=1", "TAWK_SESSION_HEADERS: has Cookie, by which the site would take all visitors for one; " +
			"remove it: each question has the visitor's own cookies"},
		{ask + "x-api-key=1", "TAWK_SESSION_HEADERS: has X-Api-Key, which may tell the site who asks: it would take all visitors for one; " +
			"remove it: each question has the visitor's own cookies and Authorization"},
		{ask + "authorization=Basic", "TAWK_SESSION_HEADERS: has Authorization, by which the site would take all visitors for one; " +
			"remove it: each question has what the visitor sends"},
		{ask + "host=shop.example", "TAWK_SESSION_HEADERS: has Host, by which another site would be asked; " +
			"remove it: the site is asked by the host that visitors come to"},
		{ask + "Upgrade=x", "TAWK_SESSION_HEADERS: has Upgrade, which is between two programs on the way and never gets to the site; remove it"},
		{ask + "Range=x", "TAWK_SESSION_HEADERS: has Range, which is not the operator's to say: tawkproxy asks so that the answer is whole and fresh; remove it"},
		{"response TAWK_SESSION_HEADERS=Accept=x", "TAWK_SESSION_HEADERS: is of no use without TAWK_SESSION_URL: nothing is asked; " +
			"set TAWK_SESSION_URL, or remove it"},
		{"response TAWK_SESSION_URL=/me TAWK_SESSION_HEADERS=Accept=x", ""},
		{`site TAWK_SESSION_URL=/app TAWK_SESSION_ANSWER=html TAWK_USER_ID=script@/user:"([^"]+)"/`, ""},
		{`site TAWK_SESSION_URL=/app TAWK_USER_ID=script@/user:"([^"]+)"/`, "TAWK_USER_ID: is an expression for pages, but TAWK_SESSION_URL is taken to " +
			"answer with JSON; set TAWK_SESSION_ANSWER=html"},
	})
}
