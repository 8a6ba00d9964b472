// Package kindtest runs captured sessions of real frameworks through a kind, and writes sessions as the frameworks do, for tests.
package kindtest

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

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
	site.open(t, kind, filepath.Join("testdata", kind.Framework, variant.Name, c.Store))
	return site
}
