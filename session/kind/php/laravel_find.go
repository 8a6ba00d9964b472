package php

import (
	"cmp"
	"encoding/json"
	"path"
	"regexp"
	"strconv"
	"strings"

	"tawkproxy/session/folder"
	"tawkproxy/session/kind"
)

// laravelConfig is the settings of a Laravel site: those of its folder config, with .env in their place.
type laravelConfig struct {
	folder *folder.Folder
	found  *kind.Finding
	env    func(string) (any, bool)
	cached map[string]any // what php artisan config:cache has made of it; nil: nothing
	parsed map[string]any // by the name of the file
	major  int            // release; 0: not known
	minor  int
}

// findLaravel reads .env and the folder config.
func findLaravel(f *folder.Folder) (found kind.Finding) {
	if !f.Has("artisan") || !strings.Contains(f.Text("composer.json")+f.Text("artisan"), "aravel") {
		return found
	}
	found.Weight, found.What = kind.Certain, "Laravel"
	c := laravelConfig{folder: f, found: &found, parsed: map[string]any{}}
	variables := []string{".env"}
	if env, ok := f.Env("APP_ENV"); ok && f.Has(".env."+env) {
		variables = []string{".env." + env} // LoadEnvironmentVariables.php: this one instead of .env
	}
	c.env = envOf(f, f.Dotenv(folder.Laravel, variables...))
	c.release()
	if text := f.Text("bootstrap/cache/config.php"); text != "" {
		c.cached, _ = c.read("bootstrap/cache/config.php").(map[string]any)
	} else if !f.Has(".env") {
		found.Note("there is no .env in the folder: what it would say was looked for in this program's own environment")
	}
	c.key()
	c.session()
	return found
}

// release is that of the framework, by what Composer has installed.
func (c *laravelConfig) release() {
	version := lockedVersion(c.folder, "laravel/framework")
	if version == "" {
		return
	}
	c.found.What += " " + version
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	c.major, _ = strconv.Atoi(major)
	c.minor, _ = strconv.Atoi(minor)
}

// lockedVersion is the release of a package in composer.lock, without the v in front.
func lockedVersion(f *folder.Folder, name string) string {
	var lock struct {
		Packages []struct{ Name, Version string }
	}
	_ = json.Unmarshal([]byte(f.Text("composer.lock")), &lock)
	for _, installed := range lock.Packages {
		if installed.Name == name {
			return strings.TrimPrefix(installed.Version, "v")
		}
	}
	return ""
}

func (c *laravelConfig) read(file string) any {
	r := reader{tokens: tokens(c.folder.Text(file)), env: c.env, path: c.folder.Path, dir: path.Dir(file)}
	return r.returned()
}

// get is one setting, as config('file.key') has it. Since Laravel 11 a site need not have the files that it has not changed.
func (c *laravelConfig) get(file string, keys ...string) any {
	if c.cached != nil {
		return at(c.cached, append([]string{file}, keys...)...)
	}
	if _, known := c.parsed[file]; !known {
		tree := c.read("config/" + file + ".php")
		if tree == nil {
			tree = c.read("vendor/laravel/framework/config/" + file + ".php")
		}
		c.parsed[file] = tree
	}
	return at(c.parsed[file], keys...)
}

// text is a setting that is a text. What only the site's environment tells is what it is without it.
func (c *laravelConfig) text(file string, keys ...string) (value string, known bool) {
	v := c.get(file, keys...)
	if missing, is := v.(unknown); is {
		if missing.variable == "" && missing.guess == nil {
			return "", false
		}
		v = missing.guess // env() reads .env, which was read: nobody has set the variable
		if again, twice := v.(unknown); twice {
			v = again.guess
		}
	}
	value, known = text(v)
	return value, known
}

// from is where a setting stands, for the reader of the lines.
func (c *laravelConfig) from(file string) string {
	if c.cached != nil {
		return "bootstrap/cache/config.php"
	}
	return ".env, config/" + file + ".php"
}

func (c *laravelConfig) key() {
	key, _ := c.text("app", "key")
	if key == "" { // a site without config/app.php
		v, _ := c.env("APP_KEY")
		key, _ = text(v)
	}
	if key == "" {
		c.found.Ask("TAWK_LARAVEL_APP_KEY", "", "APP_KEY of the site, with base64: in front: there is none in .env")
	} else if !strings.HasPrefix(key, "base64:") && strings.ContainsAny(key, ", ") {
		c.found.Ask("TAWK_LARAVEL_APP_KEY", "", "APP_KEY of the site as base64:…: it holds commas or blanks")
	} else {
		c.found.Set("TAWK_LARAVEL_APP_KEY", key, ".env")
	}
	if v, _ := c.env("APP_PREVIOUS_KEYS"); v != nil {
		previous, _ := text(v)
		c.found.Set("TAWK_LARAVEL_APP_PREVIOUS_KEYS", strings.ReplaceAll(previous, ", ", ","), ".env")
	}
	if cipher, ok := c.text("app", "cipher"); ok && cipher != "" && !strings.EqualFold(cipher, "AES-256-CBC") {
		c.found.Set("TAWK_LARAVEL_CIPHER", strings.ToUpper(cipher), c.from("app"))
	}
	if guard, ok := c.text("auth", "defaults", "guard"); ok && guard != "" && guard != "web" {
		c.found.Set("TAWK_LARAVEL_GUARD", guard, c.from("auth"))
	}
}

// session says where sessions are, what their cookie is called, and how long they last.
func (c *laravelConfig) session() {
	name, ok := c.text("session", "cookie")
	switch {
	case !ok:
		c.found.Ask("TAWK_SESSION_COOKIE", "laravel_session", "the name of the session cookie, which config/session.php computes; the browser's developer tools show it")
	case name != "" && name != "laravel_session":
		c.found.Set("TAWK_SESSION_COOKIE", name, c.from("session"))
	}
	if minutes, ok := c.text("session", "lifetime"); ok && minutes != "" && minutes != "120" {
		c.found.Set("TAWK_LARAVEL_SESSION_LIFETIME", minutes, c.from("session"))
	}
	if form := c.cookieForm(); form != "" {
		c.found.Set("TAWK_LARAVEL_COOKIE_FORM", form, "composer.lock")
	}
	dsn := c.database("")
	driver, _ := c.text("session", "driver")
	switch driver {
	case "file":
		if place, ok := c.text("session", "files"); ok && place != "" {
			c.found.Set("TAWK_SESSION_STORE", folder.File(c.folder.Path(place)), c.from("session"))
		} else {
			c.askStore("the folder of session files, which config/session.php computes")
		}
	case "cookie":
		c.found.Set("TAWK_SESSION_STORE", "cookie", c.from("session"))
	case "database":
		c.table(dsn)
	case "redis":
		c.redis()
	case "mongodb":
		c.mongo()
	case "memcached":
		c.memcached()
	case "":
		c.askStore("where sessions are kept: SESSION_DRIVER could not be found out")
	default:
		c.askStore("the driver " + driver + " keeps sessions where they cannot be read; start again with --kind site, which asks the site itself")
	}
	if dsn == "" {
		c.found.Ask("TAWK_USER_DSN", "none", "the address of the database with the users, for names and e-mail addresses; none for ids alone. "+
			"config/database.php did not tell it")
		return
	}
	c.found.Set("TAWK_USER_DSN", dsn, c.from("database"))
	c.found.Note(ownAccount)
	c.members(dsn)
}

func (c *laravelConfig) askStore(why string) {
	c.found.Ask("TAWK_SESSION_STORE", "", why)
}

// members notes a table of users that is not the usual one.
func (c *laravelConfig) members(dsn string) {
	guard, _ := c.text("auth", "defaults", "guard")
	provider, _ := c.text("auth", "guards", cmp.Or(guard, "web"), "provider")
	table, _ := c.text("auth", "providers", provider, "table")
	if driver, _ := c.text("auth", "providers", provider, "driver"); driver == "eloquent" {
		model, _ := c.text("auth", "providers", provider, "model")
		table = c.modelTable(model)
	}
	if table == "" || table == "users" {
		return
	}
	sign := "?"
	if strings.HasPrefix(dsn, "postgres") {
		sign = "$1"
	}
	c.found.Set("TAWK_USER_QUERY", "SELECT name, email FROM "+table+" WHERE id = "+sign, c.from("auth"))
}

var modelTable = regexp.MustCompile(`protected\s+(?:\?string\s+)?\$table\s*=\s*['"]([A-Za-z0-9_.]+)['"]`)

// modelTable is the table that a model of users names; "": the usual one for all that is known.
func (c *laravelConfig) modelTable(class string) string {
	inside, ok := strings.CutPrefix(strings.ReplaceAll(class, `\`, "/"), "App/")
	if !ok {
		return ""
	}
	if found := modelTable.FindStringSubmatch(c.folder.Text("app/" + inside + ".php")); found != nil {
		return found[1]
	}
	return ""
}

// table says in which table sessions are, and in which database that is.
func (c *laravelConfig) table(dsn string) {
	store := "database"
	if connection, _ := c.text("session", "connection"); connection != "" {
		if other := c.database(connection); other != dsn {
			store = other
		}
	}
	if store == "" || store == "database" && dsn == "" {
		c.askStore("the address of the database with the sessions, which config/database.php did not tell")
	} else {
		c.found.Set("TAWK_SESSION_STORE", store, c.from("session"))
	}
	if table, ok := c.text("session", "table"); ok && table != "" && table != "sessions" {
		c.found.Set("TAWK_SESSION_TABLE", table, c.from("session"))
	}
}

// cookieForm is the one of releases that write cookies otherwise than those of today.
func (c *laravelConfig) cookieForm() string {
	switch {
	case c.major == 5 && c.minor >= 6, c.major == 6 && c.minor < 18, c.major == 7 && c.minor < 22:
		return "bare"
	}
	return ""
}
