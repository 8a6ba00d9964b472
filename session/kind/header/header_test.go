package header

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/record/recordtest"
	"tawkproxy/session/sessiontest"
)

func TestHeaderFixtures(t *testing.T) {
	kindtest.RunFixtures(t, kindtest.FixtureKind{Framework: "header", Open: func(t *testing.T, site kindtest.FixtureSite) session.Source {
		return mustHeader(t, HeaderOptions{Proxy: site.Variant, Trusted: peers(site.Config)})
	}})
}

// The same proxies, described by the names of their headers.
func TestHeaderFixturesByName(t *testing.T) {
	kindtest.RunFixtures(t, kindtest.FixtureKind{Framework: "header", Open: func(t *testing.T, site kindtest.FixtureSite) session.Source {
		names, ok := site.Config["headers"].(map[string]any)
		if !ok {
			t.Skip("its headers are not the values")
		}
		var m session.Mapping
		m.ID, _ = names["id"].(string)
		m.Name, _ = names["name"].(string)
		m.Email, _ = names["email"].(string)
		if site.Variant == "tailscale" {
			m.Email = m.ID
		}
		return mustHeader(t, HeaderOptions{Mapping: m, Trusted: peers(site.Config)})
	}})
}

func peers(c kindtest.FixtureConfig) []netip.Prefix {
	var networks []netip.Prefix
	list, _ := c["trusted_peers"].([]any)
	for _, item := range list {
		networks = append(networks, netip.MustParsePrefix(item.(string)))
	}
	return networks
}

// Each product that the setting allows is known.
func TestHeaderWords(t *testing.T) {
	for _, word := range kindtest.Words[HeaderOptions]("Proxy") {
		if _, known := authProxies[word]; known == (word == "another") {
			t.Errorf("%s: %v", word, known)
		}
	}
}

func TestHeaderOptions(t *testing.T) {
	for want, o := range map[string]HeaderOptions{
		"is not known":                          {Proxy: "nginx", Trusted: sessiontest.ProxyNetwork},
		"addresses of":                          {Proxy: "authelia"},
		"with the user's id":                    {Trusted: sessiontest.ProxyNetwork, Mapping: session.Mapping{Name: "X-Name"}},
		`"X_User" is not the name`:              {Trusted: sessiontest.ProxyNetwork, Mapping: session.Mapping{ID: "X_User"}},
		`"X.Name" is not the name`:              {Trusted: sessiontest.ProxyNetwork, Mapping: session.Mapping{ID: "X-User", Name: "X.Name"}},
		"is a header that does not name a user": {Trusted: sessiontest.ProxyNetwork, Mapping: session.Mapping{ID: "cookie"}},
	} {
		if _, err := NewHeaders(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q", o, err, want)
		}
	}
}

func TestHeaderPeers(t *testing.T) {
	source := mustHeader(t, HeaderOptions{Proxy: "authelia", Trusted: sessiontest.ProxyNetwork})
	for peer, reason := range map[string]session.Reason{
		"192.0.2.7:1": "", "[::ffff:192.0.2.7]:1": "", "[fe80::1%eth0]:1": "",
		"127.0.0.1:1": session.Untrusted, "[::1]:1": session.Untrusted, "10.0.0.1:1": session.Untrusted, "@": session.Untrusted, "": session.Untrusted, "192.0.2.7": session.Untrusted,
	} {
		r := sessiontest.Visitor("")
		r.Header.Set("Remote-User", "ada")
		r.RemoteAddr = peer
		_, err := source.Identify(r, nil)
		if got, _ := session.NobodyReason(err); got != reason || (err == nil) != (reason == "") {
			t.Errorf("%q: got %v", peer, err)
		}
	}
}

func TestHeaderMapping(t *testing.T) {
	source := mustHeader(t, HeaderOptions{Proxy: "oauth2-proxy", Trusted: sessiontest.ProxyNetwork, Mapping: session.Mapping{
		ID: "x-forwarded-email", Attributes: map[string]string{"team": "X-Forwarded-Groups"}, Prefix: "sso:",
		Require: []session.Condition{{Path: "X-Verified", Value: "yes"}}}})
	r := sessiontest.Visitor("")
	for name, value := range map[string]string{
		"X-Forwarded-User": "42", "X-Forwarded-Email": "=?utf-8?q?ada?=", "X-Forwarded-Preferred-Username": "=?utf-8?q?Ad=C3=A4?= L",
		"X-Forwarded-Groups": "=?x-none?q?staff?=", "X-Verified": "yes",
	} {
		r.Header.Set(name, value)
	}
	u, err := source.Identify(r, nil)
	if got, want := fmt.Sprint(u, err), `{sso:=?utf-8?q?ada?= Adä L ada  map[team:=?x-none?q?staff?=]} <nil>`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	r.Header.Del("X-Verified")
	if reason, _ := session.NobodyReason(sessiontest.Second(source.Identify(r, nil))); reason != session.Unmet {
		t.Errorf("got %q", reason)
	}
}

func TestAzureClaims(t *testing.T) {
	source := mustHeader(t, HeaderOptions{Proxy: "azure-easyauth", Trusted: sessiontest.ProxyNetwork, Mapping: session.Mapping{ID: "oid"}})
	for principal, want := range map[string]string{
		`{"claims":[{"typ":"oid","val":"42"},{"typ":"name","val":"Ada"}]}`:     "42 Ada",
		`{"claims":[{"typ":"oid","val":"42"},{"typ":"oid","val":"43"}]}`:       "no_user",
		`{"claims":[{"typ":"roles","val":"a"},{"typ":"roles","val":"oid"}]}`:   "no_user",
		`{"claims":[{"typ":"oid","val":{"a":1}},7,null,{"val":"x"},{}],"a":1}`: "no_user",
		`{"oid":"42"}`:            "no_user",
		`{"claims":{"oid":"42"}}`: "no_user",
		`[]`:                      "no_user",
		`{`:                       "malformed",
		``:                        "malformed",
	} {
		r := sessiontest.Visitor("")
		r.Header.Set(azurePrincipal, recordtest.EncodeBase64(principal))
		u, err := source.Identify(r, nil)
		reason, _ := session.NobodyReason(err)
		if got := strings.TrimSpace(u.ID + " " + u.Name + string(reason)); got != want {
			t.Errorf("%s: got %s (%v), want %s", principal, got, err, want)
		}
		r.Header.Add(azurePrincipal, recordtest.EncodeBase64(principal))
		if reason, _ := session.NobodyReason(sessiontest.Second(source.Identify(r, nil))); reason != session.Forged {
			t.Errorf("%s, twice: got %q", principal, reason)
		}
	}
}

// What the site gets of the headers: from the proxy what it sent, in no second spelling; from others nothing.
func TestHeaderGuard(t *testing.T) {
	spellings := []string{"X-Forwarded-User", "X_forwarded_user", "X-Forwarded_User", "x.forwarded.user", "X-FORWARDED~USER",
		"X_Forwarded-Groups", "X!Tenant", "x-tenant",
		"_X-Forwarded-User", "__X_Forwarded_User", "Http_x_forwarded_user", "HTTP_X_FORWARDED_USER", "Http-X-Forwarded-User",
		"Redirect_http_x_forwarded_user", "X--Forwarded-User", "X-Forwarded-User-", "X-Forwarded-User_", "-X-Tenant", "Http_http_x-tenant"}
	source := mustHeader(t, HeaderOptions{Proxy: "oauth2-proxy", Trusted: sessiontest.ProxyNetwork,
		Mapping: session.Mapping{Attributes: map[string]string{"tenant": "X-Tenant"}}})
	others := []string{"X-Forwarded-For", "X-Forwarded-User-Agent", "X-Tenants", "User-Agent", "Xforwardeduser"}
	for peer, c := range map[string]struct {
		repeated bool
		want     []string
		user     string
	}{
		"192.0.2.7:1":    {false, []string{"X-Forwarded-User", "x-tenant"}, "ada"},
		"192.0.2.8:1":    {true, nil, ""},
		"198.51.100.7:1": {false, nil, ""},
	} {
		r := sessiontest.Visitor("s=1")
		r.RemoteAddr = peer
		for _, name := range slices.Concat(spellings, others) {
			r.Header[name] = []string{"ada"}
		}
		if c.repeated {
			r.Header.Add("X-Forwarded-User", "admin")
		}
		before := len(r.Header)
		var passed http.Header
		var user session.User
		source.Guard(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			passed = r.Header
			// As the page is identified by the request that went to the site.
			user, _ = source.Identify(r.Clone(r.Context()), http.Header{})
		})).ServeHTTP(httptest.NewRecorder(), r)
		var left []string
		for name := range passed {
			if slices.Contains(spellings, name) {
				left = append(left, name)
			}
		}
		slices.Sort(left)
		if !slices.Equal(left, c.want) || user.ID != c.user {
			t.Errorf("%s: %q arrived, the user is %q; want %q, %q", peer, left, user.ID, c.want, c.user)
		}
		for _, name := range others {
			if passed[name] == nil {
				t.Errorf("%s: %s got lost", peer, name)
			}
		}
		if len(r.Header) != before {
			t.Errorf("%s: the caller's header was changed", peer)
		}
	}
}

// Through a real server, in which names come in as visitors write them.
func TestHeaderGuardServed(t *testing.T) {
	source := mustHeader(t, HeaderOptions{Proxy: "authelia", Trusted: sessiontest.ProxyNetwork})
	server := httptest.NewServer(source.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := source.Identify(r, nil)
		reason, _ := session.NobodyReason(err)
		for name := range r.Header {
			if strings.Contains(strings.ToLower(name), "remote") {
				t.Errorf("%s arrived", name)
			}
		}
		fmt.Fprint(w, reason)
	})))
	defer server.Close()
	for _, name := range []string{"remote-user", "REMOTE_USER", "Remote-Groups", "remote_name", "Remote.User"} {
		got := sessiontest.Exchange(t, server, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"+name+": ada\r\n\r\n")
		if !strings.HasSuffix(got, string(session.Untrusted)) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

// The proxy speaks in front of the body; what a visitor sends behind it under these names goes no further.
func TestHeaderGuardTrailers(t *testing.T) {
	source := mustHeader(t, HeaderOptions{Proxy: "oauth2-proxy", Trusted: sessiontest.ProxyNetwork})
	r := sessiontest.Visitor("")
	r.Trailer = http.Header{"X-Forwarded-User": nil, "X_forwarded_user": nil, "X-Forwarded-Email": nil, "X-Sum": nil}
	source.Guard(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if _, ok := r.Trailer["X-Sum"]; !ok || len(r.Trailer) != 1 {
			t.Errorf("trailers %v arrived", r.Trailer)
		}
	})).ServeHTTP(httptest.NewRecorder(), r)
}
