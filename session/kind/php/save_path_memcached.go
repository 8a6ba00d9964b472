package php

import (
	"net/url"
	"regexp"
	"strings"
)

// What save paths of memcached look like: a host with a port and without a scheme, and the usual port.
var (
	memcachedLooks = regexp.MustCompile(`\A(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]+(?:[: ][0-9]+)?\s*(?:,|\z)`)
	memcacheLooks  = regexp.MustCompile(`\Atcp://[^/?,\s]*:11211(?:[/?,\s]|\z)`)
)

// memcachedSavePath is as libmemcached, parse.cc: host, port and weight, with commas between; behind a port a blank may stand for the colon.
func memcachedSavePath(savePath string) (PHPSavePath, error) {
	if strings.Contains(savePath, "PERSISTENT=") || strings.Contains(savePath, "://") {
		return PHPSavePath{}, errSavePath
	}
	var servers []string
	for item := range strings.SplitSeq(savePath, ",") {
		item = strings.ReplaceAll(strings.TrimSpace(item), " ", ":")
		if strings.HasPrefix(item, "/") {
			item, _, _ = strings.Cut(item, ":") // a socket has a port all the same, 0
		}
		servers = append(servers, strings.TrimSuffix(item, ":0")) // no weight is the usual one
	}
	return PHPSavePath{Store: "memcached://" + strings.Join(servers, ","), Handler: "memcached"}, nil
}

// memcacheSavePath is as PHP's extension memcache, memcache_session.c: addresses, with commas or blanks between.
func memcacheSavePath(savePath string) (PHPSavePath, error) {
	var servers []string
	for _, item := range strings.FieldsFunc(savePath, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		scheme, rest, _ := strings.Cut(item, "://")
		place, rawQuery, _ := strings.Cut(rest, "?")
		query, err := url.ParseQuery(rawQuery)
		switch {
		case err != nil:
			return PHPSavePath{}, errSavePath
		case scheme == "unix" || scheme == "file":
			servers = append(servers, strings.TrimSuffix(place, ":0"))
			continue
		case scheme != "tcp" || place == "":
			return PHPSavePath{}, errSavePath
		}
		place = strings.TrimRight(place, "/")
		if weight := query.Get("weight"); weight != "" && weight != "1" {
			if !strings.Contains(place[strings.LastIndexByte(place, ']')+1:], ":") {
				place += ":11211"
			}
			place += ":" + weight
		}
		servers = append(servers, place)
	}
	if len(servers) == 0 {
		return PHPSavePath{}, errSavePath
	}
	return PHPSavePath{Store: "memcached://" + strings.Join(servers, ","), Handler: "memcache"}, nil
}
