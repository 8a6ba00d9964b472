// Package kindtest runs captured sessions of real frameworks through a kind, and writes sessions as the frameworks do, for tests.
package kindtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

// A FixtureKind runs the captured sessions of one framework, testdata/<Framework>/<variant>/case.json, through the source
// that Open makes for each case.
type FixtureKind struct {
	Framework string
	Open      func(t *testing.T, site FixtureSite) session.Source

	// OnPurpose names the cases, as variant/case, in which we decide otherwise than the framework, each with the reason. Then
	// nobody is logged in. A case that agrees after all must not be listed.
	OnPurpose map[string]string

	// Unreadable names the variants that nobody outside the site can read, each with the reason.
	Unreadable map[string]string

	// ServeRedis serves a snapshot and returns the server's URL. Nil stands for a Redis inside the test.
	ServeRedis func(t *testing.T, snapshot RedisSnapshot) string

	// ServeRows makes a database of the tables of a snapshot. Nil stands for SQLite.
	ServeRows func(t *testing.T, tables storetest.SnapshotTables) *store.Database

	// Canonical returns what a good cookie value stands for. Values that a flipped bit leaves equal by it may be read as the
	// same user; all others must be refused. Nil allows none.
	Canonical func(value string) string
}

// A FixtureSite is what a source must be told about the site of one case.
type FixtureSite struct {
	recipe.Setup // with cookie_name, max_age, the variant's mapping, the case's clock, and the store if it is a Redis or files
	Variant      string
	Config       FixtureConfig
	Dir          string // the folder of the store; "" if there is none

	Database *store.Database // nil if the store has no tables
}

// FixtureConfig is the variant's config with the case's override.
type FixtureConfig map[string]any

func (c FixtureConfig) Text(key string) string {
	s, _ := c[key].(string)
	return s
}

func (c FixtureConfig) Number(key string) int {
	n, _ := c[key].(json.Number)
	i, _ := n.Int64()
	return int(i)
}

func (c FixtureConfig) Seconds(key string) time.Duration {
	return time.Duration(c.Number(key)) * time.Second
}

// List returns the elements at key that are objects.
func (c FixtureConfig) List(key string) []FixtureConfig {
	var list []FixtureConfig
	elements, _ := c[key].([]any)
	for _, element := range elements {
		if object, ok := element.(map[string]any); ok {
			list = append(list, object)
		}
	}
	return list
}

// fixtureVariant is the schema of case.json.
type fixtureVariant struct {
	Config  FixtureConfig  `json:"config"`
	Mapping map[string]any `json:"mapping"`
	Cases   []FixtureCase  `json:"cases"`
	Name    string
}

type FixtureCase struct {
	Name           string        `json:"name"`
	Cookie         string        `json:"cookie"`
	HeaderLines    [][2]string   `json:"header_lines"`
	Peer           string        `json:"peer"`
	SetCookie      []string      `json:"set_cookie"`
	Now            int64         `json:"now"`
	Store          string        `json:"store"`
	ConfigOverride FixtureConfig `json:"config_override"`
	Expect         struct {
		Outcome string `json:"outcome"`
		User    struct{ ID, Name, Email string }
		Reason  string `json:"reason"`
	} `json:"expect"`
}

type RedisSnapshot struct {
	DB   int `json:"db"`
	Keys []struct {
		Key    string `json:"key"`
		Type   string `json:"type"`
		Value  []byte `json:"value_b64"`
		PTTLms int64  `json:"pttl_ms"`
	} `json:"keys"`
}

// RunFixtures compares outcome and user of every case, once as the browser asks and once with what the site had answered,
// and logs how many agreed.
func RunFixtures(t *testing.T, kind FixtureKind) {
	var agreed, refused, unreadable int
	left := make(map[string]bool, len(kind.OnPurpose))
	for name := range kind.OnPurpose {
		left[name] = true
	}
	for _, variant := range LoadFixtures(t, kind.Framework) {
		if reason, ok := kind.Unreadable[variant.Name]; ok {
			t.Logf("%s: %d cases cannot be read: %s", variant.Name, len(variant.Cases), reason)
			unreadable += len(variant.Cases)
			continue
		}
		for _, c := range variant.Cases {
			name := variant.Name + "/" + c.Name
			t.Run(name, func(t *testing.T) {
				source := kind.Open(t, OpenFixture(t, kind, variant, c))
				user, err := source.Identify(c.Request(), nil)
				c.betrayedBy(t, err)
				got, want := Outcome(err), c.Expect.Outcome
				reason, onPurpose := kind.OnPurpose[name]
				delete(left, name)
				switch agree := got == want || got == "expired" && want != "user"; {
				case got == "unknown":
					unreadable++
					t.Errorf("cannot be read: %v", err)
				case onPurpose && agree:
					t.Errorf("agrees, but stands among the deviations: %s", reason)
				case onPurpose && want != "user":
					t.Errorf("got %s, want %s: only a refusal can be on purpose", got, want)
				case onPurpose:
					refused++
					t.Logf("refused on purpose: %s (%v)", reason, err)
				case !agree:
					t.Errorf("got %s (%v), want %s (%s)", got, err, want, c.Expect.Reason)
				case want == "user" && !IsUser(user, c):
					t.Errorf("got %+v, want %+v", user, c.Expect.User)
				default:
					agreed++
				}
				if recipe, ok := source.(*recipe.Recipe); ok {
					c.outlives(t, recipe)
				}
				if len(c.SetCookie) == 0 || onPurpose {
					return
				}
				again, err := source.Identify(c.Request(), http.Header{"Set-Cookie": c.SetCookie})
				if again.ID != user.ID || got != "user" && err == nil {
					t.Errorf("with the site's answer: got %q, %v", again.ID, err)
				}
			})
		}
	}
	for name := range left {
		t.Errorf("%s stands among the deviations, but there is no such case", name)
	}
	t.Logf("%s: %d agreed, %d refused on purpose, %d unreadable", kind.Framework, agreed, refused, unreadable)
}

// FlipFixtures flips every bit of every cookie that leads to a user: none may yield anybody else, and nobody at all unless
// the value still stands for the same bytes. With -short it flips one bit in each byte or two.
func FlipFixtures(t *testing.T, kind FixtureKind) {
	var tried, same int
	step := 1
	if testing.Short() {
		step = 9 // of a byte, each time another one
	}
	for _, variant := range LoadFixtures(t, kind.Framework) {
		if kind.Unreadable[variant.Name] != "" {
			continue
		}
		for _, c := range variant.Cases {
			if _, onPurpose := kind.OnPurpose[variant.Name+"/"+c.Name]; onPurpose || c.Expect.Outcome != "user" || c.Cookie == "" {
				continue
			}
			t.Run(variant.Name+"/"+c.Name, func(t *testing.T) {
				site := OpenFixture(t, kind, variant, c)
				source := kind.Open(t, site)
				want, err := source.Identify(c.Request(), nil)
				if err != nil {
					t.Fatal(err)
				}
				before, name, value, after := CutCookie(c.Cookie, site.Config.Text("cookie_name"))
				if value == "" {
					t.Fatalf("there is no cookie %s", name)
				}
				for bit := 0; bit < len(value)*8; bit += step {
					flipped := []byte(value)
					flipped[bit/8] ^= 1 << (bit % 8)
					c.Cookie = before + name + "=" + string(flipped) + after
					tried++
					got, err := source.Identify(c.Request(), nil)
					if err != nil {
						c.betrayedBy(t, err)
						continue
					}
					same++
					if kind.Canonical == nil || kind.Canonical(string(flipped)) != kind.Canonical(value) {
						t.Errorf("bit %d flipped: still accepted", bit)
					}
					if fmt.Sprint(got) != fmt.Sprint(want) {
						t.Errorf("bit %d flipped: another user", bit)
					}
				}
			})
		}
	}
	t.Logf("%s: %d flipped bits, %d of them left the same bytes and the same user", kind.Framework, tried, same)
}

// CutCookie splits a Cookie header around the value of the named cookie.
func CutCookie(header, name string) (before, found, value, after string) {
	start := strings.Index("; "+header, "; "+name+"=")
	if start < 0 {
		return "", name, "", ""
	}
	value = header[start+len(name)+1:]
	value, _, _ = strings.Cut(value, ";")
	return header[:start], name, value, header[start+len(name)+1+len(value):]
}

// Outcome names what Identify said in the words of the fixtures. A session that ended is anonymous to some frameworks and
// rejected by others.
func Outcome(err error) string {
	reason, certain := session.NobodyReason(err)
	switch {
	case err == nil:
		return "user"
	case !certain:
		return "unknown"
	case reason == session.Expired:
		return "expired"
	case reason == session.NoCookie, reason == session.NoRecord, reason == session.NoUser, reason == session.Unmet:
		return "anonymous"
	}
	return "rejected"
}

// outlives checks that a recipe which remembers a session judges it, at any time later, like one which reads it for the first
// time.
func (c FixtureCase) outlives(t *testing.T, recipe *recipe.Recipe) {
	t.Helper()
	if _, _, remembers := recipe.Memory(); !remembers {
		return
	}
	const day = 24 * time.Hour
	defer func(clock func() time.Time) { recipe.Now = clock }(recipe.Now)
	for _, later := range []time.Duration{0, time.Second, time.Hour, day, 2 * day, 15 * day, 32 * day, 91 * day, 3660 * day} {
		recipe.Now = func() time.Time { return time.Unix(c.Now, 0).Add(later) }
		forgetful := recipe.Forgetful()
		got, err := recipe.Identify(c.Request(), nil)
		want, refusal := forgetful.Identify(c.Request(), nil)
		if fmt.Sprint(got) != fmt.Sprint(want) || Outcome(err) != Outcome(refusal) {
			t.Errorf("%s later: got %+v, %v, want %+v, %v", later, got, err, want, refusal)
		}
	}
}

// betrayedBy checks that an error, which may be logged, repeats nothing of a session or of a person.
func (c FixtureCase) betrayedBy(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	const least = 10 // bytes that cannot be there by chance
	said := err.Error()
	var secrets []string
	for _, line := range strings.Split(c.Cookie, "; ") {
		_, value, _ := strings.Cut(line, "=")
		secrets = append(secrets, value)
	}
	for _, line := range c.HeaderLines {
		secrets = append(secrets, line[1])
	}
	for i := range max(0, len(said)-least+1) {
		for _, secret := range secrets {
			if strings.Contains(secret, said[i:i+least]) {
				t.Errorf("the error repeats %q of the session: %s", said[i:i+least], said)
				return
			}
		}
	}
	for _, detail := range []string{"Lovelace", "O'Neil", "example.com", "u-7f3"} {
		if strings.Contains(said, detail) {
			t.Errorf("the error names a person: %s", said)
		}
	}
}

func IsUser(u session.User, c FixtureCase) bool {
	want := c.Expect.User
	return u.ID == want.ID && u.Name == want.Name && u.Email == want.Email
}

func (c FixtureCase) Request() *http.Request {
	r := httptest.NewRequest("GET", "http://shop.example/", nil)
	if c.Cookie != "" {
		r.Header["Cookie"] = []string{c.Cookie}
	}
	for _, line := range c.HeaderLines {
		r.Header.Add(line[0], line[1])
	}
	if c.Peer != "" {
		r.RemoteAddr = c.Peer + ":40000"
	}
	return r
}

// LoadFixtures reads every variant of a framework.
func LoadFixtures(t testing.TB, framework string) []fixtureVariant {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", framework, "*", "case.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures of %s: %v", framework, err)
	}
	var variants []fixtureVariant
	for _, file := range files {
		variant := fixtureVariant{Name: filepath.Base(filepath.Dir(file))}
		sessiontest.ReadJSON(t, file, &variant)
		variants = append(variants, variant)
	}
	return variants
}

// OpenFixture prepares the site of one case: its settings, its clock, and its store at that moment.
func OpenFixture(t *testing.T, kind FixtureKind, variant fixtureVariant, c FixtureCase) FixtureSite {
	t.Helper()
	site := FixtureSite{Variant: variant.Name, Config: FixtureConfig{}}
	maps.Copy(site.Config, variant.Config)
	maps.Copy(site.Config, c.ConfigOverride)
	site.Cookie = site.Config.Text("cookie_name")
	site.MaxAge = site.Config.Seconds("max_age")
	site.Now = func() time.Time { return time.Unix(c.Now, 0) }
	site.Mapping.ID, _ = variant.Mapping["id"].(string)
	site.Mapping.Name, _ = variant.Mapping["name"].(string)
	site.Mapping.Email, _ = variant.Mapping["email"].(string)
	if c.Store == "" {
		return site
	}
	site.Dir = copyStore(t, filepath.Join("testdata", kind.Framework, variant.Name, c.Store))
	site.Store = &store.Files{Dir: site.Dir, Timeout: sessiontest.Patience}
	if file := filepath.Join(site.Dir, "redis.json"); sessiontest.Exists(file) {
		var snapshot RedisSnapshot
		sessiontest.ReadJSON(t, file, &snapshot)
		serve := kind.ServeRedis
		if serve == nil {
			serve = serveMiniredis
		}
		redis, err := store.NewRedis(serve(t, snapshot), sessiontest.Patience)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { redis.Close() })
		site.Store = redis
	}
	if file := filepath.Join(site.Dir, "rows.json"); sessiontest.Exists(file) {
		var tables storetest.SnapshotTables
		sessiontest.ReadJSON(t, file, &tables)
		serve := kind.ServeRows
		if serve == nil {
			serve = storetest.ServeSQLite
		}
		site.Database = serve(t, tables)
	}
	return site
}

func serveMiniredis(t *testing.T, snapshot RedisSnapshot) string {
	t.Helper()
	server := miniredis.RunT(t)
	for _, k := range snapshot.Keys {
		if k.Type != "string" {
			t.Fatalf("key %s is of type %s", k.Key, k.Type)
		}
		db := server.DB(snapshot.DB)
		if err := db.Set(k.Key, string(k.Value)); err != nil {
			t.Fatal(err)
		}
		if k.PTTLms > 0 {
			db.SetTTL(k.Key, time.Duration(k.PTTLms)*time.Millisecond)
		}
	}
	return fmt.Sprintf("redis://%s/%d", server.Addr(), snapshot.DB)
}

// copyStore copies a store's folder and gives the files the times of its mtimes.json, which version control does not keep.
func copyStore(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"", "*"} {
		files, err := filepath.Glob(filepath.Join(to, folder, "mtimes.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			var times map[string]int64
			sessiontest.ReadJSON(t, file, &times)
			for name, unix := range times {
				if err := os.Chtimes(filepath.Join(filepath.Dir(file), name), time.Time{}, time.Unix(unix, 0)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return to
}
