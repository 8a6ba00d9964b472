package php

import (
	"context"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
)

var symfonyFixtures = kindtest.FixtureKind{Framework: "symfony", Open: func(t *testing.T, site kindtest.FixtureSite) session.Source {
	site.Mapping = session.Mapping{Name: "user.displayName"}
	if site.Config.Text("store_kind") == "sql" {
		site.Store = &store.Table{Database: site.Database}
	}
	return openPHP(t, site, func(o PHPOptions) (*recipe.Recipe, error) {
		return NewSymfony(kindtest.Usual(SymfonyOptions{PHPOptions: o, Firewall: site.Config.Text("firewall")}))
	})
}}

func TestSymfonyFixtures(t *testing.T) { kindtest.RunFixtures(t, symfonyFixtures) }

// rows is a [store.Store] for tests: records by id.
type rows map[string]store.Record

func (r rows) Get(_ context.Context, key string) (store.Record, error) {
	record, ok := r[key]
	if !ok {
		return store.Record{}, &session.Nobody{Reason: session.NoRecord}
	}
	return record, nil
}

// token34 is the token of a site with Symfony 3.4: text within text, with references that count from the token on. The user's
// company refers back to a user, and the user twice to the company.
const token34 = "C:74:\"Symfony\\Component\\Security\\Core\\Authentication\\Token\\UsernamePasswordToken\":546:{a:3:{i:0;N;i:1;" +
	"s:4:\"main\";i:2;s:506:\"a:4:{i:0;O:15:\"App\\Entity\\User\":5:{s:19:\"\x00App\\Entity\\User\x00id\";i:42;" +
	"s:8:\"\x00*\x00email\";s:5:\"a@b.c\";s:7:\"company\";O:16:\"App\\Entity\\Owner\":2:{" +
	"s:22:\"\x00App\\Entity\\Owner\x00name\";s:4:\"Acme\";s:2:\"of\";O:15:\"App\\Entity\\User\":5:{" +
	"s:19:\"\x00App\\Entity\\User\x00id\";i:42;s:8:\"\x00*\x00email\";s:5:\"a@b.c\";s:7:\"company\";r:6;s:5:\"again\";r:6;" +
	"s:4:\"self\";N;}}s:5:\"again\";r:6;s:4:\"self\";N;}i:1;b:1;i:2;a:1:{i:0;" +
	"O:41:\"Symfony\\Component\\Security\\Core\\Role\\Role\":1:{" +
	"s:47:\"\x00Symfony\\Component\\Security\\Core\\Role\\Role\x00role\";s:9:\"ROLE_USER\";}}i:3;a:0:{}}\";}}"

func TestSymfonyTokens(t *testing.T) {
	const class = `O:1:"T":`
	const user = `O:8:"App\User":1:{s:2:"id";i:42;}`
	const state = `a:5:{i:0;` + user + `i:1;b:1;i:2;N;i:3;a:0:{}i:4;a:1:{i:0;s:9:"ROLE_USER";}}`
	const admin = `O:8:"App\User":1:{s:2:"id";i:1;}`
	inner := func(who string) string {
		return class + `2:{i:0;s:4:"main";i:1;a:5:{i:0;` + who + `i:1;b:1;i:2;N;i:3;a:0:{}i:4;a:0:{}}}`
	}
	tests := []struct {
		name, token, id string
		reason          session.Reason
	}{
		{"PostAuthenticationToken", class + `2:{i:0;s:4:"main";i:1;` + state + `}`, "42", ""},
		{"UsernamePasswordToken", class + `3:{i:0;N;i:1;s:4:"main";i:2;` + state + `}`, "42", ""},
		{"UsernamePasswordToken of 3.4", token34, "42", ""},
		{"RememberMeToken", class + `3:{i:0;s:6:"secret";i:1;s:4:"main";i:2;` + state + `}`, "42", ""},
		{"a class that adds a flag of its own", class + `2:{i:0;a:2:{i:0;s:4:"main";i:1;` + state + `}i:1;b:1;}`, "42", ""},
		{"a framework's own user class", strings.Replace(class+`2:{i:0;s:4:"main";i:1;`+state+`}`, `8:"App\User"`,
			`49:"Symfony\Component\Security\Core\User\InMemoryUser"`, 1), "42", ""},
		{"SwitchUserToken", class + `3:{i:0;` + inner(admin) +
			`i:1;s:1:"/";i:2;a:3:{i:0;N;i:1;s:4:"main";i:2;` + state + `}}`, "42", ""},
		{"TwoFactorToken", class + `6:{i:0;` + inner(user) +
			`i:1;N;i:2;s:4:"main";i:3;a:0:{}i:4;a:1:{i:0;s:4:"totp";}i:5;a:0:{}}`,
			"", session.NoUser},
		{"not authenticated", strings.Replace(class+`2:{i:0;s:4:"main";i:1;`+state+`}`, "b:1", "b:0", 1), "", session.NoUser},
		{"AnonymousToken", class +
			`2:{i:0;s:6:"secret";i:1;a:5:{i:0;s:5:"anon.";i:1;b:1;i:2;N;i:3;a:0:{}i:4;a:0:{}}}`, "", session.NoUser},
		{"user without id", strings.ReplaceAll(class+`2:{i:0;s:4:"main";i:1;`+state+`}`, `"id"`, `"no"`), "", session.NoUser},
		{"nothing", "", "", session.NoUser},
		{"nothing in it", class + `0:{}`, "", session.NoUser},
		{"cut off", token34[:300], "", session.Malformed},
		{"cut off within", strings.Replace(token34, "a:4:{", "a:5:{", 1), "", session.NoUser},
		{"lists without end", class + `1:{i:0;` + strings.Repeat(`a:2:{i:0;`, 30) + "N;" + endless(30) + "}", "", session.NoUser},
		{"very deep", class + `1:{i:0;` + strings.Repeat(`a:1:{i:0;`, 80) + state + strings.Repeat("}", 81), "", session.NoUser},
	}
	for _, test := range tests {
		record := `_sf2_attributes|a:2:{s:4:"user";a:1:{s:2:"id";i:7;}s:14:"_security_main";s:` +
			strconv.Itoa(len(test.token)) + `:"` + test.token + `";}`
		id := strings.Repeat("x", 26)
		source, err := NewSymfony(kindtest.Usual(SymfonyOptions{PHPOptions: PHPOptions{Setup: recipe.Setup{Store: rows{id: {Data: []byte(record)}}}}}))
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header.Set("Cookie", "PHPSESSID="+id)
		u, err := source.Identify(r, nil)
		if reason, _ := session.NobodyReason(err); u.ID != test.id || reason != test.reason || (err == nil) != (test.reason == "") {
			t.Errorf("%s: got %q, %v", test.name, u.ID, err)
		}
	}
}

// However a site's own class writes its users, there is a path to the id.
func TestSymfonyUserClasses(t *testing.T) {
	id := strings.Repeat("x", 26)
	for user, path := range map[string]string{
		`O:8:"App\User":1:{s:2:"id";i:42;}`:                                                  "",
		"O:8:\"App\\User\":1:{s:12:\"\x00App\\User\x00id\";i:42;}":                           "",
		"O:23:\"Proxies\\__CG__\\App\\User\":1:{s:12:\"\x00App\\User\x00id\";i:42;}":         "",
		`O:8:"App\User":2:{i:0;s:3:"Ada";i:1;i:42;}`:                                         "user.1",
		`C:8:"App\User":29:{a:2:{i:0;s:3:"Ada";i:1;i:42;}}`:                                  "user.1",
		`C:8:"App\User":5:{i:42;}`:                                                           "user.data",
		"O:8:\"App\\User\":1:{s:2:\"id\";O:4:\"Uuid\":1:{s:6:\"\x00*\x00uid\";s:2:\"42\";}}": "user.id.uid",
	} {
		token := `O:1:"T":2:{i:0;s:4:"main";i:1;a:5:{i:0;` + user + `i:1;b:1;i:2;N;i:3;a:0:{}i:4;a:0:{}}}`
		record := `_sf2_attributes|a:1:{s:14:"_security_main";` + serializedText(token) + `}`
		setup := recipe.Setup{Store: rows{id: {Data: []byte(record)}}, Mapping: session.Mapping{ID: path}}
		source := kindtest.MustOpen(t)(NewSymfony(kindtest.Usual(SymfonyOptions{PHPOptions: PHPOptions{Setup: setup}})))
		u, err := source.Identify(kindtest.FixtureCase{Cookie: "PHPSESSID=" + id}.Request(), nil)
		if u.ID != "42" {
			t.Errorf("%q at %q: got %q, %v", user, path, u.ID, err)
		}
	}
}

// endless closes n lists of two, the second element of each the same as its first.
func endless(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("i:1;R:" + strconv.Itoa(n-i+2) + ";}")
	}
	return b.String()
}

// The last use ends a session in a store that does not tell when it was written.
func TestSymfonyMaxAge(t *testing.T) {
	const used = 1795354372
	id := strings.Repeat("x", 26)
	record := `_sf2_attributes|a:1:{s:14:"_security_main";s:` + strconv.Itoa(len(token34)) + `:"` + token34 + `";}` +
		`_sf2_meta|a:3:{s:1:"u";i:` + strconv.Itoa(used) + `;s:1:"c";i:1;s:1:"l";i:0;}`
	for after, want := range map[time.Duration]session.Reason{59 * time.Minute: "", 61 * time.Minute: session.Expired} {
		setup := recipe.Setup{Store: rows{id: {Data: []byte(record)}}, MaxAge: time.Hour,
			Now: func() time.Time { return time.Unix(used, 0).Add(after) }}
		source, err := NewSymfony(kindtest.Usual(SymfonyOptions{PHPOptions: PHPOptions{Setup: setup}}))
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header.Set("Cookie", "PHPSESSID="+id)
		_, err = source.Identify(r, nil)
		if reason, _ := session.NobodyReason(err); reason != want || (err == nil) != (want == "") {
			t.Errorf("after %s: %v", after, err)
		}
	}
}

// No token makes anybody a user who does not stand in it as an authenticated one.
func FuzzSymfonyToken(f *testing.F) {
	f.Add(token34)
	f.Add(`O:1:"T":2:{i:0;s:4:"main";i:1;a:5:{i:0;O:8:"App\User":1:{s:2:"id";i:42;}i:1;b:1;i:2;N;i:3;a:0:{}i:4;a:0:{}}}`)
	step := symfonyUser("main")
	f.Fuzz(func(t *testing.T, token string) {
		values := map[string]any{"_sf2_attributes": map[string]any{"_security_main": token}}
		s, err := step(t.Context(), &recipe.Visit{}, recipe.State{Values: values})
		user, found := record.At(s.Values, "user")
		if found != (err == nil) || found && (!record.IsPHPObject(user) || !strings.Contains(token, "b:1;")) {
			t.Fatalf("got %v, %v", user, err)
		}
	})
}

func BenchmarkSymfony(b *testing.B) {
	id := strings.Repeat("x", 26)
	record := `_sf2_attributes|a:1:{s:14:"_security_main";s:` + strconv.Itoa(len(token34)) + `:"` + token34 + `";}`
	source, err := NewSymfony(kindtest.Usual(SymfonyOptions{PHPOptions: PHPOptions{Setup: recipe.Setup{Store: rows{id: {Data: []byte(record)}}}}}))
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest("GET", "http://shop.example/", nil)
	r.Header.Set("Cookie", "PHPSESSID="+id)
	b.ReportAllocs()
	for b.Loop() {
		if u, err := source.Identify(r, nil); err != nil || u.ID != "42" {
			b.Fatal(u, err)
		}
	}
}
