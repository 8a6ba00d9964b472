package main

import (
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"tawkproxy/config"
	"tawkproxy/session"
	"tawkproxy/session/recipe"
)

// A capturedSite is what was captured of a site: all that its operator can know, and what was in its stores at one moment.
type capturedSite struct {
	config, mapping map[string]any
	records         map[string]capturedRecord // by the session's id
	tables          map[string][]map[string]any
	now             time.Time
	dir             string // of the capture
}

type capturedRecord struct {
	data    []byte
	written time.Time
}

func (s capturedSite) text(name string) string {
	text, _ := s.config[name].(string)
	return text
}

// What was captured from sites in PHP is read as an operator has it read, by settings alone, and where other sites keep the same.
func TestCapturedSites(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: thousands of starts take seconds; the tests of each kind read the same captures")
	}
	for framework, layouts := range map[string]map[string]func(*testing.T, capturedSite) []string{
		"php": {
			"files":                   func(t *testing.T, s capturedSite) []string { return phpFiles(t, s, 0) },
			"files two folders deep":  func(t *testing.T, s capturedSite) []string { return phpFiles(t, s, 2) },
			"phpredis":                func(t *testing.T, s capturedSite) []string { return phpRedis(t, s, "") },
			"phpredis with a prefix":  func(t *testing.T, s capturedSite) []string { return phpRedis(t, s, "&prefix=shop%3A") },
			"phpredis with no prefix": func(t *testing.T, s capturedSite) []string { return phpRedis(t, s, "&prefix=") },
		},
		"symfony": {
			"files":               symfonyFiles,
			"Redis":               func(t *testing.T, s capturedSite) []string { return symfonyRedis(t, s, "sf_s") },
			"Redis with a prefix": func(t *testing.T, s capturedSite) []string { return symfonyRedis(t, s, "app_") },
			"a table":             func(t *testing.T, s capturedSite) []string { return symfonyTable(t, s, 0) },
			"a table before 4.4":  func(t *testing.T, s capturedSite) []string { return symfonyTable(t, s, s.now.Unix()) },
		},
		"laravel": {
			"files":   laravelFiles,
			"a table": laravelTable,
			"Redis": func(t *testing.T, s capturedSite) []string {
				return laravelRedis(t, s, "laravel_database_", "laravel_cache:")
			},
			"Redis since 13": func(t *testing.T, s capturedSite) []string {
				return laravelRedis(t, s, "laravel-database-", "laravel-cache-")
			},
			"Redis before 6":  func(t *testing.T, s capturedSite) []string { return laravelRedis(t, s, "", "laravel:") },
			"a second cookie": laravelCookie,
		},
		"wordpress": {
			"a site":         func(t *testing.T, s capturedSite) []string { return wordPressTables(t, s, "wp_", "options") },
			"another prefix": func(t *testing.T, s capturedSite) []string { return wordPressTables(t, s, "shop7_", "options") },
			"a network":      func(t *testing.T, s capturedSite) []string { return wordPressTables(t, s, "wp_", "sitemeta") },
			"a cookie's name": func(t *testing.T, s capturedSite) []string {
				return append(wordPressTables(t, s, "wp_", "options"), "TAWK_SESSION_COOKIE="+s.text("cookie_name"))
			},
		},
	} {
		for layout, settings := range layouts {
			t.Run(framework+"/"+layout, func(t *testing.T) {
				t.Parallel()
				readCaptured(t, framework, settings)
			})
		}
	}
}

// readCaptured reads every case of a framework by the settings for it. Those say nil where a site cannot be laid out so.
func readCaptured(t *testing.T, framework string, settings func(*testing.T, capturedSite) []string) {
	files, err := filepath.Glob(filepath.Join("../../session/kind/*/testdata", framework, "*", "case.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	agreed := 0
	for _, file := range files {
		var variant struct {
			Config, Mapping map[string]any
			Cases           []struct {
				Name, Cookie, Store string
				Now                 int64
				ConfigOverride      map[string]any `json:"config_override"`
				Expect              struct {
					Outcome string
					User    struct{ ID, Name, Email string }
				}
			}
		}
		readJSON(t, file, &variant)
		moments := map[string][]string{} // settings
		for _, c := range variant.Cases {
			site := capturedSite{config: maps.Clone(variant.Config), mapping: variant.Mapping, now: time.Unix(c.Now, 0),
				dir: filepath.Dir(file)}
			maps.Copy(site.config, c.ConfigOverride)
			moment := fmt.Sprint(c.Store, c.Now, c.ConfigOverride)
			environ, ready := moments[moment]
			if !ready {
				if c.Store != "" {
					site.readStore(t, filepath.Join(site.dir, c.Store))
				}
				environ = settings(t, site)
				moments[moment] = environ
			}
			if environ == nil || c.Name == "remember-me-only" { // which is not read: the site answers it with a session
				continue
			}
			cfg, err := load(append([]string{"TAWK_UPSTREAM=http://127.0.0.1:3000", "TAWK_EMBED=never", "TAWK_SECRET_KEY=k",
				"TAWK_SESSION=" + framework}, environ...))
			if err != nil {
				t.Fatal(err)
			}
			user, err := site.identify(t, cfg, c.Cookie)
			_, nobody := session.NobodyReason(err)
			for try := 0; err != nil && !nobody && try < 20; try++ { // a busy machine is slow for a moment
				user, err = site.identify(t, cfg, c.Cookie)
				_, nobody = session.NobodyReason(err)
			}
			want := session.User{ID: c.Expect.User.ID, Name: c.Expect.User.Name, Email: c.Expect.User.Email}
			if isUser := c.Expect.Outcome == "user"; !reflect.DeepEqual(user, want) || nobody == isUser || (err == nil) != isUser {
				t.Errorf("%s/%s: got %+v, %v, want %+v", filepath.Base(filepath.Dir(file)), c.Name, user, err, c.Expect)
				continue
			}
			agreed++
		}
	}
	t.Logf("%d cases agreed", agreed)
}

// identify reads cookies, again if a machine that has other things to do lets a store's time run out.
func (s capturedSite) identify(t *testing.T, cfg *config.Config, cookies string) (user session.User, err error) {
	t.Helper()
	r := httptest.NewRequest("GET", "http://shop.example/", nil)
	r.Header.Set("Cookie", cookies)
	for range 10 {
		source, failure := openSource(cfg, pageWaits(), nil, nil, func(io.Closer) {}, nil)
		if failure != nil {
			t.Fatal(failure)
		}
		source.(*recipe.Recipe).Now = func() time.Time { return s.now }
		user, err = source.Identify(r, nil)
		if _, nobody := session.NobodyReason(err); err == nil || nobody {
			break
		}
	}
	return user, err
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// readStore reads the records and tables of a folder.
func (s *capturedSite) readStore(t *testing.T, dir string) {
	t.Helper()
	s.records = map[string]capturedRecord{}
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil || entry.IsDir():
			return err
		case entry.Name() == "rows.json":
			readJSON(t, file, &s.tables)
		case entry.Name() == "redis.json":
			var snapshot struct {
				Keys []struct {
					Key   string
					Value []byte `json:"value_b64"`
				}
			}
			readJSON(t, file, &snapshot)
			prefix := s.text("key_prefix") + s.text("redis_prefix") + s.text("cache_prefix")
			for _, key := range snapshot.Keys {
				s.records[strings.TrimPrefix(key.Key, prefix)] = capturedRecord{key.Value, s.now}
			}
		case entry.Name() != "mtimes.json":
			data, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			written := map[string]int64{}
			times := filepath.Join(filepath.Dir(file), "mtimes.json")
			if _, err := os.Stat(times); err == nil {
				readJSON(t, times, &written)
			}
			s.records[strings.TrimPrefix(entry.Name(), "sess_")] = capturedRecord{data, time.Unix(written[entry.Name()], 0)}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// files writes the records into a folder, under the names that name gives them.
func (s capturedSite) files(t *testing.T, name func(id string) string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for id, record := range s.records {
		file := filepath.Join(dir, name(id))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, record.data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, record.written, record.written); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// redis serves the records, and returns the server's address.
func (s capturedSite) redis(t *testing.T, database int, prefix string) string {
	t.Helper()
	server := miniredis.RunT(t)
	for id, record := range s.records {
		if err := server.DB(database).Set(prefix+id, string(record.data)); err != nil {
			t.Fatal(err)
		}
	}
	return server.Addr()
}

// database makes an SQLite database of the tables and returns its address. A table without rows gets the columns named.
func (s capturedSite) database(t *testing.T, columns ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "site.sqlite")
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=synchronous(0)&_pragma=journal_mode(OFF)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	do := func(statement string, args ...any) {
		t.Helper()
		if _, err := db.Exec(statement, args...); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	for name, rows := range s.tables {
		names := columns
		if len(rows) > 0 {
			names = slices.Sorted(maps.Keys(rows[0]))
		}
		definitions := slices.Clone(names)
		for i, name := range names {
			if len(rows) > 0 && reflect.TypeOf(rows[0][name]) == reflect.TypeFor[float64]() {
				definitions[i] += " BIGINT" // without it, SQLite compares no text with the number
			}
		}
		do("CREATE TABLE " + name + " (" + strings.Join(definitions, ", ") + ")")
		for _, row := range rows {
			var values []any
			for _, name := range names {
				value := row[name]
				if number, ok := value.(float64); ok {
					value = int64(number)
				}
				values = append(values, value)
			}
			do("INSERT INTO "+name+" VALUES ("+strings.Repeat("?, ", len(names)-1)+"?)", values...)
		}
	}
	return "sqlite://" + file
}

func phpSettings(s capturedSite, savePath string) []string {
	return []string{"TAWK_PHP_SAVE_PATH=" + savePath, "TAWK_PHP_SERIALIZE_HANDLER=" + s.text("serialize_handler"),
		fmt.Sprint("TAWK_USER_ID=", s.mapping["id"]), fmt.Sprint("TAWK_USER_NAME=", s.mapping["name"]),
		fmt.Sprint("TAWK_USER_EMAIL=", s.mapping["email"])}
}

func phpFiles(t *testing.T, s capturedSite, depth int) []string {
	dir := s.files(t, func(id string) string {
		return filepath.Join(append(strings.Split(id[:depth], ""), "sess_"+id)...)
	})
	return phpSettings(s, fmt.Sprintf("%d;0600;%s", depth, dir))
}

func phpRedis(t *testing.T, s capturedSite, parameter string) []string {
	prefix := map[string]string{"": "PHPREDIS_SESSION:", "&prefix=shop%3A": "shop:", "&prefix=": ""}[parameter]
	return phpSettings(s, "tcp://"+s.redis(t, 2, prefix)+"?database=2"+parameter)
}

func symfonySettings(s capturedSite, settings ...string) []string {
	return append(settings, "TAWK_SYMFONY_FIREWALL="+s.text("firewall"), "TAWK_USER_NAME=user.displayName")
}

func symfonyFiles(t *testing.T, s capturedSite) []string {
	if s.text("store_kind") != "files" {
		return nil
	}
	return symfonySettings(s, "TAWK_SESSION_STORE=file://"+s.files(t, func(id string) string { return "sess_" + id }))
}

func symfonyRedis(t *testing.T, s capturedSite, prefix string) []string {
	if s.text("store_kind") != "files" {
		return nil
	}
	return symfonySettings(s, "TAWK_SESSION_STORE=redis://"+s.redis(t, 1, prefix)+"/1", "TAWK_SYMFONY_PREFIX="+prefix)
}

// symfonyTable lays a site out in a table, whose column of ends counts seconds from since on.
func symfonyTable(t *testing.T, s capturedSite, since int64) []string {
	if s.text("store_kind") == "files" {
		s.tables = map[string][]map[string]any{"sessions": nil}
		for id, record := range s.records {
			s.tables["sessions"] = append(s.tables["sessions"], map[string]any{"sess_id": id, "sess_data": record.data,
				"sess_time": record.written.Unix(), "sess_lifetime": s.now.Unix() + 1440})
		}
	}
	for _, row := range s.tables["sessions"] {
		if ends, ok := row["sess_lifetime"].(int64); ok && since > 0 {
			row["sess_lifetime"] = ends - row["sess_time"].(int64)
		}
	}
	return symfonySettings(s, "TAWK_SESSION_STORE="+s.database(t, "sess_id", "sess_data", "sess_lifetime", "sess_time"))
}

func laravelSettings(t *testing.T, s capturedSite, settings ...string) []string {
	var previous []string
	for _, key := range s.config["previous_keys"].([]any) {
		previous = append(previous, key.(string))
	}
	return append(settings, "TAWK_LARAVEL_APP_KEY="+s.text("app_key"), "TAWK_LARAVEL_APP_PREVIOUS_KEYS="+strings.Join(previous, ","),
		"TAWK_LARAVEL_CIPHER="+s.text("cipher"), "TAWK_LARAVEL_COOKIE_FORM="+s.text("value_form"),
		"TAWK_SESSION_COOKIE="+s.text("cookie_name"), fmt.Sprint("TAWK_LARAVEL_SESSION_LIFETIME=", s.config["lifetime_minutes"]),
		"TAWK_USER_DSN="+s.database(t, "id", "payload", "last_activity"))
}

func laravelFiles(t *testing.T, s capturedSite) []string {
	if s.text("driver") != "file" {
		return nil
	}
	return laravelSettings(t, s, "TAWK_SESSION_STORE=file://"+s.files(t, func(id string) string { return id }))
}

func laravelTable(t *testing.T, s capturedSite) []string {
	switch s.text("driver") {
	case "database":
		return laravelSettings(t, s, "TAWK_SESSION_STORE=database")
	case "file":
		for id, record := range s.records {
			s.tables["visits"] = append(s.tables["visits"], map[string]any{"id": id, "last_activity": record.written.Unix(),
				"payload": base64.StdEncoding.EncodeToString(record.data)})
		}
		return laravelSettings(t, s, "TAWK_SESSION_STORE=database", "TAWK_SESSION_TABLE=visits")
	}
	return nil
}

func laravelRedis(t *testing.T, s capturedSite, redisPrefix, cachePrefix string) []string {
	switch s.text("driver") {
	case "redis":
	case "file":
		for id, record := range s.records {
			if s.now.Sub(record.written) > 2*time.Hour {
				delete(s.records, id) // as Redis does
				continue
			}
			record.data = fmt.Appendf(nil, `s:%d:"%s";`, len(record.data), record.data)
			s.records[id] = record
		}
	default:
		return nil
	}
	or := func(prefix string) string {
		if prefix == "" {
			return "none"
		}
		return prefix
	}
	return laravelSettings(t, s, "TAWK_SESSION_STORE=redis://"+s.redis(t, 0, redisPrefix+cachePrefix),
		"TAWK_LARAVEL_REDIS_PREFIX="+or(redisPrefix), "TAWK_LARAVEL_CACHE_PREFIX="+or(cachePrefix))
}

func laravelCookie(t *testing.T, s capturedSite) []string {
	if s.text("driver") != "cookie" {
		return nil
	}
	return laravelSettings(t, s, "TAWK_SESSION_STORE=cookie")
}

// wordPressTables names the tables with a prefix, and puts what stands in options into the table named.
func wordPressTables(t *testing.T, s capturedSite, prefix, options string) []string {
	tables := map[string][]map[string]any{}
	for name, rows := range s.tables {
		tables[prefix+strings.TrimPrefix(name, "wp_")] = rows
	}
	if options == "sitemeta" {
		for _, row := range s.tables["wp_options"] {
			tables[prefix+"sitemeta"] = append(tables[prefix+"sitemeta"],
				map[string]any{"site_id": 1, "meta_key": row["option_name"], "meta_value": row["option_value"]})
		}
		delete(tables, prefix+"options")
	}
	s.tables = tables
	return []string{"TAWK_USER_DSN=" + s.database(t), "TAWK_WORDPRESS_TABLE_PREFIX=" + prefix,
		"TAWK_WORDPRESS_LOGGED_IN_KEY=" + s.text("logged_in_key"), "TAWK_WORDPRESS_LOGGED_IN_SALT=" + s.text("logged_in_salt"),
		fmt.Sprint("TAWK_WORDPRESS_MULTISITE=", options == "sitemeta")}
}
