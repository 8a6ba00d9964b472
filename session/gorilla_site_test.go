package session

import (
	"encoding/gob"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/gorilla/sessions"
)

// A siteUser is a type that only the site knows.
type siteUser struct {
	ID   int
	Name string
}

// serveGorilla serves a site whose store is gorilla's own: /login?id=…&name=…, /logout, and / for everybody.
func serveGorilla(t *testing.T, store sessions.Store) *httptest.Server {
	t.Helper()
	gob.Register(siteUser{})
	mux := http.NewServeMux()
	save := func(w http.ResponseWriter, r *http.Request, change func(*sessions.Session)) {
		s, _ := store.Get(r, "shop")
		change(s)
		if err := s.Save(r, w); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		save(w, r, func(s *sessions.Session) {
			s.Values["user"] = siteUser{len(r.FormValue("name")), r.FormValue("name")}
		})
	})
	mux.HandleFunc("/logout", func(w http.ResponseWriter, r *http.Request) {
		save(w, r, func(s *sessions.Session) { s.Options.MaxAge = -1 })
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// A siteVisitor is a browser on a site, and what a source says of each page that it sees.
type siteVisitor struct {
	t      *testing.T
	client *http.Client
	base   string
	source Source
}

func visit(t *testing.T, server *httptest.Server, source Source) *siteVisitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &siteVisitor{t: t, client: &http.Client{Jar: jar}, base: server.URL, source: source}
}

// sees fetches a page and checks who is said to be logged in on it: before the site answered, and with its answer.
func (v *siteVisitor) sees(path, before, with string) {
	v.t.Helper()
	page, err := url.Parse(v.base + path)
	if err != nil {
		v.t.Fatal(err)
	}
	request := httptest.NewRequest("GET", page.String(), nil)
	for _, c := range v.client.Jar.Cookies(page) {
		request.AddCookie(c)
	}
	if u, err := v.source.Identify(request, nil); u.Name != before {
		v.t.Errorf("%s before the answer: %+v, %v, want %q", path, u, err, before)
	}
	answer, err := v.client.Get(page.String())
	if err != nil {
		v.t.Fatal(err)
	}
	answer.Body.Close()
	if u, err := v.source.Identify(request, answer.Header); u.Name != with {
		v.t.Errorf("%s with the answer: %+v, %v, want %q", path, u, err, with)
	}
}

func TestGorillaSite(t *testing.T) {
	key, block := []byte("a session key, thirty-two bytes."), []byte("a block key, sixteen or thirty-2")
	oldKey := []byte("the key before that")
	dir := t.TempDir()
	site := Setup{Cookie: "shop", Mapping: Mapping{ID: "user.ID", Name: "user.Name"}}
	inFiles := site
	inFiles.Store = &Files{Dir: dir, Timeout: patience}
	tests := []struct {
		name    string
		store   sessions.Store
		options GorillaOptions
	}{
		{"signed", sessions.NewCookieStore(key), GorillaOptions{Setup: site, Keys: [][]byte{key}}},
		{"encrypted", sessions.NewCookieStore(key, block),
			GorillaOptions{Setup: site, Keys: [][]byte{key}, BlockKeys: [][]byte{block}}},
		{"signed with the old key", sessions.NewCookieStore(oldKey),
			GorillaOptions{Setup: site, Keys: [][]byte{key, oldKey}, BlockKeys: [][]byte{block}}},
		{"encrypted with the old block key", sessions.NewCookieStore(key, block),
			GorillaOptions{Setup: site, Keys: [][]byte{key, key}, BlockKeys: [][]byte{[]byte("another, sixteen"), block}}},
		{"files", sessions.NewFilesystemStore(dir, key), GorillaOptions{Setup: inFiles, Keys: [][]byte{key}}},
		{"files, encrypted", sessions.NewFilesystemStore(dir, key, block),
			GorillaOptions{Setup: inFiles, Keys: [][]byte{key}, BlockKeys: [][]byte{block}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if store, ok := test.store.(*sessions.CookieStore); ok {
				store.Options.Secure = false // the test server speaks plain HTTP
			}
			source, err := Gorilla(test.options)
			if err != nil {
				t.Fatal(err)
			}
			v := visit(t, serveGorilla(t, test.store), source)
			v.sees("/", "", "")
			v.sees("/login?name=Ada", "", "Ada")
			v.sees("/", "Ada", "Ada")
			v.sees("/login?name=José", "Ada", "José")
			v.sees("/", "José", "José")
			v.sees("/logout", "José", "")
			v.sees("/", "", "")
		})
	}
}

// What does not fit is nobody, with a reason that says where to look.
func TestGorillaReasons(t *testing.T) {
	key, block := []byte("a session key, thirty-two bytes."), []byte("a block key, sixteen or thirty-2")
	encode := func(name string, keys ...[]byte) string {
		t.Helper()
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		s, _ := sessions.NewCookieStore(keys...).New(r, name)
		s.Values["id"] = 42
		if err := s.Save(r, w); err != nil {
			t.Fatal(err)
		}
		return w.Result().Cookies()[0].Value
	}
	now := time.Now()
	tests := []struct {
		name   string
		value  string
		change func(*GorillaOptions)
		reason Reason
	}{
		{"good", encode("shop", key, block), nil, ""},
		{"foreign key", encode("shop", []byte("another")), nil, Forged},
		{"another cookie's value", encode("cart", key, block), nil, Forged},
		{"not encrypted", encode("shop", key), nil, Malformed},
		{"other block key", encode("shop", key, []byte("another, sixteen")), nil, Malformed},
		{"other serializer", encode("shop", key, block), func(o *GorillaOptions) { o.Serializer = "json" }, Malformed},
		{"too old", encode("shop", key, block), func(o *GorillaOptions) {
			o.Now = func() time.Time { return now.Add(31 * 24 * time.Hour) }
		}, Expired},
		{"old, but without a limit", encode("shop", key, block), func(o *GorillaOptions) {
			o.Now = func() time.Time { return now.Add(31 * 24 * time.Hour) }
			o.MaxAge = -1
		}, ""},
		{"too long", encode("shop", key, block), func(o *GorillaOptions) { o.MaxLength = 100 }, Malformed},
		{"not base 64", "%%%", nil, Malformed},
		{"a signed value where an id is expected", encode("shop", key, block), func(o *GorillaOptions) {
			o.Store = &Files{Dir: t.TempDir(), Timeout: patience}
		}, Malformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := GorillaOptions{Setup: Setup{Cookie: "shop", Mapping: Mapping{ID: "id"}}, Keys: [][]byte{key}, BlockKeys: [][]byte{block}}
			if test.change != nil {
				test.change(&o)
			}
			source, err := Gorilla(o)
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest("GET", "http://shop.example/", nil)
			r.Header.Set("Cookie", "shop="+test.value)
			u, err := source.Identify(r, nil)
			if reason, _ := NobodyReason(err); reason != test.reason || (err == nil) != (test.reason == "") || err == nil && u.ID != "42" {
				t.Errorf("got %+v, %v, want reason %q", u, err, test.reason)
			}
		})
	}
}

func TestGorillaOptions(t *testing.T) {
	key := []byte("key")
	site := Setup{Cookie: "shop", Mapping: Mapping{ID: "id"}}
	bad := map[string]GorillaOptions{
		"no key":                 {Setup: site},
		"no key for the files":   {Setup: Setup{Cookie: "shop", Mapping: Mapping{ID: "id"}, Store: &Files{}}},
		"empty key":              {Setup: site, Keys: [][]byte{key, {}}},
		"block key of 5 bytes":   {Setup: site, Keys: [][]byte{key}, BlockKeys: [][]byte{[]byte("short")}},
		"more block keys":        {Setup: site, Keys: [][]byte{key}, BlockKeys: [][]byte{nil, nil}},
		"unknown serializer":     {Setup: site, Keys: [][]byte{key}, Serializer: "xml"},
		"no cookie":              {Setup: Setup{Mapping: Mapping{ID: "id"}}, Keys: [][]byte{key}},
		"no path to the user id": {Setup: Setup{Cookie: "shop"}, Keys: [][]byte{key}},
	}
	for name, o := range bad {
		if _, err := Gorilla(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := SCS(SCSOptions{Setup: site}); err == nil {
		t.Error("scs without a store: accepted")
	}
}

// rbcervilla/redisstore: the cookie is the bare id, there are no keys.
func TestGorillaBareID(t *testing.T) {
	id := strings.Repeat("ABCDEFG234567", 8)[:103]
	server := miniredis.RunT(t)
	server.Set("session:"+id, string(encodeGob(t, map[any]any{"id": 42})))
	server.Set("other:"+id, string(encodeGob(t, map[any]any{"id": 43})))
	for prefix, want := range map[string]string{"": "42", "other:": "43"} {
		source, err := Gorilla(GorillaOptions{Prefix: prefix,
			Setup: Setup{Cookie: "shop", Store: openRedis(t, "redis://"+server.Addr()), Mapping: Mapping{ID: "id"}}})
		if err != nil {
			t.Fatal(err)
		}
		for value, reason := range map[string]Reason{id: "", strings.ToLower(id): NoRecord, "../" + id: Malformed, "x": Malformed} {
			r := httptest.NewRequest("GET", "http://shop.example/", nil)
			r.Header.Set("Cookie", "shop="+value)
			u, err := source.Identify(r, nil)
			if got, _ := NobodyReason(err); got != reason || reason == "" && u.ID != want {
				t.Errorf("%q, %.10s…: got %+v, %v", prefix, value, u, err)
			}
		}
	}
}
