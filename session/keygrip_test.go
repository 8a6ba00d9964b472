package session

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"net/http"
	"strings"
	"testing"
	"time"
)

// keygripFixtures reads what cookie-session and koa-session gave out.
func keygripFixtures(framework string, open func(Setup, [][]byte) (*Recipe, error)) fixtureKind {
	return fixtureKind{Framework: framework, Open: func(t *testing.T, site fixtureSite) Source {
		t.Helper()
		var keys [][]byte
		for _, key := range site.Config["keys"].([]any) {
			keys = append(keys, []byte(key.(string)))
		}
		return mustOpen(t)(open(site.Setup, keys))
	}}
}

var cookieSessionFixtures = keygripFixtures("cookie-session", func(site Setup, keys [][]byte) (*Recipe, error) {
	return CookieSession(CookieSessionOptions{Setup: site, Keys: keys})
})

var koaFixtures = keygripFixtures("koa-session", func(site Setup, keys [][]byte) (*Recipe, error) {
	return Koa(KoaOptions{Setup: site, Keys: keys})
})

func TestCookieSessionFixtures(t *testing.T) { runFixtures(t, cookieSessionFixtures) }

func TestCookieSessionFlippedBits(t *testing.T) { flipFixtures(t, cookieSessionFixtures) }

func TestKoaFixtures(t *testing.T) { runFixtures(t, koaFixtures) }

func TestKoaFlippedBits(t *testing.T) { flipFixtures(t, koaFixtures) }

// keygripSign makes the two cookies.
func keygripSign(digest func() hash.Hash, key, name, value string) string {
	mac := hmac.New(digest, []byte(key))
	mac.Write([]byte(name + "=" + value))
	return name + "=" + value + "; " + name + ".sig=" + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Every bit of the signature is flipped too, and of its name.
func TestKeygripFlippedBits(t *testing.T) {
	source := mustOpen(t)(CookieSession(CookieSessionOptions{Setup: Setup{Mapping: Mapping{ID: "id"}},
		Keys: [][]byte{[]byte("key")}}))
	value := base64.StdEncoding.EncodeToString([]byte(`{"id":"42"}`))
	tried, _ := flipText(t, source, keygripSign(sha1.New, "key", "session", value), 1, func(text string) *http.Request {
		r := withCookie("", "")
		r.Header["Cookie"] = []string{text}
		return r
	}, itself)
	t.Logf("%d flipped bits, none accepted", tried)
}

func TestKeygrip(t *testing.T) {
	ada := base64.StdEncoding.EncodeToString([]byte(`{"id":"42"}`))
	good := keygripSign(sha1.New, "key", "session", ada)
	_, signature, _ := strings.Cut(good, ".sig=")
	tests := []struct {
		name, cookies string
		digest        string
		reason        Reason
	}{
		{"good", good, "", ""},
		{"sha256", keygripSign(sha256.New, "key", "session", ada), "sha256", ""},
		{"another digest than the site's", good, "sha256", Forged},
		{"in quotation marks", `session="` + ada + `"; session.sig="` + signature + `"`, "", Ambiguous},
		{"two signatures, one good", good + "; session.sig=x", "", ""},
		{"two signatures, the second good", "session.sig=x; " + good, "", Forged},
		{"signed under another name", "session=" + ada + "; x" + keygripSign(sha1.New, "key", "xsession", ada), "", Forged},
		{"without padding", keygripSign(sha1.New, "key", "session", "eyJpZCI6IjQyIn0"), "", ""},
		{"not base 64", keygripSign(sha1.New, "key", "session", "{}"), "", Malformed},
		{"not JSON", keygripSign(sha1.New, "key", "session", "AAAA"), "", Malformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := mustOpen(t)(CookieSession(CookieSessionOptions{Setup: Setup{Mapping: Mapping{ID: "id"}},
				Keys: [][]byte{[]byte("new"), []byte("key")}, Digest: test.digest}))
			r := withCookie("", "")
			r.Header["Cookie"] = []string{test.cookies}
			u, err := source.Identify(r, nil)
			if reason, _ := NobodyReason(err); reason != test.reason || (u.ID == "42") != (test.reason == "") {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}

func TestKeygripOptions(t *testing.T) {
	site, keys := Setup{Mapping: Mapping{ID: "id"}}, [][]byte{[]byte("key")}
	aged := site
	aged.MaxAge = time.Hour
	for _, test := range []struct {
		options CookieSessionOptions
		want    string
	}{
		{CookieSessionOptions{Setup: site}, "the keys are missing"},
		{CookieSessionOptions{Setup: site, Keys: append(keys[:1:1], nil)}, "key 2 is empty"},
		{CookieSessionOptions{Setup: site, Keys: keys, Digest: "md5"},
			`the digest "md5" is none of sha1, sha256, sha384 and sha512`},
		{CookieSessionOptions{Setup: aged, Keys: keys},
			"cookie-session does not say when a session was made, so that a maximum age cannot be kept"},
		{CookieSessionOptions{Keys: keys}, "the path to the user's id is missing"},
	} {
		if _, err := CookieSession(test.options); fmt.Sprint(err) != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
	if _, err := Koa(KoaOptions{Setup: site}); err == nil {
		t.Error("no keys are enough for koa-session")
	}
}
