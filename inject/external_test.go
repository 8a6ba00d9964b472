package inject

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// at is the script's address on a page of https://site.test, to which browsers get.
func at(address string, metas ...string) *external {
	r, _ := http.NewRequest("GET", address, nil)
	e := (&Transport{Script: Script{Src: "/own/script.x"}}).external(r)
	e.metas = metas
	return e
}

// Pages load the script where every policy says so, and then no policy changes. Else they hold it.
func TestPolicyExternal(t *testing.T) {
	const page = "https://site.test/page"
	for _, c := range []struct {
		name, policies string // fields of the header, one a line
		page           string
		metas          []string
		fetches        bool
		nonce          string
	}{
		{name: "no policy", fetches: true},
		{name: "nothing governs scripts", policies: "img-src 'none'; frame-ancestors 'none'", fetches: true},
		{name: "self", policies: "script-src 'SELF'", fetches: true},
		{name: "self of default-src", policies: "default-src 'self'", fetches: true},
		{name: "any", policies: "script-src *", fetches: true},
		{name: "the scheme", policies: "script-src https:", fetches: true},
		{name: "the weaker scheme", policies: "script-src http:", fetches: true},
		{name: "the scheme of a page whose scheme is not known", policies: "script-src https:", page: "//site.test/"},
		{name: "the stronger scheme", policies: "script-src https:", page: "http://site.test/"},
		{name: "other schemes", policies: "script-src data: blob: wss:"},
		{name: "the host", policies: "script-src site.test", fetches: true},
		{name: "the origin", policies: "script-src https://site.test", fetches: true},
		{name: "the origin in capitals", policies: "script-src HTTPS://SITE.test", fetches: true},
		{name: "the weaker origin", policies: "script-src http://site.test", fetches: true},
		{name: "the standard port", policies: "script-src site.test:443", fetches: true},
		{name: "any port", policies: "script-src site.test:*", page: "https://site.test:8443/", fetches: true},
		{name: "the port", policies: "script-src site.test:8443", page: "https://site.test:8443/", fetches: true},
		{name: "another port", policies: "script-src site.test:8443"},
		{name: "a port is missing", policies: "script-src site.test", page: "https://site.test:8443/"},
		{name: "no port behind a colon", policies: "script-src site.test:/own/"},
		{name: "hosts below", policies: "script-src *.test", fetches: true},
		{name: "hosts below it alone", policies: "script-src *.site.test"},
		{name: "not a wild card", policies: "script-src *test"},
		{name: "every host of the scheme", policies: "script-src https://*", fetches: true},
		{name: "another host", policies: "script-src cdn.test"},
		{name: "the folder", policies: "script-src site.test/own/", fetches: true},
		{name: "the path", policies: "script-src https://site.test/own/script.x", fetches: true},
		{name: "another folder", policies: "script-src https://site.test/js/"},
		{name: "a folder without its slash", policies: "script-src https://site.test/own"},
		{name: "a number", policies: "script-src 10.0.0.1", page: "http://10.0.0.1/"},
		{name: "a number, but self", policies: "script-src 'self'", page: "http://10.0.0.1/", fetches: true},
		{name: "an odd name", policies: "script-src si_te.test", page: "https://si_te.test/"},
		{name: "none", policies: "script-src 'none'"},
		{name: "nothing", policies: "script-src"},
		{name: "inline alone", policies: "script-src 'unsafe-inline'"},
		{name: "a hash alone", policies: "script-src 'sha256-abc'"},
		{name: "a nonce", policies: "script-src 'nonce-a'", fetches: true, nonce: "a"},
		{name: "a nonce and 'strict-dynamic'", policies: "script-src 'nonce-a' 'strict-dynamic'", fetches: true, nonce: "a"},
		{name: "'strict-dynamic' voids addresses", policies: "script-src 'self' 'strict-dynamic' 'sha256-abc'"},
		{name: "one of two nonces", policies: "script-src 'nonce-a'\nscript-src 'nonce-b'", nonce: "a"},
		{name: "the nonce of both", policies: "script-src 'nonce-a'\nscript-src 'nonce-b' 'nonce-a'", fetches: true, nonce: "a"},
		{name: "a nonce and self", policies: "script-src 'nonce-a'\nscript-src 'self'", fetches: true, nonce: "a"},
		{name: "all but one", policies: "script-src 'self', script-src 'self', default-src 'none'"},
		{name: "the first of two directives counts", policies: "script-src 'none'; script-src 'self'"},
		{name: "script-src-elem before script-src", policies: "script-src 'self'; script-src-elem 'none'"},
		{name: "sandbox", policies: "sandbox allow-scripts allow-same-origin", fetches: true},
		{name: "sandbox of another origin", policies: "sandbox allow-scripts"},
		{name: "Trusted Types", policies: "require-trusted-types-for 'script'"},
		{name: "integrity", policies: "require-sri-for script"},
		{name: "another scheme for all that is loaded", policies: "upgrade-insecure-requests", page: "http://site.test/"},
		{name: "the same scheme for all that is loaded", policies: "upgrade-insecure-requests", fetches: true},
		{name: "self in the page", metas: []string{"img-src *", "script-src 'self'"}, fetches: true},
		{name: "a nonce in the page that is not the header's", policies: "script-src 'nonce-a'", metas: []string{"script-src 'nonce-b'"}, nonce: "a"},
		{name: "none in the page", metas: []string{"script-src 'self'", "script-src 'none'"}},
		{name: "Trusted Types in the page", metas: []string{"require-trusted-types-for 'script'"}},
		{name: "what nobody can read in the page", metas: []string{"script-src 'self' \u00fc"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := page
			if c.page != "" {
				address = c.page
			}
			for _, key := range []string{enforce, monitor} {
				if key == monitor && strings.HasPrefix(c.name, "sandbox") {
					continue // means nothing there
				}
				h := http.Header{}
				if c.policies != "" {
					h[key] = fields(c.policies)
				}
				before := h.Clone()
				r := newPolicy([]byte(ours), nil, false).allow(h, at(address, c.metas...))
				if (r.form == fetching) != c.fetches || r.nonce != c.nonce || r.verdict != "" {
					t.Errorf("%s: form %c, nonce %q, verdict %q", key, r.form, r.nonce, r.verdict)
				}
				if c.fetches && !reflect.DeepEqual(h, before) {
					t.Errorf("%q became %q", before, h)
				}
			}
		})
	}
}

// Where integrity is demanded of what a page loads, the page holds the script; and where a policy that only reports is beyond reading.
func TestExternalUnclear(t *testing.T) {
	for _, h := range []http.Header{
		{"Integrity-Policy": {"blocked-destinations=(script)"}},
		{"Integrity-Policy-Report-Only": {"blocked-destinations=(script)"}},
		{monitor: {"script-src 'self' \u00fc"}},
		{monitor: {strings.Repeat(" ", maxPolicies+1)}},
	} {
		if r := newPolicy([]byte(ours), nil, false).allow(h, at("https://site.test/")); r.form != holding {
			t.Errorf("%q: form %c", h, r.form)
		}
	}
}

// While browsers are not known to get to the script, pages that may load it hold it, allowed by its hash, and say where to try.
func TestExternalNotReached(t *testing.T) {
	e := at("https://site.test/")
	e.reached = func() bool { return false }
	h := http.Header{enforce: {"script-src 'self'"}}
	if r := newPolicy([]byte(ours), nil, false).allow(h, e); r.form != probing || !strings.Contains(h.Get(enforce), oursHash) {
		t.Errorf("form %c, header %q", r.form, h)
	}
}

func TestExternalBase(t *testing.T) {
	for front, fetches := range map[string]bool{
		"": true, "<base>": true, "<base target=_top>": true, "<BASE HREF=/app/>": true, "<base href='app/'>": true, "<base href='?x'>": true,
		"<base href='https://site.test/'>": true, "<base href=' HTTPS://Site.Test/a '>": true, "<base href='//site.test'>": true,
		"<base href='https://other.test/'>": false, "<base href='//other.test/'>": false, `<base href='\\other.test/'>`: false,
		"<base href='http://site.test/'>": false, "<base href='https://site.test:8443/'>": false, "<base href='ht\ntps://other.test'>": false,
		"<base href='data:,x'>": false, "<base target=x><base href='//other.test'>": false, "<base href=/><base href='//other.test'>": true,
		"<!-- <base href='//other.test'> -->": true, "<basefont><title><base href='//other.test'></title>": true,
	} {
		if got := at("https://site.test/page").on(nil, []byte(front)) != nil; got != fetches {
			t.Errorf("%s: %t", front, got)
		}
	}
}

// keepsExternal checks by the oracle that a page which loads the script may do so under each policy, none of which has changed.
func keepsExternal(t *testing.T, before http.Header) (fetches bool) {
	t.Helper()
	h := before.Clone()
	r := newPolicy([]byte(ours), widget, false).allow(h, at("https://site.test/page"))
	if r.verdict != "" || r.form != fetching {
		return false
	}
	if !reflect.DeepEqual(h, before) {
		t.Fatalf("%q became %q", before, h)
	}
	load := act{kind: "script-src-elem", url: "https://site.test/own/script.x", nonce: r.nonce, parser: true}
	for _, key := range []string{enforce, monitor} {
		if !judgeOf(h, key).allows(load) {
			t.Fatalf("%s: may not be loaded under %q", key, h[key])
		}
	}
	return true
}

// A page with the element, by what is known of its address.
func TestExternalElement(t *testing.T) {
	known := false
	transport := &Transport{
		Script: Script{Name: "test", Text: []byte("/* the script */"), Src: "/own/script.x"}, Key: []byte("key"),
		Reached: func(r *http.Request) bool { return known && r.Host != "" },
	}
	s := newStage(t, transport, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Etag", `"1"`)
		w.Header().Set(enforce, "script-src "+r.URL.Query().Get("csp"))
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprintf(w, "<!doctype html><title>x</title>%s<p>text", r.URL.Query().Get("meta"))
	}))
	const (
		data   = ` data-test='{"user":"42"}'>`
		held   = `<script` + data + `/* the script */</script>`
		trying = `<script data-test-src="/own/script.x"` + data + `/* the script */</script>`
		loaded = `<script async src="/own/script.x"` + data + `</script>`
	)
	tags := map[string]string{}
	for _, c := range []struct {
		known     bool
		csp, meta string
		want      string
	}{
		{false, "'self'", "", trying},
		{true, "'self'", "", loaded},
		{true, "cdn.test", "", held},
		{false, "cdn.test", "", held},
		{true, "'self'", "<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">", held},
		{true, "'self'", "<base href=//other.test>", loaded},
	} {
		known = c.known
		r := s.navigation(t, "/?csp="+c.csp+"&meta="+strings.NewReplacer(" ", "+", "=", "%3D", `"`, "%22").Replace(c.meta))
		answer, body, err := s.get(t, r)
		if err != nil || string(body) != "<!doctype html><title>x</title>"+c.want+c.meta+"<p>text" {
			t.Errorf("%+v: %s, %v", c, body, err)
		}
		s.verdicts.last(t)
		policy := answer.Header.Get(enforce)
		if (policy == "script-src "+c.csp) != (c.want == loaded) {
			t.Errorf("%+v: policy %q", c, policy)
		}
		// What a browser has of it stays good under the same policy.
		tags[c.want] = answer.Header.Get("Etag")
		r = s.navigation(t, r.URL.RequestURI())
		r.Header.Set("If-None-Match", tags[c.want])
		answer, _, err = s.get(t, r)
		if err != nil || answer.StatusCode != http.StatusNotModified || answer.Header.Get("Etag") != tags[c.want] ||
			answer.Header.Get(enforce) != policy {
			t.Errorf("%+v: again: %d, policy %q, was %q, %v", c, answer.StatusCode, answer.Header.Get(enforce), policy, err)
		}
		s.verdicts.last(t)
	}
	if tags[held] == tags[loaded] || tags[trying] == tags[loaded] || tags[trying] == tags[held] {
		t.Errorf("tags %q", tags)
	}
	for _, c := range []struct {
		what   string
		known  bool
		csp    string
		has    string
		status int
	}{
		{"a copy that holds the script, since browsers get to it", true, "'self'", held, 304},
		{"a copy that tries, since browsers get to it", true, "'self'", trying, 200},
		{"a copy that loads it, of before a restart", false, "'self'", loaded, 304},
		{"a copy that loads it, which the policy does not allow any more", true, "cdn.test", loaded, 200},
	} {
		known = c.known
		r := s.navigation(t, "/?csp="+c.csp)
		r.Header.Set("If-None-Match", tags[c.has])
		answer, _, err := s.get(t, r)
		if err != nil || answer.StatusCode != c.status {
			t.Errorf("%s: %d, want %d, %v", c.what, answer.StatusCode, c.status, err)
		}
		if hashed := strings.Contains(answer.Header.Get(enforce), "'sha256-"); c.status == 304 && hashed != (c.has == held) {
			t.Errorf("%s: policy %q", c.what, answer.Header.Get(enforce))
		}
		s.verdicts.last(t)
	}
}

func TestScriptCheckSrc(t *testing.T) {
	for src, good := range map[string]bool{
		"": true, "/own/script.x": true, "/.own/login.AZ_-9": true,
		"own/x": false, "//own/x": false, "/own/../x": false, "/own/x?y": false, `/own/"x`: false, "/own x": false, "/own/": false,
	} {
		if err := (Script{Name: "a", Src: src}).Check(); (err == nil) != good {
			t.Errorf("%q: %v", src, err)
		}
	}
}
