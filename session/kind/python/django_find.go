package python

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session/folder"
	"tawkproxy/session/kind"
)

// djangoConfig is the settings of a Django site.
type djangoConfig struct {
	*module
	found *kind.Finding
	from  string
}

var settingsModule = regexp.MustCompile(`DJANGO_SETTINGS_MODULE['"]\s*,\s*['"]([A-Za-z0-9_.]+)['"]`)

// findDjango reads the module of settings that manage.py or wsgi.py names.
func findDjango(f *folder.Folder) (found kind.Finding) {
	name := ""
	starts := append([]string{"manage.py"}, append(f.Names("*/wsgi.py"), f.Names("*/manage.py")...)...)
	for _, file := range starts {
		if m := settingsModule.FindStringSubmatch(f.Text(file)); m != nil {
			name = m[1]
			base := path.Dir(file)
			if path.Base(file) == "wsgi.py" {
				base = "."
			}
			name = path.Join(base, strings.ReplaceAll(name, ".", "/"))
			break
		}
	}
	if name == "" {
		return found
	}
	found.Weight, found.What = kind.Certain, "Django"
	if said, ok := f.Env("DJANGO_SETTINGS_MODULE"); ok {
		name = strings.ReplaceAll(said, ".", "/")
	}
	c := djangoConfig{module: newModule(f, f.Dotenv(folder.Symfony, ".env", path.Join(path.Dir(name), ".env"))), found: &found}
	for _, file := range []string{name + ".py", name + "/__init__.py"} {
		if f.Has(file) {
			c.from = file
			c.read(file)
			break
		}
	}
	if c.from == "" {
		found.Note("the settings " + name + ", which manage.py names, are not in the folder")
		c.from = name
	}
	c.key()
	c.database()
	c.sessions()
	c.users()
	return found
}

// text is a setting that is a text. What only a variable of the environment tells that is not set is unknown, unless the code has
// something in its place.
func (c *djangoConfig) text(v any) (string, bool) {
	switch v := v.(type) {
	case computed:
		said, ok := v.guess.(string)
		if ok {
			c.found.Note("a setting in " + c.from + " is taken from the variable " + v.variable + ", which is not set here; what the code has without it was taken")
		}
		return said, ok
	case string:
		return v, true
	case int64:
		return strconv.FormatInt(v, 10), true
	}
	return "", v == nil
}

func (c *djangoConfig) key() {
	switch v := c.values["SECRET_KEY"].(type) {
	case string:
		keys := setting.WriteKey(v)
		if older, ok := c.values["SECRET_KEY_FALLBACKS"].([]any); ok {
			for _, item := range older {
				if key, ok := item.(string); ok {
					keys += "," + setting.WriteKey(key)
				}
			}
		}
		c.found.Set("TAWK_DJANGO_SECRET_KEY", keys, c.from)
	case computed:
		why := "it is computed in " + c.from
		if v.variable != "" {
			why = "it is taken from the variable " + v.variable + " of the site's environment, which is not set here"
		}
		c.found.Ask("TAWK_DJANGO_SECRET_KEY", "", "SECRET_KEY of the site: "+why)
	default:
		c.found.Ask("TAWK_DJANGO_SECRET_KEY", "", "SECRET_KEY of the site, which is not assigned in "+c.from)
	}
}

// database is the address of the default database.
func (c *djangoConfig) database() {
	all, _ := c.values["DATABASES"].(map[string]any)
	switch of := all["default"].(type) {
	case anAddress:
		if d, ok := folder.ParseDatabase(string(of)); ok {
			c.located(d)
			return
		}
	case map[string]any:
		unknown := ""
		part := func(name string) string {
			said, ok := c.text(of[name])
			if !ok && unknown == "" {
				unknown = name
			}
			return said
		}
		d := folder.Database{Scheme: folder.Scheme(part("ENGINE")), Host: part("HOST"), Port: part("PORT"), User: part("USER"),
			Password: part("PASSWORD"), Name: part("NAME")}
		if unknown != "" {
			c.found.Ask("TAWK_USER_DSN", "", "the address of the site's database: "+unknown+" in "+c.from+" could not be read as a plain text")
			return
		}
		if strings.HasPrefix(d.Host, "/") {
			d.Host, d.Socket = "", d.Host
		}
		c.located(d)
		return
	}
	c.found.Ask("TAWK_USER_DSN", "", "the address of the site's database: DATABASES in "+c.from+" could not be read")
}

// located adds an address with the defaults of Django: without a host, PostgreSQL and MySQL are at their sockets.
func (c *djangoConfig) located(d folder.Database) {
	switch {
	case d.Scheme == "sqlite" && d.Name != "":
		d.Name = c.folder.Path(d.Name)
	case d.Host == "" && d.Socket == "" && d.Scheme == "postgres":
		d.Socket = "/var/run/postgresql"
	case (d.Host == "" || d.Host == "localhost") && d.Socket == "" && d.Scheme == "mysql":
		for _, socket := range []string{"run/mysqld/mysqld.sock", "var/lib/mysql/mysql.sock"} {
			if len(c.folder.OnMachine(socket)) > 0 {
				d.Socket = "/" + socket
				break
			}
		}
	}
	dsn := d.URL()
	if dsn == "" {
		c.found.Ask("TAWK_USER_DSN", "", "the address of the site's database: its ENGINE in "+c.from+" is none that can be asked")
		return
	}
	c.found.Set("TAWK_USER_DSN", dsn, c.from)
	c.found.Note("the database is asked with the site's own account; one that may only read is better")
}

// sessions says where sessions are and what their cookie is called.
func (c *djangoConfig) sessions() {
	if cookie, ok := c.text(c.values["SESSION_COOKIE_NAME"]); ok && cookie != "" && cookie != "sessionid" {
		c.found.Set("TAWK_SESSION_COOKIE", cookie, c.from)
	}
	engine, known := c.text(c.values["SESSION_ENGINE"])
	word := cmp.Or(engine[strings.LastIndexByte(engine, '.')+1:], "db")
	if !known || !slices.Contains([]string{"db", "cached_db", "cache", "file", "signed_cookies"}, word) ||
		engine != "" && !strings.HasPrefix(engine, "django.contrib.sessions.backends.") {
		c.found.Ask("TAWK_DJANGO_SESSION_ENGINE", "db", "the last word of SESSION_ENGINE in "+c.from+", which is none of Django's own or is computed: "+
			"db, cached_db, cache, file or signed_cookies. If it is another, start again with --kind site")
		return
	}
	if word != "db" {
		c.found.Set("TAWK_DJANGO_SESSION_ENGINE", word, c.from)
	}
	switch word {
	case "file":
		at, ok := c.text(c.values["SESSION_FILE_PATH"])
		if !ok || at == "" {
			at = "/tmp" // tempfile.gettempdir()
			c.found.Note("SESSION_FILE_PATH is not set: Django takes the folder for temporary files, /tmp unless its environment has a TMPDIR")
		}
		c.found.Set("TAWK_SESSION_STORE", folder.File(c.folder.Path(at)), c.from)
	case "cache":
		c.cache()
	}
	if age, ok := c.values["SESSION_COOKIE_AGE"].(int64); ok && (word == "file" || word == "signed_cookies") && age > 0 {
		c.found.Set("TAWK_SESSION_MAX_AGE", strconv.FormatInt(age, 10)+"s", c.from)
	}
}

// cache says in which Redis or memcached the cache is that holds the sessions.
func (c *djangoConfig) cache() {
	alias, _ := c.text(c.values["SESSION_CACHE_ALIAS"])
	alias = cmp.Or(alias, "default")
	all, _ := c.values["CACHES"].(map[string]any)
	address, prefix, version := "", "", "1"
	switch of := all[alias].(type) {
	case anAddress:
		address = string(of)
	case map[string]any:
		location := of["LOCATION"]
		if several, ok := location.([]any); ok && len(several) > 0 {
			location = several[0]
		}
		address, _ = c.text(location)
		prefix, _ = c.text(of["KEY_PREFIX"])
		if said, ok := c.text(of["VERSION"]); ok && said != "" {
			version = said
		}
	}
	backend := ""
	if of, ok := all[alias].(map[string]any); ok {
		backend, _ = c.text(of["BACKEND"])
	}
	u, err := url.Parse(address)
	if strings.Contains(strings.ToLower(backend), "memcache") || strings.Contains(backend, "PyLibMC") {
		c.memcached(all[alias].(map[string]any), backend)
	} else if err != nil || u.Scheme != "redis" && u.Scheme != "rediss" && u.Scheme != "unix" {
		c.found.Ask("TAWK_SESSION_STORE", "", "the address of the Redis that is the cache "+alias+", which "+c.from+" did not tell; sessions in a cache of another kind "+
			"cannot be read, then start again with --kind site")
	} else {
		c.found.Set("TAWK_SESSION_STORE", address, c.from)
	}
	if whole := prefix + ":" + version + ":"; whole != ":1:" {
		c.found.Set("TAWK_DJANGO_KEY_PREFIX", whole, c.from)
	}
}

// memcached says on which servers the sessions are, and how the backend's client divides them.
func (c *djangoConfig) memcached(of map[string]any, backend string) {
	var servers []string
	add := func(location any) {
		text, _ := c.text(location)
		for _, server := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
			servers = append(servers, strings.TrimPrefix(strings.TrimSpace(server), "unix:"))
		}
	}
	if several, ok := of["LOCATION"].([]any); ok {
		for _, one := range several {
			add(one)
		}
	} else {
		add(of["LOCATION"])
	}
	options, _ := of["OPTIONS"].(map[string]any)
	if user, _ := c.text(options["username"]); len(servers) == 0 || user != "" {
		c.found.Ask("TAWK_SESSION_STORE", "", "the servers of the cache, memcached://host:11211, which "+c.from+" did not tell, or which want SASL; those that do "+
			"cannot be read, then start again with --kind site")
		return
	}
	address := "memcached://" + strings.Join(servers, ",")
	if len(servers) > 1 {
		hash := "pymemcache"
		switch {
		case strings.HasSuffix(backend, ".PyLibMCCache"):
			hash = "modula"
			if len(options) > 0 {
				c.found.Note("the cache has OPTIONS in " + c.from + ": if the behaviors ketama or ketama_weighted are among them, that word is the ?hash= of TAWK_SESSION_STORE")
			}
		case strings.HasSuffix(backend, ".MemcachedCache"):
			hash = "python-memcached"
		}
		address += "?hash=" + hash
	}
	c.found.Set("TAWK_SESSION_STORE", address, c.from)
}

var modelTable = regexp.MustCompile(`(?m)^\s+db_table\s*=\s*['"]([A-Za-z0-9_."]+)['"]`)

// users names the table of users, if the site has a model of its own.
func (c *djangoConfig) users() {
	model, ok := c.text(c.values["AUTH_USER_MODEL"])
	if !ok {
		c.found.Ask("TAWK_DJANGO_USER_TABLE", "auth_user", "the table of users: AUTH_USER_MODEL in "+c.from+" is computed")
		return
	}
	app, class, is := strings.Cut(model, ".")
	if !is || model == "auth.User" {
		return
	}
	table := strings.ToLower(app + "_" + class)
	for _, file := range append(c.folder.Names(app+"/models.py"), c.folder.Names("*/"+app+"/models.py")...) {
		_, body, found := strings.Cut(c.folder.Text(file), "\nclass "+class+"(")
		if before, _, another := strings.Cut(body, "\nclass "); another {
			body = before
		}
		if m := modelTable.FindStringSubmatch(body); found && m != nil {
			table = m[1]
		}
	}
	c.found.Set("TAWK_DJANGO_USER_TABLE", table, c.from)
	c.found.Note("the users are of the model " + model + ": if its table has not the columns first_name, last_name and email, TAWK_USER_QUERY asks for others")
}
