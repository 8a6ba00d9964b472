package config

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"tawkproxy/config/setting"
)

// database checks the address of a database. It is not shown: a password stands in it.
func database(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return setting.Wrong("write mysql://user:password@host:3306/database; in a password, write / as %2F, @ as %40, # as %23 and % as %25",
			"is not a URL")
	case !slices.Contains(setting.Databases(), u.Scheme):
		return setting.Wrong("write mysql://user:password@host:3306/database, postgres://… or sqlite:///absolute/path",
			"does not begin with the name of a kind of database")
	case u.Scheme == "sqlite" && (u.Host != "" || !path.IsAbs(u.Path)):
		return setting.Wrong("write sqlite:///absolute/path, with three slashes", "does not name a file of this machine")
	case u.Scheme != "sqlite" && strings.Trim(u.Path, "/") == "":
		return setting.Wrong("write it behind the host: mysql://user:password@host:3306/database", "does not say which database of the server")
	case u.Scheme != "sqlite" && strings.Contains(strings.Trim(u.Path, "/"), "/"):
		return setting.Wrong("of a socket write mysql://user:password@/database?socket=/path/to.sock",
			"has a path in the place of the database's name")
	}
	return nil
}

// storeOf checks the address of a session store, which may also be a word or a database if the kind of session knows such.
func storeOf(chosen setting.Variant, address string, dsn setting.Secret) error {
	scheme, _, isURL := strings.Cut(address, "://")
	switch {
	case address != "" && chosen.Name != "" && chosen.Stores == setting.Stores{}:
		return setting.Wrong("remove it", "is not used with TAWK_SESSION=%s", chosen.Name)
	case chosen.Name != "" && !chosen.Stores.Memcached && (scheme == "memcached" || scheme == "memcacheds"):
		return setting.Wrong("choose a kind that reads them there, or site", "is memcached, which is not read with TAWK_SESSION=%s", chosen.Name)
	case address == "cookie" && chosen.Stores.Cookie:
		return nil
	case isURL && slices.Contains(setting.Mongo(), scheme):
		return mongoOf(chosen)
	case !chosen.Stores.Tables, isURL && !slices.Contains(setting.Databases(), scheme):
		return store(address)
	case isURL:
		return database(address)
	case address == "database" && !dsn.IsSet():
		return setting.Wrong("write the address of the database into TAWK_USER_DSN", "is database, but TAWK_USER_DSN is not set")
	case address == "", address == "database":
		return nil
	}
	return store(address)
}

// mongoOf checks that the kind of session knows documents in MongoDB. Their address is checked by who opens it: it is no URL as others are,
// since it may name several hosts.
func mongoOf(chosen setting.Variant) error {
	if chosen.Name != "" && !chosen.Stores.Mongo {
		return setting.Wrong("write where the site keeps its sessions; if that is MongoDB, ask the site itself: TAWK_SESSION=site",
			"names MongoDB, where TAWK_SESSION=%s reads none", chosen.Name)
	}
	return nil
}

// tableOf checks that a table is named only where sessions are in one.
func tableOf(chosen setting.Variant, table, store string) error {
	scheme, _, _ := strings.Cut(store, ":")
	switch {
	case table == "" || chosen.Name == "":
		return nil
	case !chosen.Stores.Tables && !chosen.Stores.Mongo:
		return setting.Wrong("remove it", "is not used with TAWK_SESSION=%s", chosen.Name)
	case slices.Contains(setting.Mongo(), scheme):
		return nil
	case scheme != "database" && !slices.Contains(setting.Databases(), scheme):
		return setting.Wrong("write database into TAWK_SESSION_STORE, or remove it", "is set, but TAWK_SESSION_STORE names no database")
	}
	return nil
}

// named finds what may be a parameter by name, such as :id.
var named = regexp.MustCompile(`(^|[^:\w]):[A-Za-z_]`)

// userQuery checks that a question asks, and for whom; the database finds out the rest.
func userQuery(query string, dsn setting.Secret) error {
	words := strings.Fields(query)
	switch {
	case query == "":
		return nil
	case !dsn.IsSet():
		return setting.Wrong("write the address of the database into TAWK_USER_DSN", "is set, but TAWK_USER_DSN is not")
	case !strings.EqualFold(words[0], "SELECT") && !strings.EqualFold(words[0], "WITH"):
		return setting.Wrong("write SELECT name, email FROM users WHERE id = ?", "does not begin with SELECT")
	case strings.HasPrefix(dsn.Reveal(), "postgres") && !strings.Contains(query, "$1") && !named.MatchString(query):
		return setting.Wrong("write $1 where the user's id belongs: … WHERE id = $1", "has no place for the user's id")
	case !strings.HasPrefix(dsn.Reveal(), "postgres") && !strings.Contains(query, "?") && !named.MatchString(query):
		return setting.Wrong("write ? where the user's id belongs: … WHERE id = ?", "has no place for the user's id")
	}
	return nil
}
