package recognise_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"tawkproxy/session/folder"
	"tawkproxy/session/kinds"
	"tawkproxy/session/recognise"
)

// Signs of many sites, as their guests see them, and what they run on.
func TestRank(t *testing.T) {
	for _, test := range []struct{ cookies, headers, generator, kind string }{
		{"PHPSESSID", "", "", "php"},
		{"", "X-Powered-By: PHP/8.2", "", "php"},
		{"PHPSESSID wordpress_test_cookie", "X-Powered-By: PHP/8.2", "", "wordpress"},
		{"", "X-Powered-By: PHP/8.2", "WordPress 6.4", "wordpress"},
		{"XSRF-TOKEN shop_session", "X-Powered-By: PHP/8.2", "", "laravel"},
		{"laravel_session", "", "", "laravel"},
		{"_shop_session", "X-Runtime: 0.01|X-Request-Id: 1", "", "rails"},
		{"csrftoken", "", "", "django"},
		{"sessionid", "", "", "django"},
		{"session", "Server: Werkzeug/3.0 Python/3.11", "", "flask"},
		{"connect.sid", "X-Powered-By: Express", "", "express"},
		{"session session.sig", "X-Powered-By: Express", "", "cookie-session"},
		{"koa.sess koa.sess.sig", "", "", "koa"},
		{"__Host-next-auth.csrf-token", "X-Powered-By: Next.js", "", "authjs"},
		{"JSESSIONID", "", "", "site"},
		{".AspNetCore.Antiforgery.x", "", "", "site"},
		{"ASP.NET_SessionId", "X-Powered-By: ASP.NET", "", "site"},
		{"_oauth2_proxy_csrf", "", "", "header"},
		{"CF_AppSession", "Server: cloudflare", "", "cloudflare-access"},
		{"AWSALBAuthNonce AWSELBAuthSessionCookie-0", "", "", "aws-alb"},
		{"", "X-Goog-Iap-Generated-Response: true", "", "google-iap"},
		{"lang", "Server: nginx", "Hugo 0.1", ""},
	} {
		look := recognise.Look{Cookies: strings.Fields(test.cookies), Headers: strings.Split(test.headers, "|"), Generator: test.generator}
		got := ""
		if all := recognise.Rank(kinds.All(), look, nil); len(all) > 0 {
			got = all[0].Kind.Name
			if len(all[0].Signs) == 0 {
				t.Errorf("%+v: nothing speaks for it", test)
			}
		}
		if got != test.kind {
			t.Errorf("%+v: got %q", test, got)
		}
	}
}

// A folder says more than what the site shows.
func TestRankByFolder(t *testing.T) {
	files := func(names ...string) fstest.MapFS {
		all := fstest.MapFS{}
		for _, name := range names {
			name, text, _ := strings.Cut(name, "=")
			all[name] = &fstest.MapFile{Data: []byte(text)}
		}
		return all
	}
	php := recognise.Look{Cookies: []string{"PHPSESSID"}, Headers: []string{"X-Powered-By: PHP/8.2"}}
	for _, test := range []struct {
		folder fstest.MapFS
		kind   string
	}{
		{files("index.php=<?php"), "php"},
		{files("wp-config.php=<?php", "wp-login.php=<?php"), "wordpress"},
		{files("artisan=Laravel", "composer.json={}", "public/index.php=<?php"), "laravel"},
		{files("bin/console=", "config/packages/framework.yaml=", "public/index.php=<?php"), "symfony"},
		{files("config/application.rb=Rails::Application"), "rails"},
		{files("manage.py=os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'a.settings')"), "django"},
		{files("requirements.txt=flask"), "flask"},
		{files(`package.json={"dependencies": {"express": "5", "express-session": "^1.18.0"}}`), "express"},
		{files(`package.json={"dependencies": {"next": "15", "next-auth": "4"}}`), "authjs"},
		{files(`package.json={"dependencies": {"iron-session": "8"}}`), "iron"},
		{files("go.mod=require (\n\tgithub.com/alexedwards/scs/v2 v2.8.0\n)"), "scs"},
		{files("go.mod=require github.com/gorilla/sessions v1.4.0"), "gorilla"},
		{files("index.html="), "php"}, // by what it shows
	} {
		all := recognise.Rank(kinds.All(), php, folder.New(test.folder, "/srv/app", nil, nil))
		if all[0].Kind.Name != test.kind {
			t.Errorf("%v: got %s", slices.Collect(func(yield func(string) bool) {
				for name := range test.folder {
					yield(name)
				}
			}), all[0].Kind.Name)
		}
	}
}

// A guest looks at the front page, where it leads to, and at the page for logging in; never at what a link to log out does.
func TestAsk(t *testing.T) {
	var asked []string
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.Host+r.URL.String()+" "+r.Header.Get("X-Forwarded-Proto")+" "+r.Header.Get("Cookie"))
		switch {
		case r.Host != "www.example.com":
			http.Redirect(w, r, "https://www.example.com/", http.StatusMovedPermanently)
		case r.URL.Path == "/":
			http.SetCookie(w, &http.Cookie{Name: "lang", Value: "en"})
			fmt.Fprint(w, `<meta name=Generator content="Shop 1"><a href=/logout>x</a><a href="/sign-in?next=/#a">x</a><a href="/login">x</a><a href="/account">x</a>`+
				`<a href="https://other.example/login">x</a><a href=/register/login-info>x</a>`)
		case r.URL.Path == "/sign-in":
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "1"})
			http.Redirect(w, r, "/sign-in/form", http.StatusFound)
		case r.URL.Path == "/login":
			http.Redirect(w, r, "https://sso.example.com/", http.StatusFound)
		}
	}))
	defer site.Close()
	at, err := url.Parse(site.URL)
	if err != nil {
		t.Fatal(err)
	}
	toSite := roundTrip(func(r *http.Request) (*http.Response, error) {
		r.URL.Host = at.Host
		return http.DefaultTransport.RoundTrip(r)
	})
	look, err := recognise.Ask(t.Context(), toSite, at)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"GET " + at.Host + "/ http ", "GET www.example.com/ https ", "GET www.example.com/sign-in?next=/ https lang=en",
		"GET www.example.com/sign-in/form https lang=en; sid=1", "GET www.example.com/login https lang=en; sid=1"}
	if !slices.Equal(asked, want) {
		t.Errorf("asked %q\nwant  %q", asked, want)
	}
	if look.Generator != "Shop 1" || look.Host != "www.example.com" || !slices.Equal(look.Cookies, []string{"lang", "sid"}) ||
		!slices.Equal(look.Pages, []string{"/ 301", "/ 200", "/sign-in 302", "/sign-in/form 200", "/login 302"}) {
		t.Errorf("%+v", look)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
