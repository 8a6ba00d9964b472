package folder

import (
	"cmp"
	"net/url"
	"path"
	"strings"
)

// A Database is where an application has its database, by the parts that its settings name.
type Database struct {
	Scheme               string // mysql, postgres or sqlite
	Host, Port, Socket   string // Socket: of MySQL a file, of PostgreSQL its folder
	User, Password, Name string // Name: of SQLite an absolute path
}

// URL is the address as TAWK_USER_DSN has it, or nothing if there is none. It is written in letters, digits and signs that mean themselves
// everywhere, so that no file of variables has to quote it.
func (d Database) URL() string {
	if d.Name == "" {
		return ""
	}
	if d.Scheme == "sqlite" {
		if !path.IsAbs(d.Name) {
			return ""
		}
		return "sqlite://" + escaped(d.Name, "/")
	}
	account := ""
	if d.User != "" {
		account = escaped(d.User, "")
		if d.Password != "" {
			account += ":" + escaped(d.Password, "")
		}
		account += "@"
	}
	address := d.Scheme + "://" + account
	if d.Socket == "" {
		address += host(cmp.Or(d.Host, "127.0.0.1"))
		if d.Port != "" {
			address += ":" + escaped(d.Port, "")
		}
	}
	address += "/" + escaped(d.Name, "")
	if d.Socket != "" {
		address += map[string]string{"mysql": "?socket=", "postgres": "?host="}[d.Scheme] + escaped(d.Socket, "/")
	}
	return address
}

// Redis is the address of a server as TAWK_SESSION_STORE has it.
func Redis(hostname, port, user, password, database string) string {
	account := ""
	if password != "" {
		account = escaped(user, "") + ":" + escaped(password, "") + "@"
	}
	if path.IsAbs(hostname) {
		address := "unix://" + account + escaped(hostname, "/")
		if database != "" && database != "0" {
			address += "?db=" + escaped(database, "")
		}
		return address
	}
	return "redis://" + account + host(cmp.Or(hostname, "127.0.0.1")) + ":" + escaped(cmp.Or(port, "6379"), "") + "/" +
		escaped(cmp.Or(database, "0"), "")
}

// File is the address of a folder as TAWK_SESSION_STORE has it.
func File(absolute string) string { return "file://" + escaped(absolute, "/") }

// ParseDatabase takes the address of a database apart, as DATABASE_URL and the like have it. It reports false for what is none of the
// databases that can be asked.
func ParseDatabase(address string) (Database, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return Database{}, false
	}
	scheme := Scheme(u.Scheme)
	if scheme == "" {
		return Database{}, false
	}
	d := Database{Scheme: scheme, Host: u.Hostname(), Port: u.Port(), User: u.User.Username(), Name: strings.TrimPrefix(u.Path, "/")}
	d.Password, _ = u.User.Password()
	query := u.Query()
	d.Socket = cmp.Or(query.Get("unix_socket"), query.Get("socket"))
	if at := query.Get("host"); path.IsAbs(at) {
		d.Socket = at
	}
	if scheme == "sqlite" {
		d.Name = u.Path
	}
	return d, true
}

// Scheme is how a database is called in addresses, by what frameworks call it; "" for what cannot be asked.
func Scheme(driver string) string {
	driver = strings.ToLower(driver)
	switch {
	case strings.Contains(driver, "mysql"), strings.Contains(driver, "mariadb"), driver == "trilogy":
		return "mysql"
	case strings.Contains(driver, "postg"), strings.Contains(driver, "pgsql"), driver == "postgis":
		return "postgres"
	case strings.Contains(driver, "sqlite"):
		return "sqlite"
	}
	return ""
}

func host(name string) string {
	if strings.Contains(name, ":") {
		return "[" + escaped(strings.Trim(name, "[]"), ":") + "]"
	}
	return escaped(name, "")
}

// escaped writes a part of an address. All but letters, digits, dots, dashes, low lines and what is allowed becomes %XX: most other signs
// mean something in a shell, if not in an address.
func escaped(text, allowed string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(text) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_' ||
			strings.IndexByte(allowed, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteString("%" + string(digits[c>>4]) + string(digits[c&15]))
	}
	return b.String()
}

// Mongo is the address of one database at the servers of an address, "" if that is none. The account stays that of the database in whose
// place the name comes.
func Mongo(address, database string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok || scheme != "mongodb" && scheme != "mongodb+srv" {
		return ""
	}
	place, query, _ := strings.Cut(rest, "?")
	hosts, own, _ := strings.Cut(place, "/")
	if database == "" || escaped(database, "") == own {
		return address
	}
	if strings.Contains(hosts, "@") && !strings.Contains(strings.ToLower(query), "authsource=") {
		query = strings.TrimPrefix(query+"&authSource="+cmp.Or(own, "admin"), "&")
	}
	address = scheme + "://" + hosts + "/" + escaped(database, "")
	if query != "" {
		address += "?" + query
	}
	return address
}
