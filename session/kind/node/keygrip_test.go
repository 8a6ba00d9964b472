package node

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
)

// keygripFixtures reads what cookie-session and koa-session gave out.
func keygripFixtures(framework string, open func(recipe.Setup, Keygrip) (*recipe.Recipe, error)) kindtest.FixtureKind {
	return kindtest.FixtureKind{Framework: framework, Open: func(t *testing.T, site kindtest.FixtureSite) session.Source {
		t.Helper()
		var keys setting.Keys
		for _, key := range site.Config["keys"].([]any) {
			keys = append(keys, setting.NewSecret(key.(string)))
		}
		return kindtest.MustOpen(t)(open(site.Setup, kindtest.Usual(Keygrip{Keys: keys})))
	}}
}

var cookieSessionFixtures = keygripFixtures("cookie-session", func(site recipe.Setup, keys Keygrip) (*recipe.Recipe, error) {
	return NewCookieSession(kindtest.Usual(CookieSessionOptions{Setup: site, Keygrip: keys}))
})

var koaFixtures = keygripFixtures("koa-session", func(site recipe.Setup, keys Keygrip) (*recipe.Recipe, error) {
	return NewKoa(kindtest.Usual(KoaOptions{Setup: site, Keygrip: keys}))
})

func TestCookieSessionFixtures(t *testing.T) { kindtest.RunFixtures(t, cookieSessionFixtures) }

func TestCookieSessionFlippedBits(t *testing.T) { kindtest.FlipFixtures(t, cookieSessionFixtures) }

func TestKoaFixtures(t *testing.T) { kindtest.RunFixtures(t, koaFixtures) }

func TestKoaFlippedBits(t *testing.T) { kindtest.FlipFixtures(t, koaFixtures) }

// Every bit of the signature is flipped too, and of its name.
func TestKeygripFlippedBits(t *testing.T) {
	source := kindtest.MustOpen(t)(NewCookieSession(kindtest.Usual(CookieSessionOptions{Setup: recipe.Setup{Mapping: session.Mapping{ID: "id"}},
		Keygrip: Keygrip{Keys: setting.NewKeys([]byte("key"))}})))
	value := base64.StdEncoding.EncodeToString([]byte(`{"id":"42"}`))
	tried, _ := sessiontest.FlipText(t, source, kindtest.KeygripSign(sha1.New, "key", "session", value), 1, func(text string) *http.Request {
		r := sessiontest.WithCookie("", "")
		r.Header["Cookie"] = []string{text}
		return r
	}, sessiontest.Itself)
	t.Logf("%d flipped bits, none accepted", tried)
}

func TestKeygrip(t *testing.T) {
	ada := base64.StdEncoding.EncodeToString([]byte(`{"id":"42"}`))
	good := kindtest.KeygripSign(sha1.New, "key", "session", ada)
	_, signature, _ := strings.Cut(good, ".sig=")
	tests := []struct {
		name, cookies string
		digest        string
		reason        session.Reason
	}{
		{"good", good, "", ""},
		{"sha256", kindtest.KeygripSign(sha256.New, "key", "session", ada), "sha256", ""},
		{"another digest than the site's", good, "sha256", session.Forged},
		{"in quotation marks", `session="` + ada + `"; session.sig="` + signature + `"`, "", session.Ambiguous},
		{"two signatures, one good", good + "; session.sig=x", "", ""},
		{"two signatures, the second good", "session.sig=x; " + good, "", session.Forged},
		{"signed under another name", "session=" + ada + "; x" + kindtest.KeygripSign(sha1.New, "key", "xsession", ada), "", session.Forged},
		{"without padding", kindtest.KeygripSign(sha1.New, "key", "session", "eyJpZCI6IjQyIn0"), "", ""},
		{"not base 64", kindtest.KeygripSign(sha1.New, "key", "session", "{}"), "", session.Malformed},
		{"not JSON", kindtest.KeygripSign(sha1.New, "key", "session", "AAAA"), "", session.Malformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := kindtest.MustOpen(t)(NewCookieSession(kindtest.Usual(CookieSessionOptions{Setup: recipe.Setup{Mapping: session.Mapping{ID: "id"}},
				Keygrip: Keygrip{Keys: setting.NewKeys([]byte("new"), []byte("key")), Digest: test.digest}})))
			r := sessiontest.WithCookie("", "")
			r.Header["Cookie"] = []string{test.cookies}
			u, err := source.Identify(r, nil)
			if reason, _ := session.NobodyReason(err); reason != test.reason || (u.ID == "42") != (test.reason == "") {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}

func TestKeygripOptions(t *testing.T) {
	site, keys := recipe.Setup{Mapping: session.Mapping{ID: "id"}}, setting.NewKeys([]byte("key"))
	aged := site
	aged.MaxAge = time.Hour
	for _, test := range []struct {
		options CookieSessionOptions
		want    string
	}{
		{CookieSessionOptions{Setup: site}, "the keys are missing"},
		{CookieSessionOptions{Setup: site, Keygrip: Keygrip{Keys: append(keys[:1:1], setting.Secret{})}}, "key 2 is empty"},
		{CookieSessionOptions{Setup: site, Keygrip: Keygrip{Keys: keys, Digest: "md5"}},
			`the digest "md5" is none of sha1, sha256, sha384 and sha512`},
		{CookieSessionOptions{Setup: aged, Keygrip: Keygrip{Keys: keys}},
			"sessions of this kind do not tell when they were made, so that a maximum age cannot be kept"},
		{CookieSessionOptions{Keygrip: Keygrip{Keys: keys}}, "the path to the user's id is missing"},
	} {
		if _, err := NewCookieSession(kindtest.Usual(test.options)); fmt.Sprint(err) != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
	if _, err := NewKoa(kindtest.Usual(KoaOptions{Setup: site})); err == nil {
		t.Error("no keys are enough for koa-session")
	}
}
