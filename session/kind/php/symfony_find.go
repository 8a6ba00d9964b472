package php

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"tawkproxy/session/folder"
	"tawkproxy/session/kind"
)

// symfonyConfig is the settings of a Symfony site: those of config/packages, for one environment.
type symfonyConfig struct {
	folder      *folder.Folder
	found       *kind.Finding
	environment string
	variables   func(string) (any, bool)
	unread      bool // what the bundle framework is told was not read
}

// findSymfony reads config/packages and the files of variables.
func findSymfony(f *folder.Folder) (found kind.Finding) {
	if !f.Has("bin/console") && !f.Has("symfony.lock") && !f.Has("config/bundles.php") || !f.Has("config/packages") {
		return found
	}
	found.Weight, found.What = kind.Certain, "Symfony"
	if version := lockedVersion(f, "symfony/framework-bundle"); version != "" {
		found.What += " " + version
	}
	c := symfonyConfig{folder: f, found: &found}
	c.load()
	framework, file := c.section("framework")
	c.session(framework, file)
	security, file := c.section("security")
	c.firewall(security, file)
	return found
}

// load reads the files of variables in the order of Symfony (Dotenv.php, loadEnv), or the one that Composer made of them.
func (c *symfonyConfig) load() {
	base := c.folder.Dotenv(folder.Symfony, ".env", ".env.local")
	compiled := map[string]any{}
	if text := c.folder.Text(".env.local.php"); text != "" {
		r := reader{tokens: tokens(text), env: func(string) (any, bool) { return nil, false }, path: c.folder.Path, dir: "."}
		compiled, _ = r.returned().(map[string]any)
		base = folder.Dotenv{}
	}
	env := envOf(c.folder, base)
	if compiled != nil {
		if v, ok := compiled["APP_ENV"]; ok {
			c.environment, _ = text(v)
		}
	}
	if v, ok := env("APP_ENV"); ok {
		c.environment, _ = text(v)
	}
	if c.environment == "" {
		c.environment = "prod"
	}
	if c.environment != "prod" {
		c.found.Note("APP_ENV is " + c.environment + ": the settings of this environment were read")
	}
	env = envOf(c.folder, c.folder.Dotenv(folder.Symfony, ".env", ".env.local", ".env."+c.environment, ".env."+c.environment+".local"))
	c.variables = func(name string) (any, bool) {
		if v, set := c.folder.Env(name); set {
			return v, true
		}
		if v, set := compiled[name]; set {
			return v, true
		}
		return env(name)
	}
}

// section merges what the files say of one bundle: later ones, those of the environment and when@ count more.
func (c *symfonyConfig) section(name string) (section map[string]any, from string) {
	section = map[string]any{}
	for _, folder := range []string{"config/packages", "config/packages/" + c.environment} {
		for _, pattern := range []string{"/*.yaml", "/*.yml"} {
			for _, file := range c.folder.Names(folder + pattern) {
				var tree map[string]any
				if err := yaml.Unmarshal([]byte(c.folder.Text(file)), &tree); err != nil {
					c.unreadable(file)
					continue
				}
				when, _ := tree["when@"+c.environment].(map[string]any)
				for _, one := range []any{tree[name], when[name]} {
					if said, is := one.(map[string]any); is {
						merge(section, said)
						from = file
					}
				}
			}
		}
	}
	for _, file := range c.folder.Names("config/packages/" + name + ".php") {
		c.unreadable(file)
	}
	return section, from
}

// unreadable notes a file that says something which was not read.
func (c *symfonyConfig) unreadable(file string) {
	if note := file + " is not YAML that can be read: what it says is not known"; !slices.Contains(c.found.Notes, note) {
		c.found.Note(note)
	}
	c.unread = c.unread || path.Base(file) == "framework.yaml" || path.Base(file) == "framework.php"
}

// merge puts one tree over another.
func merge(into, over map[string]any) {
	for key, v := range over {
		below, isMap := v.(map[string]any)
		before, wasMap := into[key].(map[string]any)
		if isMap && wasMap {
			merged := maps.Clone(before)
			merge(merged, below)
			into[key] = merged
			continue
		}
		into[key] = v
	}
}

var (
	envReference = regexp.MustCompile(`%env\(((?:[a-z]+:)*)([A-Za-z_][A-Za-z0-9_]*)\)%`)
	parameter    = regexp.MustCompile(`%(kernel\.[a-z_]+)%`)
)

// resolved writes what stands for parameters and variables. It reports false where one is not known.
func (c *symfonyConfig) resolved(v any) (string, bool) {
	value, ok := v.(string)
	if !ok {
		return "", v == nil
	}
	known := true
	value = envReference.ReplaceAllStringFunc(value, func(reference string) string {
		m := envReference.FindStringSubmatch(reference)
		v, set := c.variables(m[2])
		said, isText := text(v)
		if !set || !isText || m[1] != "" && m[1] != "resolve:" && m[1] != "string:" {
			known = false
		}
		return said
	})
	value = parameter.ReplaceAllStringFunc(value, func(name string) string {
		switch strings.Trim(name, "%") {
		case "kernel.project_dir":
			return c.folder.Path(".")
		case "kernel.environment":
			return c.environment
		case "kernel.cache_dir", "kernel.build_dir":
			return c.folder.Path("var/cache/" + c.environment)
		case "kernel.logs_dir":
			return c.folder.Path("var/log")
		}
		known = false
		return ""
	})
	return strings.ReplaceAll(value, "%%", "%"), known
}

// session says where sessions are and what their cookie is called.
func (c *symfonyConfig) session(framework map[string]any, from string) {
	session, isMap := framework["session"].(map[string]any)
	if name, ok := c.resolved(session["name"]); ok && name != "" && name != "PHPSESSID" {
		c.found.Set("TAWK_SESSION_COOKIE", name, from)
	}
	handler, saidHandler := session["handler_id"]
	place, saidPlace := session["save_path"]
	if !saidHandler && isMap && !saidPlace && c.older() {
		handler = "session.handler.native_file" // the default up to Symfony 6.0
	}
	if handler == nil && saidPlace && place != nil && !c.older() {
		handler = "session.handler.native_file"
	}
	value, known := c.resolved(handler)
	scheme, _, isAddress := strings.Cut(value, "://")
	switch {
	case c.unread && !saidHandler:
		c.found.Ask("TAWK_SESSION_STORE", "", "where sessions are kept, as bin/console debug:config framework session shows it: file:///folder, redis://host:6379/0 or database; "+
			"if handler_id is null, start again with --set TAWK_PHP_SAVE_PATH=FOLDER")
	case !known:
		c.found.Ask("TAWK_SESSION_STORE", "", "where sessions are kept: handler_id in "+from+" is taken from a variable that is not set here")
	case value == "" || value == "session.handler.native":
		readIni(c.folder, c.found).tell(c.found)
	case value == "session.handler.native_file":
		c.files(place, from)
	case isAddress && (scheme == "redis" || scheme == "rediss"):
		address, prefix := redisHandler(value)
		c.found.Set("TAWK_SESSION_STORE", address, from)
		if prefix != "" {
			c.found.Set("TAWK_SYMFONY_PREFIX", prefix, from)
		}
	case strings.HasPrefix(value, "memcached:"):
		c.memcached(value, from)
	case isAddress && scheme == "file":
		c.found.Set("TAWK_SESSION_STORE", folder.File(strings.TrimPrefix(value, "file://")), from)
	case isAddress:
		c.database(value, from)
	case strings.HasSuffix(value, "PdoSessionHandler"):
		v, _ := c.variables("DATABASE_URL")
		address, _ := text(v)
		c.database(address, "DATABASE_URL")
	case strings.HasSuffix(value, "RedisSessionHandler"):
		v, _ := c.variables("REDIS_URL")
		address, _ := text(v)
		c.found.Ask("TAWK_SESSION_STORE", address, "the address of the Redis with the sessions, redis://host:6379/0; an option prefix of its handler is TAWK_SYMFONY_PREFIX")
	case strings.HasSuffix(value, "MemcachedSessionHandler"):
		v, _ := c.variables("MEMCACHED_URL")
		address, _ := text(v)
		c.found.Ask("TAWK_SESSION_STORE", address, "the address of the memcached with the sessions, memcached://host:11211; an option prefix of its handler is TAWK_SYMFONY_PREFIX")
	default:
		c.found.Ask("TAWK_SESSION_STORE", "", "where sessions are kept: handler_id in "+from+" is "+value+", a service of the site's own; "+
			"if it is none of files, Redis, memcached and PDO, start again with --kind site")
	}
}

// older tells a Symfony before 6.1, whose defaults were others.
func (c *symfonyConfig) older() bool {
	version := lockedVersion(c.folder, "symfony/framework-bundle")
	return strings.HasPrefix(version, "3.") || strings.HasPrefix(version, "4.") || strings.HasPrefix(version, "5.") || strings.HasPrefix(version, "6.0")
}

func (c *symfonyConfig) files(place any, from string) {
	value, known := c.resolved(place)
	if !known {
		c.found.Ask("TAWK_SESSION_STORE", "", "the folder of the session files, as file:///…: save_path in "+from+" is computed")
		return
	}
	if value == "" {
		value = c.folder.Path("var/cache/" + c.environment + "/sessions")
	}
	if strings.Contains(value, ";") {
		c.found.Set("TAWK_PHP_SAVE_PATH", value, from)
		return
	}
	c.found.Set("TAWK_SESSION_STORE", folder.File(path.Clean(value)), from)
}

// memcached says on which server sessions are, or on which of several (Cache/Adapter/MemcachedAdapter.php, createConnection).
func (c *symfonyConfig) memcached(value, from string) {
	address, query, _ := strings.Cut(value, "?")
	prefix := ""
	var servers []string
	for pair := range strings.SplitSeq(query, "&") {
		name, said, _ := strings.Cut(pair, "=")
		host, is := strings.CutPrefix(name, "host[")
		switch {
		case name == "prefix":
			prefix = said
		case is && said == "":
			servers = append(servers, strings.TrimSuffix(host, "]"))
		case is:
			servers = append(servers, strings.TrimSuffix(host, "]")+":"+said)
		}
	}
	if _, account, _ := strings.Cut(address, "://"); strings.Contains(account, "@") {
		c.found.Ask("TAWK_SESSION_STORE", "", "sessions are in a memcached that wants SASL, which cannot be read; start again with --kind site, which asks the site itself")
		return
	}
	if address == "memcached://" || address == "memcached:" {
		address = "memcached://" + strings.Join(servers, ",")
	} else if len(servers) > 0 {
		address += "," + strings.Join(servers, ",")
	}
	c.found.Set("TAWK_SESSION_STORE", address, from)
	c.found.Set("TAWK_SYMFONY_PREFIX", prefix, from)
}

// redisHandler takes the prefix out of the address of a Redis.
func redisHandler(address string) (without, prefix string) {
	without, query, _ := strings.Cut(address, "?")
	for pair := range strings.SplitSeq(query, "&") {
		if value, ok := strings.CutPrefix(pair, "prefix="); ok {
			prefix = value
		}
	}
	return without, prefix
}

// database says that sessions are in a table.
func (c *symfonyConfig) database(address, from string) {
	d, ok := folder.ParseDatabase(strings.ReplaceAll(address, "%kernel.project_dir%", c.folder.Path(".")))
	if !ok {
		c.found.Ask("TAWK_USER_DSN", "", "the address of the database with the sessions, which "+from+" did not tell")
	} else {
		c.found.Set("TAWK_USER_DSN", d.URL(), from)
		c.found.Note(ownAccount)
	}
	c.found.Set("TAWK_SESSION_STORE", "database", from)
}

// firewall names the one at which members log in.
func (c *symfonyConfig) firewall(security map[string]any, from string) {
	firewalls, _ := security["firewalls"].(map[string]any)
	var names []string
	for _, name := range slices.Sorted(maps.Keys(firewalls)) {
		of, _ := firewalls[name].(map[string]any)
		if on, said := of["security"].(bool); said && !on {
			continue
		}
		if stateless, _ := of["stateless"].(bool); stateless {
			continue
		}
		names = append(names, name)
	}
	switch {
	case len(names) == 0:
		return
	case len(names) > 1 && !slices.Contains(names, "main"):
		c.found.Ask("TAWK_SYMFONY_FIREWALL", names[0], "the firewall at which members log in: "+strings.Join(names, ", ")+" stand in "+from)
		return
	case len(names) > 1:
		c.found.Note("there are several firewalls in " + from + ", " + strings.Join(names, ", ") + ": main was taken")
		names = []string{"main"}
	}
	of, _ := firewalls[names[0]].(map[string]any)
	name := names[0]
	if context, ok := of["context"].(string); ok && context != "" {
		name = context
	}
	if name != "main" {
		c.found.Set("TAWK_SYMFONY_FIREWALL", name, from)
	}
}
