package session

import (
	"bytes"
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
)

// A fixtureKind runs the captured sessions of one framework, testdata/<Framework>/<variant>/case.json, through the source
// that Open makes for each case.
type fixtureKind struct {
	Framework string
	Open      func(t *testing.T, site fixtureSite) Source

	// OnPurpose names the cases, as variant/case, in which we decide otherwise than the framework, each with the reason. Then
	// nobody is logged in. A case that agrees after all must not be listed.
	OnPurpose map[string]string

	// Unreadable names the variants that nobody outside the site can read, each with the reason.
	Unreadable map[string]string

	// ServeRedis serves a snapshot and returns the server's URL. Nil stands for a Redis inside the test.
	ServeRedis func(t *testing.T, snapshot redisSnapshot) string

	// ServeRows makes a database of the tables of a snapshot. Nil stands for SQLite.
	ServeRows func(t *testing.T, tables snapshotTables) *Database

	// Canonical returns what a good cookie value stands for. Values that a flipped bit leaves equal by it may be read as the
	// same user; all others must be refused. Nil allows none.
	Canonical func(value string) string
}

// A fixtureSite is what a source must be told about the site of one case.
type fixtureSite struct {
	Setup   // with cookie_name, max_age, the variant's mapping, the case's clock, and the store if it is a Redis or files
	Variant string
	Config  fixtureConfig
	Dir     string // the folder of the store; "" if there is none

	Database *Database // nil if the store has no tables
}

// patience is the time that a store gets in tests, whatever else the machine has to do.
const patience = 10 * time.Second

// fixtureConfig is the variant's config with the case's override.
type fixtureConfig map[string]any

func (c fixtureConfig) text(key string) string {
	s, _ := c[key].(string)
	return s
}

func (c fixtureConfig) number(key string) int {
	n, _ := c[key].(json.Number)
	i, _ := n.Int64()
	return int(i)
}

func (c fixtureConfig) seconds(key string) time.Duration {
	return time.Duration(c.number(key)) * time.Second
}

// list returns the elements at key that are objects.
func (c fixtureConfig) list(key string) []fixtureConfig {
	var list []fixtureConfig
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
	Config  fixtureConfig  `json:"config"`
	Mapping map[string]any `json:"mapping"`
	Cases   []fixtureCase  `json:"cases"`
	name    string
}

type fixtureCase struct {
	Name           string        `json:"name"`
	Cookie         string        `json:"cookie"`
	HeaderLines    [][2]string   `json:"header_lines"`
	Peer           string        `json:"peer"`
	SetCookie      []string      `json:"set_cookie"`
	Now            int64         `json:"now"`
	Store          string        `json:"store"`
	ConfigOverride fixtureConfig `json:"config_override"`
	Expect         struct {
		Outcome string `json:"outcome"`
		User    struct{ ID, Name, Email string }
		Reason  string `json:"reason"`
	} `json:"expect"`
}

type redisSnapshot struct {
	DB   int `json:"db"`
	Keys []struct {
		Key    string `json:"key"`
		Type   string `json:"type"`
		Value  []byte `json:"value_b64"`
		PTTLms int64  `json:"pttl_ms"`
	} `json:"keys"`
}

// runFixtures compares outcome and user of every case, once as the browser asks and once with what the site had answered,
// and logs how many agreed.
func runFixtures(t *testing.T, kind fixtureKind) {
	var agreed, refused, unreadable int
	left := make(map[string]bool, len(kind.OnPurpose))
	for name := range kind.OnPurpose {
		left[name] = true
	}
	for _, variant := range loadFixtures(t, kind.Framework) {
		if reason, ok := kind.Unreadable[variant.name]; ok {
			t.Logf("%s: %d cases cannot be read: %s", variant.name, len(variant.Cases), reason)
			unreadable += len(variant.Cases)
			continue
		}
		for _, c := range variant.Cases {
			name := variant.name + "/" + c.Name
			t.Run(name, func(t *testing.T) {
				source := kind.Open(t, openFixture(t, kind, variant, c))
				user, err := source.Identify(c.request(), nil)
				c.betrayedBy(t, err)
				got, want := outcome(err), c.Expect.Outcome
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
				case want == "user" && !isUser(user, c):
					t.Errorf("got %+v, want %+v", user, c.Expect.User)
				default:
					agreed++
				}
				if recipe, ok := source.(*Recipe); ok {
					c.outlives(t, recipe)
				}
				if len(c.SetCookie) == 0 || onPurpose {
					return
				}
				again, err := source.Identify(c.request(), http.Header{"Set-Cookie": c.SetCookie})
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

// flipFixtures flips every bit of every cookie that leads to a user: none may yield anybody else, and nobody at all unless
// the value still stands for the same bytes.
func flipFixtures(t *testing.T, kind fixtureKind) {
	var tried, same int
	for _, variant := range loadFixtures(t, kind.Framework) {
		if kind.Unreadable[variant.name] != "" {
			continue
		}
		for _, c := range variant.Cases {
			if _, onPurpose := kind.OnPurpose[variant.name+"/"+c.Name]; onPurpose || c.Expect.Outcome != "user" || c.Cookie == "" {
				continue
			}
			t.Run(variant.name+"/"+c.Name, func(t *testing.T) {
				site := openFixture(t, kind, variant, c)
				source := kind.Open(t, site)
				want, err := source.Identify(c.request(), nil)
				if err != nil {
					t.Fatal(err)
				}
				before, name, value, after := cutCookie(c.Cookie, site.Config.text("cookie_name"))
				if value == "" {
					t.Fatalf("there is no cookie %s", name)
				}
				for bit := range len(value) * 8 {
					flipped := []byte(value)
					flipped[bit/8] ^= 1 << (bit % 8)
					c.Cookie = before + name + "=" + string(flipped) + after
					tried++
					got, err := source.Identify(c.request(), nil)
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

// cutCookie splits a Cookie header around the value of the named cookie.
func cutCookie(header, name string) (before, found, value, after string) {
	start := strings.Index("; "+header, "; "+name+"=")
	if start < 0 {
		return "", name, "", ""
	}
	value = header[start+len(name)+1:]
	value, _, _ = strings.Cut(value, ";")
	return header[:start], name, value, header[start+len(name)+1+len(value):]
}

// outcome names what Identify said in the words of the fixtures. A session that ended is anonymous to some frameworks and
// rejected by others.
func outcome(err error) string {
	reason, certain := NobodyReason(err)
	switch {
	case err == nil:
		return "user"
	case !certain:
		return "unknown"
	case reason == Expired:
		return "expired"
	case reason == NoCookie, reason == NoRecord, reason == NoUser, reason == Unmet:
		return "anonymous"
	}
	return "rejected"
}

// outlives checks that a recipe which remembers a session judges it, at any time later, like one which reads it for the first
// time.
func (c fixtureCase) outlives(t *testing.T, recipe *Recipe) {
	t.Helper()
	if _, _, remembers := recipe.memory(); !remembers {
		return
	}
	const day = 24 * time.Hour
	defer func(clock func() time.Time) { recipe.Now = clock }(recipe.Now)
	for _, later := range []time.Duration{0, time.Second, time.Hour, day, 2 * day, 15 * day, 32 * day, 91 * day, 3660 * day} {
		recipe.Now = func() time.Time { return time.Unix(c.Now, 0).Add(later) }
		forgetful := recipe.forgetful()
		got, err := recipe.Identify(c.request(), nil)
		want, refusal := forgetful.Identify(c.request(), nil)
		if fmt.Sprint(got) != fmt.Sprint(want) || outcome(err) != outcome(refusal) {
			t.Errorf("%s later: got %+v, %v, want %+v, %v", later, got, err, want, refusal)
		}
	}
}

// betrayedBy checks that an error, which may be logged, repeats nothing of a session or of a person.
func (c fixtureCase) betrayedBy(t *testing.T, err error) {
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

func isUser(u User, c fixtureCase) bool {
	want := c.Expect.User
	return u.ID == want.ID && u.Name == want.Name && u.Email == want.Email
}

func (c fixtureCase) request() *http.Request {
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

// loadFixtures reads every variant of a framework.
func loadFixtures(t testing.TB, framework string) []fixtureVariant {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", framework, "*", "case.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures of %s: %v", framework, err)
	}
	var variants []fixtureVariant
	for _, file := range files {
		variant := fixtureVariant{name: filepath.Base(filepath.Dir(file))}
		readJSON(t, file, &variant)
		variants = append(variants, variant)
	}
	return variants
}

// openFixture prepares the site of one case: its settings, its clock, and its store at that moment.
func openFixture(t *testing.T, kind fixtureKind, variant fixtureVariant, c fixtureCase) fixtureSite {
	t.Helper()
	site := fixtureSite{Variant: variant.name, Config: fixtureConfig{}}
	maps.Copy(site.Config, variant.Config)
	maps.Copy(site.Config, c.ConfigOverride)
	site.Cookie = site.Config.text("cookie_name")
	site.MaxAge = site.Config.seconds("max_age")
	site.Now = func() time.Time { return time.Unix(c.Now, 0) }
	site.Mapping.ID, _ = variant.Mapping["id"].(string)
	site.Mapping.Name, _ = variant.Mapping["name"].(string)
	site.Mapping.Email, _ = variant.Mapping["email"].(string)
	if c.Store == "" {
		return site
	}
	site.Dir = copyStore(t, filepath.Join("testdata", kind.Framework, variant.name, c.Store))
	site.Store = &Files{Dir: site.Dir, Timeout: patience}
	if file := filepath.Join(site.Dir, "redis.json"); exists(file) {
		var snapshot redisSnapshot
		readJSON(t, file, &snapshot)
		serve := kind.ServeRedis
		if serve == nil {
			serve = serveMiniredis
		}
		redis, err := NewRedis(serve(t, snapshot), patience)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { redis.Close() })
		site.Store = redis
	}
	if file := filepath.Join(site.Dir, "rows.json"); exists(file) {
		var tables snapshotTables
		readJSON(t, file, &tables)
		serve := kind.ServeRows
		if serve == nil {
			serve = serveSQLite
		}
		site.Database = serve(t, tables)
	}
	return site
}

func serveMiniredis(t *testing.T, snapshot redisSnapshot) string {
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
			readJSON(t, file, &times)
			for name, unix := range times {
				if err := os.Chtimes(filepath.Join(filepath.Dir(file), name), time.Time{}, time.Unix(unix, 0)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return to
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func readJSON(t testing.TB, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
