package php

import (
	"cmp"
	"errors"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A PHPSavePath is a session.save_path of php.ini taken apart.
type PHPSavePath struct {
	Store   string // URL for [store.OpenStore]; may hold a password
	Depth   int    // for [PHPOptions]
	Prefix  string // for [PHPOptions]
	Handler string // of memcached: memcached or memcache; "": another one
}

// PHPRedisPrefix stands before the session ids in the keys of phpredis, unless its session.save_path says otherwise.
const PHPRedisPrefix = "PHPREDIS_SESSION:"

// errSavePath does not quote the save path, which may hold a password.
var errSavePath = errors.New("not a session.save_path such as /var/lib/php/sessions, 2;/path, 2;0600;/path, " +
	"tcp://host:6379?auth=password, seed[]=host:6379 or host:11211; where phpinfo() shows no value, it is /tmp; what other save handlers " +
	"have is not read")

// ParsePHPSavePath reads session.save_path in the forms of five save handlers: files ("/path", "N;/path", "N;MODE;/path", and as
// [store.OpenStore] has it, "file:///path"), redis of phpredis ("tcp://host:6379?auth=…&database=…&prefix=…", also tls:// and
// unix:///path), rediscluster ("seed[]=host:7000&seed[]=…&auth=…&prefix=…"), memcached ("host:11211, host:11211:2") and memcache
// ("tcp://host:11211?weight=2, unix:///path"). Which one it is, the handler says, session.save_handler; "" stands for that which it
// looks like: a port of memcached's is no Redis'. Several Redis servers of which each has some of the sessions are refused.
func ParsePHPSavePath(savePath, handler string) (PHPSavePath, error) {
	savePath = strings.Trim(strings.TrimSpace(savePath), `"'`)
	switch {
	case handler == "memcached", handler == "" && memcachedLooks.MatchString(savePath):
		return memcachedSavePath(savePath)
	case handler == "memcache", handler == "" && memcacheLooks.MatchString(savePath):
		return memcacheSavePath(savePath)
	case handler == "redis":
		return redisSavePath(savePath)
	case handler == "rediscluster":
		return clusterSavePath(savePath)
	case handler == "files":
		return filesSavePath(strings.TrimPrefix(savePath, "file://"))
	case strings.HasPrefix(savePath, "file:///"):
		return filesSavePath(strings.TrimPrefix(savePath, "file://"))
	case strings.Contains(savePath, "://"):
		return redisSavePath(savePath)
	case strings.HasPrefix(savePath, "seed["), strings.Contains(savePath, "&seed["):
		return clusterSavePath(savePath)
	}
	return filesSavePath(savePath)
}

// filesSavePath is as php-src, ext/session/mod_files.c: the folder stands behind the last of at most two semicolons.
func filesSavePath(savePath string) (PHPSavePath, error) {
	parts := strings.SplitN(savePath, ";", 3)
	dir, depth := parts[len(parts)-1], 0
	if len(parts) > 1 {
		n, err := strconv.ParseUint(parts[0], 10, 8)
		if err != nil {
			return PHPSavePath{}, errSavePath
		}
		depth = int(n)
	}
	if !strings.HasPrefix(dir, "/") {
		return PHPSavePath{}, errSavePath
	}
	return PHPSavePath{Store: (&url.URL{Scheme: "file", Path: dir}).String(), Depth: depth}, nil
}

// redisSavePath is as phpredis, redis_session.c.
func redisSavePath(savePath string) (PHPSavePath, error) {
	servers := strings.FieldsFunc(savePath, func(r rune) bool { return r == ',' || r == ' ' })
	if len(servers) > 1 {
		return PHPSavePath{}, errors.New("the session.save_path names several Redis servers, " +
			"between which PHP divides sessions; only one can be read. If they are of memcached, TAWK_PHP_SAVE_HANDLER says so")
	}
	u, err := url.Parse(savePath)
	if err != nil {
		return PHPSavePath{}, errSavePath
	}
	query, err := url.ParseQuery(u.RawQuery)
	switch socket := u.Scheme == "unix"; {
	case err != nil, u.Host == "" && u.Path == "":
		return PHPSavePath{}, errSavePath
	case u.User != nil, !socket && strings.Trim(u.Path, "/") != "":
		return PHPSavePath{}, errors.New("a session.save_path names password and database behind a question mark, " +
			"tcp://host:6379?auth=password&database=2; redis://:password@host:6379/2 is written into TAWK_SESSION_STORE")
	}
	store := url.URL{User: redisUser(query)}
	database := cmp.Or(query.Get("database"), "0")
	switch u.Scheme {
	case "unix":
		store.Scheme, store.Path, store.RawQuery = "unix", u.Path, url.Values{"db": {database}}.Encode()
	case "tcp", "redis", "tls", "ssl", "rediss":
		store.Scheme = "redis"
		if u.Scheme != "tcp" && u.Scheme != "redis" {
			store.Scheme = "rediss"
		}
		store.Host, store.Path = net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "6379")), "/"+database
	default:
		return PHPSavePath{}, errSavePath
	}
	return PHPSavePath{Store: store.String(), Prefix: redisPrefix(query, PHPRedisPrefix)}, nil
}

// clusterSavePath is as phpredis, cluster.md.
func clusterSavePath(savePath string) (PHPSavePath, error) {
	query, err := url.ParseQuery(savePath)
	seeds := phpList(query, "seed")
	if err != nil || len(seeds) == 0 || seeds[0] == "" {
		return PHPSavePath{}, errSavePath
	}
	store := url.URL{Scheme: "redis+cluster", User: redisUser(query), Host: seeds[0]}
	if len(seeds) > 1 {
		store.RawQuery = url.Values{"addr": seeds[1:]}.Encode()
	}
	return PHPSavePath{Store: store.String(), Prefix: redisPrefix(query, "PHPREDIS_CLUSTER_SESSION:")}, nil
}

// redisPrefix reads the parameter prefix, which may be empty.
func redisPrefix(query url.Values, usual string) string {
	if query.Has("prefix") {
		return query.Get("prefix")
	}
	return usual
}

// redisUser reads the parameter auth: a password, or a list of user and password, of which only the latter is needed.
func redisUser(query url.Values) *url.Userinfo {
	switch auth := phpList(query, "auth"); {
	case query.Has("auth"):
		return url.UserPassword("", query.Get("auth"))
	case query.Has("auth[pass]"):
		return url.UserPassword(query.Get("auth[user]"), query.Get("auth[pass]"))
	case len(auth) == 2:
		return url.UserPassword(auth[0], auth[1])
	case len(auth) == 1:
		return url.UserPassword("", auth[0])
	}
	return nil
}

// phpList is the list that PHP makes of the parameters name[], or name[0], name[1] …
func phpList(query url.Values, name string) []string {
	list := slices.Clone(query[name+"[]"])
	for i := range 16 {
		list = append(list, query[name+"["+strconv.Itoa(i)+"]"]...)
	}
	return list
}
