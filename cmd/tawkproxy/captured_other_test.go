package main

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What was captured from sites in other languages is read by settings alone, too, and where other sites keep the same.
func TestCapturedOtherSites(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: thousands of starts take seconds; the tests of each kind read the same captures")
	}
	for framework, layouts := range map[string]map[string]func(*testing.T, capturedSite) []string{
		"cookie-session": {"the cookie": func(_ *testing.T, s capturedSite) []string {
			return s.settings("TAWK_KEYGRIP_KEYS="+s.keys("keys"), "TAWK_KEYGRIP_DIGEST="+s.text("digest"))
		}},
		"koa-session": {"the cookie": func(_ *testing.T, s capturedSite) []string {
			return s.settings("TAWK_SESSION=koa", "TAWK_KEYGRIP_KEYS="+s.keys("keys"), "TAWK_KEYGRIP_DIGEST="+s.text("digest"))
		}},
		"iron-session": {"the cookie": func(_ *testing.T, s capturedSite) []string {
			return s.settings("TAWK_SESSION=iron", "TAWK_IRON_PASSWORD="+s.keys("passwords"))
		}},
		"nextauth": {"the cookie": func(_ *testing.T, s capturedSite) []string {
			return []string{"TAWK_SESSION=authjs", "TAWK_AUTHJS_SECRET=" + s.keys("secrets")}
		}},
		"jwt": {"a secret or a key set": jwtKeySet},
		"gorilla": {
			"as captured":    func(t *testing.T, s capturedSite) []string { return gorillaSettings(t, s, s.text("key_prefix")) },
			"another prefix": func(t *testing.T, s capturedSite) []string { return gorillaSettings(t, s, "shop.") },
		},
		"scs": {"Redis": scsRedis, "hashed in Redis": scsHashed, "a table": scsTable},
		"express": {
			"Redis":                  func(t *testing.T, s capturedSite) []string { return expressRedis(t, s, "sess:") },
			"Redis with a prefix":    func(t *testing.T, s capturedSite) []string { return expressRedis(t, s, "shop:") },
			"Redis without a prefix": func(t *testing.T, s capturedSite) []string { return expressRedis(t, s, "none") },
			"files":                  expressFiles,
		},
		"flask":  {"as captured": flaskSettings, "files": flaskFiles, "a table": flaskTable},
		"django": {"as captured": djangoSettings},
		"rails":  {"as captured": railsSettings, "a table": railsTable},
	} {
		for layout, settings := range layouts {
			t.Run(framework+"/"+layout, func(t *testing.T) {
				t.Parallel()
				readCaptured(t, framework, settings)
			})
		}
	}
}

// settings adds what is said of every site: its cookie, and where the user stands, if that is a path.
func (s capturedSite) settings(more ...string) []string {
	all := []string{"TAWK_SESSION_COOKIE=" + s.text("cookie_name")}
	for setting, detail := range map[string]string{"TAWK_USER_ID": "id", "TAWK_USER_NAME": "name", "TAWK_USER_EMAIL": "email"} {
		if path, _ := s.mapping[detail].(string); !strings.ContainsAny(path, " [") {
			all = append(all, setting+"="+path)
		}
	}
	return append(all, more...)
}

// keys lists all keys at these paths of the config.
func (s capturedSite) keys(paths ...string) string {
	var all []string
	for _, path := range paths {
		for _, key := range texts(s.config, path) {
			all = append(all, "base64:"+base64.StdEncoding.EncodeToString([]byte(key)))
		}
	}
	return strings.Join(all, ",")
}

func texts(tree any, path string) (all []string) {
	switch node := tree.(type) {
	case string:
		return []string{node}
	case []any:
		for _, element := range node {
			all = append(all, texts(element, path)...)
		}
	case map[string]any:
		if key, rest, _ := strings.Cut(path, "."); key != "" {
			return texts(node[key], rest)
		}
		for _, key := range slices.Sorted(maps.Keys(node)) {
			all = append(all, texts(node[key], "")...)
		}
	}
	return all
}

// userQuery makes the query of a table of users.
func userQuery(table string) string {
	return "TAWK_USER_QUERY=SELECT name, email FROM " + table + " WHERE id = ?"
}

func jwtSettings(s capturedSite, more ...string) []string {
	return s.settings(append(more, "TAWK_JWT_ALGORITHM="+s.text("alg"), "TAWK_JWT_ISSUER="+s.text("issuer"),
		"TAWK_JWT_AUDIENCE="+s.text("audience"), fmt.Sprint("TAWK_JWT_REQUIRE_EXP=", s.config["require_exp"]))...)
}

func jwtKeySet(t *testing.T, s capturedSite) []string {
	if s.text("secret") != "" {
		return jwtSettings(s, "TAWK_JWT_SECRET="+s.text("secret"))
	}
	dir, err := filepath.Abs(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	return jwtSettings(s, "TAWK_JWT_JWKS=file://"+filepath.Join(dir, s.text("jwks")))
}

func gorillaSettings(t *testing.T, s capturedSite, prefix string) []string {
	settings := s.settings("TAWK_SESSION_KEY="+s.keys("key_pairs.hash_key"), "TAWK_SESSION_BLOCK_KEY="+s.keys("key_pairs.block_key"),
		"TAWK_GORILLA_SERIALIZER="+s.text("serializer"), fmt.Sprintf("TAWK_SESSION_MAX_AGE=%.0fs", s.config["max_age"]))
	switch s.text("store_kind") {
	case "redis":
		return append(settings, "TAWK_SESSION_STORE=redis://"+s.redis(t, 0, prefix), "TAWK_GORILLA_KEY_PREFIX="+prefix)
	case "files":
		return append(settings, "TAWK_SESSION_STORE=file://"+s.files(t, func(id string) string { return id }))
	}
	return settings
}

func scsRedis(t *testing.T, s capturedSite) []string {
	return s.settings("TAWK_SCS_CODEC="+s.text("serializer"), "TAWK_SESSION_STORE=redis://"+s.redis(t, 0, "scs:session:"))
}

func scsHashed(t *testing.T, s capturedSite) []string {
	records := map[string]capturedRecord{}
	for token, record := range s.records {
		sum := sha256.Sum256([]byte(token))
		records[base64.RawURLEncoding.EncodeToString(sum[:])] = record
	}
	s.records = records
	return append(scsRedis(t, s), "TAWK_SCS_HASH_TOKENS=true")
}

func scsTable(t *testing.T, s capturedSite) []string {
	s.tables = map[string][]map[string]any{"sessions": nil}
	for token, record := range s.records {
		s.tables["sessions"] = append(s.tables["sessions"],
			map[string]any{"token": token, "data": record.data, "expiry": "9999-12-31 00:00:00"})
	}
	return s.settings("TAWK_SCS_CODEC="+s.text("serializer"), "TAWK_SESSION_STORE="+s.database(t, "token", "data", "expiry"))
}

func expressSettings(s capturedSite, more ...string) []string {
	return s.settings(append(more, "TAWK_EXPRESS_SECRET="+s.keys("secrets"))...)
}

func expressRedis(t *testing.T, s capturedSite, prefix string) []string {
	if s.text("store_kind") != "redis" {
		return nil
	}
	return expressSettings(s, "TAWK_EXPRESS_PREFIX="+prefix,
		"TAWK_SESSION_STORE=redis://"+s.redis(t, 0, strings.TrimSuffix(prefix, "none")))
}

func expressFiles(t *testing.T, s capturedSite) []string {
	if s.text("store_kind") == "none" {
		return nil
	}
	dir := s.files(t, func(id string) string { return strings.TrimSuffix(id, ".json") + ".json" })
	return expressSettings(s, "TAWK_SESSION_STORE=file://"+dir)
}

// flaskSite says what all layouts of a Flask site have: a table of users with Flask-Login, and a key unless ids are not signed.
func flaskSite(t *testing.T, s capturedSite, more ...string) []string {
	settings := s.settings(append(more, "TAWK_FLASK_KEY_DERIVATION="+s.text("key_derivation"), "TAWK_FLASK_SALT="+s.text("salt"))...)
	if signed, given := s.config["cookie_signed"].(bool); signed || !given {
		settings = append(settings, "TAWK_FLASK_SECRET_KEY="+s.keys("secret_key", "secret_key_fallbacks"))
	}
	if age, given := s.config["max_age"]; given {
		settings = append(settings, fmt.Sprintf("TAWK_SESSION_MAX_AGE=%.0fs", age))
	}
	if users, _ := s.config["users"].([]any); len(users) > 0 {
		s.tables = map[string][]map[string]any{}
		for _, user := range users {
			s.tables["users"] = append(s.tables["users"], user.(map[string]any))
		}
		settings = append(settings, "TAWK_USER_DSN="+s.database(t), userQuery("users"))
	}
	return settings
}

func flaskSettings(t *testing.T, s capturedSite) []string {
	if s.text("store_kind") == "redis" {
		return flaskSite(t, s, "TAWK_SESSION_STORE=redis://"+s.redis(t, 0, "session:"))
	}
	return flaskSite(t, s)
}

func flaskFiles(t *testing.T, s capturedSite) []string {
	if s.text("serializer") != "pickle" {
		return nil
	}
	for id, record := range s.records {
		record.data = append(make([]byte, 4), record.data...) // without an end
		s.records[id] = record
	}
	return flaskSite(t, s, "TAWK_SESSION_STORE=file://"+s.files(t, func(id string) string {
		return fmt.Sprintf("%x", md5.Sum([]byte("session:"+id)))
	}))
}

func flaskTable(t *testing.T, s capturedSite) []string {
	if s.text("store_kind") != "redis" {
		return nil
	}
	s.tables = map[string][]map[string]any{"visits": nil}
	for id, record := range s.records {
		s.tables["visits"] = append(s.tables["visits"],
			map[string]any{"session_id": "session:" + id, "data": record.data, "expiry": "9999-12-31 00:00:00"})
	}
	return flaskSite(t, s, "TAWK_SESSION_STORE="+s.database(t, "session_id", "data", "expiry"), "TAWK_SESSION_TABLE=visits")
}

func djangoSettings(t *testing.T, s capturedSite) []string {
	settings := []string{"TAWK_SESSION_COOKIE=" + s.text("cookie_name"), "TAWK_DJANGO_SESSION_ENGINE=" + s.text("engine"),
		"TAWK_DJANGO_SECRET_KEY=" + s.keys("secret_key", "secret_key_fallbacks"), "TAWK_DJANGO_USER_TABLE=" + s.text("user_table"),
		fmt.Sprintf("TAWK_SESSION_MAX_AGE=%.0fs", s.config["cookie_age"]),
		"TAWK_USER_DSN=" + s.database(t, "session_key", "session_data", "expire_date"), userQuery(s.text("user_table"))}
	if s.text("engine") == "file" {
		settings = append(settings, "TAWK_SESSION_STORE=file://"+s.files(t, func(id string) string { return id }))
	}
	return settings
}

func railsSite(t *testing.T, s capturedSite, more ...string) []string {
	settings := s.settings(append(more, "TAWK_RAILS_SECRET_KEY_BASE="+s.keys("secret_key_base", "rotations.secret_key_base"),
		"TAWK_RAILS_SECRET_TOKEN="+s.keys("secret_token"))...)
	switch {
	case s.text("kind") == "signed":
		settings = append(settings, "TAWK_RAILS_COOKIE=signed", "TAWK_USER_ID=value")
	case s.text("kind") == "encrypted":
		settings = append(settings, "TAWK_USER_ID=id", "TAWK_USER_NAME=name", "TAWK_USER_EMAIL=email")
	case len(s.tables["users"]) > 0:
		settings = append(settings, "TAWK_USER_DSN="+s.database(t), userQuery("users"))
	}
	return settings
}

func railsSettings(t *testing.T, s capturedSite) []string {
	if s.text("store_kind") == "redis" {
		return railsSite(t, s, "TAWK_SESSION_STORE=redis://"+s.redis(t, 0, "shop:"), "TAWK_RAILS_KEY_PREFIX=shop:")
	}
	return railsSite(t, s)
}

// railsTable puts what redis-rails keeps into the table of activerecord-session_store.
func railsTable(t *testing.T, s capturedSite) []string {
	if s.text("store_kind") != "redis" || strings.HasPrefix(s.text("serializer"), "marshal (") {
		return nil
	}
	s.tables = map[string][]map[string]any{"sessions": nil}
	for id, record := range s.records {
		s.tables["sessions"] = append(s.tables["sessions"], map[string]any{"session_id": id, "updated_at": "2026-11-22 00:00:00",
			"data": base64.StdEncoding.EncodeToString(record.data)})
	}
	return railsSite(t, s, "TAWK_SESSION_STORE="+s.database(t, "session_id", "data", "updated_at"))
}
