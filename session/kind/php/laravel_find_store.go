package php

import (
	"cmp"
	"fmt"
	"path"
	"strconv"
	"strings"

	"tawkproxy/session/folder"
)

// database is the address of a connection; "" for the connection means the default one.
func (c *laravelConfig) database(connection string) string {
	if connection == "" {
		connection, _ = c.text("database", "default")
	}
	of := func(key string) string {
		value, _ := c.text("database", "connections", connection, key)
		return value
	}
	d := folder.Database{Scheme: folder.Scheme(of("driver")), Host: of("host"), Port: of("port"), Socket: of("unix_socket"),
		User: of("username"), Password: of("password"), Name: of("database")}
	if address := of("url"); address != "" {
		if parsed, ok := folder.ParseDatabase(address); ok {
			d = parsed
		}
	}
	if d.Scheme == "" {
		return ""
	}
	if d.Scheme == "sqlite" {
		if d.Name == ":memory:" || d.Name == "" {
			return ""
		}
		d.Name = c.folder.Path(d.Name)
	}
	mysqlSocket(c.folder, &d)
	return d.URL()
}

// mongo says in which MongoDB sessions are (mongodb/laravel-mongodb, MongoDBServiceProvider.php).
func (c *laravelConfig) mongo() {
	connection, _ := c.text("session", "connection")
	connection = cmp.Or(connection, "mongodb")
	address, _ := c.text("database", "connections", connection, "dsn")
	name, _ := c.text("database", "connections", connection, "database")
	if address = folder.Mongo(address, name); address == "" {
		c.askStore("the address of MongoDB, mongodb://user:password@host:27017/database: config/database.php did not tell it")
	} else {
		c.found.Set("TAWK_SESSION_STORE", address, c.from("database"))
	}
	if table, ok := c.text("session", "table"); ok && table != "" && table != "sessions" {
		c.found.Set("TAWK_SESSION_TABLE", table, c.from("session"))
	}
}

// redis says in which Redis sessions are, and behind which prefixes. The driver redis is a cache with the connection of
// session.connection, or the one called default (SessionManager.php, createRedisDriver).
func (c *laravelConfig) redis() {
	connection, _ := c.text("session", "connection")
	connection = cmp.Or(connection, "default")
	of := func(key string) string {
		value, _ := c.text("database", "redis", connection, key)
		return value
	}
	address := of("url")
	if address == "" {
		host := of("host")
		if scheme := of("scheme"); scheme == "tls" {
			c.found.Note("Redis is spoken to over TLS: the address begins with rediss://")
			address = strings.Replace(folder.Redis(strings.TrimPrefix(host, "tls://"), of("port"), of("username"), of("password"), of("database")), "redis:", "rediss:", 1)
		} else {
			address = folder.Redis(strings.TrimPrefix(host, "tcp://"), of("port"), of("username"), of("password"), of("database"))
		}
	}
	c.found.Set("TAWK_SESSION_STORE", address, c.from("database"))
	prefix, known := c.text("database", "redis", connection, "prefix")
	if !known || prefix == "" {
		prefix, known = c.text("database", "redis", "options", "prefix")
	}
	c.prefix("TAWK_LARAVEL_REDIS_PREFIX", prefix, known, "laravel_database_", "config/database.php")
	store, _ := c.text("session", "store")
	c.cachePrefix(cmp.Or(store, "redis"))
}

// cachePrefix says what a store of the cache puts before its keys.
func (c *laravelConfig) cachePrefix(store string) {
	prefix, known := c.text("cache", "stores", store, "prefix")
	if !known || prefix == "" {
		prefix, known = c.text("cache", "prefix")
	}
	if known && prefix != "" && (c.major == 0 || c.major <= 10) {
		if c.major == 0 {
			c.found.Note("there is no composer.lock: TAWK_LARAVEL_CACHE_PREFIX is written for Laravel 10 and before, with a colon behind it")
		}
		prefix += ":"
	}
	c.prefix("TAWK_LARAVEL_CACHE_PREFIX", prefix, known, "laravel_cache:", "config/cache.php")
}

// memcached says on which servers sessions are: those of the cache's store of that name (SessionManager.php, createMemcachedDriver).
func (c *laravelConfig) memcached() {
	store, _ := c.text("session", "store")
	store = cmp.Or(store, "memcached")
	servers, _ := c.get("cache", "stores", store, "servers").(map[string]any)
	var addresses []string
	for i := range len(servers) {
		of := func(key string) string {
			value, known := c.text("cache", "stores", store, "servers", strconv.Itoa(i), key)
			if !known {
				return ""
			}
			return value
		}
		host, port := of("host"), of("port")
		if host == "" {
			continue
		}
		if !path.IsAbs(host) && port != "" && port != "0" {
			host += ":" + port
		}
		addresses = append(addresses, host)
	}
	user, _ := c.text("cache", "stores", store, "sasl", "0")
	switch {
	case user != "":
		c.askStore("sessions are in a memcached that wants SASL, which cannot be read; start again with --kind site, which asks the site itself")
	case len(addresses) == 0:
		c.askStore("the address of the memcached with the sessions, memcached://host:11211, which config/cache.php computes")
	default:
		c.found.Set("TAWK_SESSION_STORE", "memcached://"+strings.Join(addresses, ","), c.from("cache"))
	}
	if options, _ := c.get("cache", "stores", store, "options").(map[string]any); len(options) > 0 && len(addresses) > 1 {
		c.found.Note("the cache has options in config/cache.php: with OPT_LIBKETAMA_COMPATIBLE among them, TAWK_SESSION_STORE ends in ?hash=ketama_weighted")
	}
	c.cachePrefix(store)
}

func (c *laravelConfig) prefix(name, value string, known bool, usual, file string) {
	switch {
	case !known:
		c.found.Ask(name, usual, fmt.Sprintf("what stands before the keys: %s computes it", file))
	case value == "":
		c.found.Set(name, "none", file)
	case value != usual:
		c.found.Set(name, value, file)
	}
}
