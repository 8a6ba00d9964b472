package php

import (
	"cmp"
	"crypto/md5"
	"encoding/hex"
	"net"
	"path"
	"regexp"
	"strconv"
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session/folder"
	"tawkproxy/session/kind"
)

var wordPressVersion = regexp.MustCompile(`\$wp_version\s*=\s*'([^']+)'`)

// findWordPress reads wp-config.php, and what it takes from elsewhere.
func findWordPress(f *folder.Folder) (found kind.Finding) {
	from := "wp-config.php"
	bedrock := strings.Contains(f.Text("config/application.php"), "Config::define")
	if !bedrock && !f.Has("wp-config.php") && !f.Has("wp-login.php") {
		return found
	}
	found.Weight, found.What = kind.Certain, "WordPress"
	variables := folder.Dotenv{}
	code := f.Text("wp-config.php")
	switch {
	case bedrock:
		from = "config/application.php"
		code, variables = f.Text(from), f.Dotenv(folder.Laravel, ".env", ".env.local")
	case strings.Contains(code, "/etc/wordpress/config-"):
		code, from = debianWordPress(f, &found)
	case code == "":
		found.Ask("TAWK_USER_DSN", "", "the address of WordPress' database: wp-config.php could not be read, where DB_NAME, DB_USER and DB_HOST stand"+
			"; WordPress also looks for it one folder higher")
		return found
	}
	for _, at := range []string{"wp-includes/version.php", "web/wp/wp-includes/version.php"} {
		if version := wordPressVersion.FindStringSubmatch(f.Text(at)); version != nil {
			found.What += " " + version[1]
		}
	}
	r := reader{tokens: tokens(code), env: envOf(f, variables), path: f.Path, dir: path.Dir(from)}
	config := wordPressConfig{folder: f, found: &found, from: from, bedrock: bedrock}
	config.constants, config.variables = r.definitions()
	if _, some := config.constants[computedName]; some {
		found.Note(from + " defines constants whose names are computed; those were not looked at")
	}
	config.database()
	config.keys()
	config.cookie()
	if prefix, ok := config.text("$table_prefix", config.variables["$table_prefix"]); ok && prefix != "wp_" {
		found.Set("TAWK_WORDPRESS_TABLE_PREFIX", prefix, from)
	}
	if yes, _ := truth(config.constants["MULTISITE"]); yes {
		found.Set("TAWK_WORDPRESS_MULTISITE", "true", from)
	}
	return found
}

// envOf is the environment as PHP code sees it: what files of variables say, unless the environment itself says otherwise.
func envOf(f *folder.Folder, variables folder.Dotenv) func(string) (any, bool) {
	return func(name string) (any, bool) {
		if value, set := f.Env(name); set {
			return phpWord(value), true
		}
		if value, set := variables.Get(name); set {
			if variables.Computed[name] {
				return unknown{variable: name}, true
			}
			return phpWord(value), true
		}
		return nil, false
	}
}

// phpWord is what env() makes of the text of a variable (Illuminate/Support/Env.php; oscarotero/env).
func phpWord(value string) any {
	switch strings.ToLower(value) {
	case "true", "(true)":
		return true
	case "false", "(false)":
		return false
	case "null", "(null)":
		return nil
	case "empty", "(empty)":
		return ""
	}
	return value
}

// debianWordPress reads what the wp-config.php of Debian's package leads to.
func debianWordPress(f *folder.Folder, found *kind.Finding) (code, from string) {
	var names []string
	for _, name := range f.OnMachine("etc/wordpress/config-*.php") {
		if f.Machine(name) != "" {
			names = append(names, name)
		}
	}
	switch len(names) {
	case 1:
		return f.Machine(names[0]), "/" + names[0]
	case 0:
		found.Note("wp-config.php leads to /etc/wordpress/config-….php, of which none could be read")
	default:
		found.Note("wp-config.php leads to one of the files /etc/wordpress/config-….php, by the site's name: there are several")
	}
	return "", "/etc/wordpress"
}

// wordPressConfig is what wp-config.php says.
type wordPressConfig struct {
	folder               *folder.Folder
	found                *kind.Finding
	from                 string
	constants, variables map[string]any
	bedrock              bool // settings are in .env
}

// text is a value that is known, or the one that the code has if nobody says otherwise, with a note.
func (c *wordPressConfig) text(name string, v any) (string, bool) {
	if missing, is := v.(unknown); is {
		guess, ok := text(missing.guess)
		if !ok || missing.guess == nil {
			return "", false
		}
		if !c.bedrock { // which reads .env, so nobody has set it
			c.found.Note(fromVariable(name, missing.variable) + "; what the code has without it was taken")
		}
		return guess, true
	}
	value, ok := text(v)
	return value, ok && v != nil
}

// fromVariable says that a setting comes from the environment of the site, which is not known here.
func fromVariable(name, variable string) string {
	return name + " is taken from the variable " + variable + " of the site's environment, which is not set here"
}

func (c *wordPressConfig) database() {
	d := folder.Database{Scheme: "mysql"}
	if address, ok := c.folder.Env("DATABASE_URL"); ok && c.bedrock {
		if d, ok = folder.ParseDatabase(address); ok {
			c.found.Set("TAWK_USER_DSN", d.URL(), "DATABASE_URL")
			return
		}
	}
	var missing []string
	for _, part := range []struct {
		name string
		to   *string
	}{{"DB_NAME", &d.Name}, {"DB_USER", &d.User}, {"DB_PASSWORD", &d.Password}, {"DB_HOST", &d.Host}} {
		value, ok := c.text(part.name, c.constants[part.name])
		if !ok {
			missing = append(missing, part.name)
		}
		*part.to = value
	}
	if len(missing) > 0 {
		c.found.Ask("TAWK_USER_DSN", "", "the address of WordPress' database: "+strings.Join(missing, ", ")+" in "+c.from+
			" could not be read as plain texts")
		return
	}
	c.host(&d)
	c.found.Set("TAWK_USER_DSN", d.URL(), c.from)
	c.found.Note(ownAccount)
	if _, ok := c.constants["CUSTOM_USER_TABLE"]; ok {
		c.found.Note("CUSTOM_USER_TABLE is set in " + c.from + ": tables of users with names of their own are not read")
	}
}

// ownAccount is what to say of the account with which the site itself uses its database.
const ownAccount = "the database is asked with the site's own account; one that may only read is better"

// host reads DB_HOST: a name, with a port or a socket behind a colon (wpdb::parse_db_host). PHP takes localhost for the socket.
func (c *wordPressConfig) host(d *folder.Database) {
	host := d.Host
	if before, socket, ok := strings.Cut(host, ":/"); ok {
		d.Host, d.Socket = before, "/"+socket
		return
	}
	if strings.Count(host, ":") == 1 || strings.HasPrefix(host, "[") {
		if name, port, err := net.SplitHostPort(host); err == nil {
			host, d.Port = name, port
			if _, err := strconv.Atoi(port); err != nil {
				d.Port = ""
			}
		}
	}
	d.Host = host
	mysqlSocket(c.folder, d)
}

// mysqlSocket takes localhost for the socket, as PHP does, if there is one.
func mysqlSocket(f *folder.Folder, d *folder.Database) {
	if d.Scheme != "mysql" || d.Host != "localhost" || d.Socket != "" {
		return
	}
	for _, socket := range []string{"run/mysqld/mysqld.sock", "var/lib/mysql/mysql.sock", "tmp/mysql.sock"} {
		if len(f.OnMachine(socket)) > 0 {
			d.Socket = "/" + socket
			return
		}
	}
}

// keys takes the two keys, unless WordPress itself would not (wp_salt in wp-includes/pluggable.php): those that still are the
// placeholder, or that stand there more than once.
func (c *wordPressConfig) keys() {
	times := map[string]int{"put your unique phrase here": 2}
	for _, part := range []string{"AUTH", "SECURE_AUTH", "LOGGED_IN", "NONCE", "SECRET"} {
		for _, name := range []string{part + "_KEY", part + "_SALT"} {
			if value, ok := text(c.constants[name]); ok {
				times[value]++
			}
		}
	}
	for _, name := range []string{"LOGGED_IN_KEY", "LOGGED_IN_SALT"} {
		v, defined := c.constants[name]
		if !defined {
			continue
		}
		value, ok := c.text(name, v)
		if missing, is := v.(unknown); is && !ok {
			why := "it is computed in " + c.from
			if missing.variable != "" {
				why = fromVariable(name, missing.variable)
			}
			c.found.Ask("TAWK_WORDPRESS_"+name, "none", name+" of WordPress, or none if its database has it: "+why)
			continue
		}
		if times[value] > 1 {
			c.found.Note(name + " in " + c.from + " is the placeholder, or stands there twice: WordPress has another one in its database, and so does tawkproxy")
			continue
		}
		if value != "" {
			c.found.Set("TAWK_WORDPRESS_"+name, setting.WriteKey(value), c.from)
		}
	}
}

// cookie names the cookie where its name is not made of the address in the database.
func (c *wordPressConfig) cookie() {
	const why = "the whole name of the cookie wordpress_logged_in_…, which the browser's developer tools show: "
	whole, ok := c.constants["LOGGED_IN_COOKIE"]
	if name, known := text(whole); ok && known {
		c.found.Set("TAWK_SESSION_COOKIE", name, c.from)
		return
	}
	hash, ok := c.constants["COOKIEHASH"]
	if value, known := text(hash); ok && known {
		c.found.Set("TAWK_SESSION_COOKIE", wordPressCookie+value, c.from)
		return
	}
	address, ok := c.constants["WP_SITEURL"]
	if value, known := text(address); ok && known && whole == nil && hash == nil {
		sum := md5.Sum([]byte(strings.TrimRight(value, "/")))
		c.found.Set("TAWK_SESSION_COOKIE", wordPressCookie+hex.EncodeToString(sum[:]), c.from)
		return
	}
	if whole != nil || hash != nil || address != nil {
		c.found.Ask("TAWK_SESSION_COOKIE", "", why+cmp.Or(map[bool]string{address != nil: "WP_SITEURL"}[true], "COOKIEHASH")+" is computed in "+c.from)
	}
}
