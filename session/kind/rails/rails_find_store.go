package rails

import (
	"cmp"
	"regexp"
	"strings"
	"unicode"
)

// store says where sessions are and what their cookie is called; it tells whether they are in the cookie.
func (c *railsConfig) store(application string) (inCookie bool) {
	name, store, from := "", "cookie_store", "config/application.rb"
	if m := moduleName.FindStringSubmatch(application); m != nil {
		name = "_" + underscored(m[1]) + "_session"
	}
	var last call
	for _, file := range []string{"config/application.rb", "config/environments/" + c.environment + ".rb", "config/initializers/session_store.rb"} {
		for _, one := range calls(c.folder.Text(file), "session_store") {
			last, store, from = one, cmp.Or(one.first, store), file
			if one.named["key"] != "" {
				name = one.named["key"]
			} else if one.known["key"] {
				name = ""
			}
		}
	}
	if name == "" {
		c.found.Ask("TAWK_SESSION_COOKIE", "", "the name of the session cookie, which "+from+" computes; the browser's developer tools show it")
	} else {
		c.found.Set("TAWK_SESSION_COOKIE", name, from)
	}
	switch {
	case store == "cookie_store":
		inCookie = true
	case strings.Contains(store, "active_record"):
		c.found.Set("TAWK_SESSION_STORE", "database", from)
	case store == "cache_store":
		c.cache(from)
	case strings.Contains(store, "redis"):
		c.redis(last.urls, from, "")
	case store == "mem_cache_store", store == "dalli_store":
		c.memcached(last, from)
		c.found.Set("TAWK_RAILS_KEY_PREFIX", cmp.Or(last.named["namespace"], "rack:session")+":", from)
	default:
		c.found.Ask("TAWK_SESSION_STORE", "", "where sessions are kept: the session store "+store+" in "+from+" is not known; if it is neither Redis nor a table, "+
			"start again with --kind site")
	}
	c.member()
	return inCookie
}

// underscored is ActiveSupport's underscore.
func underscored(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, letter := range letters {
		if unicode.IsUpper(letter) && i > 0 && (!unicode.IsUpper(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1])) && letters[i-1] != '_' {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(letter))
	}
	return b.String()
}

func (c *railsConfig) cache(from string) {
	var urls []string
	var last call // of memcached
	for _, file := range []string{"config/application.rb", "config/environments/" + c.environment + ".rb"} {
		for _, one := range calls(c.folder.Text(file), "cache_store") {
			switch {
			case strings.Contains(one.first, "redis"):
				urls, from, last = one.urls, file, call{}
			case one.first == "mem_cache_store", one.first == "dalli_store":
				from, last = file, one
			}
		}
	}
	if last.first != "" {
		c.memcached(last, from)
		if namespace := last.named["namespace"]; namespace != "" {
			c.found.Set("TAWK_RAILS_KEY_PREFIX", namespace+":_session_id:", from)
		}
		return
	}
	c.redis(urls, from, "_session_id:")
}

var server = regexp.MustCompile(`\A(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5}(?::[0-9]+)?)?|/[^,\s]+)\z`)

// memcached says on which servers sessions are: those that the call names, or MEMCACHE_SERVERS, or that of this machine
// (dalli/servers_arg_normalizer.rb).
func (c *railsConfig) memcached(one call, from string) {
	var servers []string
	for _, text := range one.texts {
		for item := range strings.SplitSeq(text, ",") {
			if item = strings.TrimSpace(item); server.MatchString(item) {
				servers = append(servers, item)
			}
		}
	}
	said, set := c.folder.Env("MEMCACHE_SERVERS")
	switch {
	case one.unknown:
		c.found.Ask("TAWK_SESSION_STORE", "", "the servers of memcached with the sessions, memcached://host:11211, which "+from+" computes; those that "+
			"want SASL, as MemCachier's do, cannot be read: then start again with --kind site")
		return
	case len(servers) > 0:
	case set && said != "":
		servers, from = strings.Split(said, ","), "MEMCACHE_SERVERS"
	default:
		servers = []string{"127.0.0.1:11211"}
		c.found.Note("no server of memcached is named: dalli takes the one of this machine, unless the site's environment has MEMCACHE_SERVERS")
	}
	c.found.Set("TAWK_SESSION_STORE", "memcached://"+strings.Join(servers, ","), from)
}

// redis says in which Redis sessions are. That of redis-rails has its namespace at the end of the address.
func (c *railsConfig) redis(urls []string, from, prefix string) {
	if len(urls) == 0 {
		guess, _ := c.folder.Env("REDIS_URL")
		c.found.Ask("TAWK_SESSION_STORE", guess, "the address of the Redis with the sessions, redis://host:6379/0, which "+from+" computes")
		return
	}
	address := urls[0]
	if prefix == "" {
		if parts := strings.Split(address, "/"); len(parts) > 4 {
			address, prefix = strings.Join(parts[:4], "/"), parts[4]+":"
		}
		c.found.Set("TAWK_RAILS_KEY_PREFIX", cmp.Or(prefix, "none"), from)
	}
	c.found.Set("TAWK_SESSION_STORE", address, from)
}
