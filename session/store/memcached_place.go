package store

import (
	"cmp"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// A place is where one of several servers is, as the site names it.
type place struct {
	host   string // or the path of a socket
	port   int    // 0 of a socket
	weight int
}

const (
	memcachedPort = 11211
	mostServers   = 256
	mostWeight    = 1000
)

var errPlace = errors.New("not a list of servers")

// parsePlaces reads a list such as a,b:11212,[::1]:11211:2,/run/memcached.sock.
func parsePlaces(list string) ([]place, error) {
	var places []place
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		p, err := parsePlace(item)
		if err != nil || len(places) == mostServers {
			return nil, cmp.Or(err, errPlace)
		}
		places = append(places, p)
	}
	return places, nil
}

func parsePlace(item string) (p place, err error) {
	p.weight = 1
	if strings.HasPrefix(item, "/") {
		p.host, err = url.PathUnescape(item)
		if strings.HasSuffix(p.host, "/") {
			return p, errPlace
		}
		return p, err
	}
	item = strings.TrimSuffix(item, "/")
	p.host, p.port = item, memcachedPort
	rest := ""
	if inside, behind, ok := strings.Cut(strings.TrimPrefix(item, "["), "]"); ok && strings.HasPrefix(item, "[") {
		p.host, rest = inside, behind
		if rest != "" && rest[0] != ':' {
			return p, errPlace
		}
		rest = strings.TrimPrefix(rest, ":")
	} else {
		p.host, rest, _ = strings.Cut(item, ":")
	}
	port, weight, weighted := strings.Cut(rest, ":")
	if port != "" {
		if p.port, err = strconv.Atoi(port); err != nil || p.port < 1 || p.port > 65535 {
			return p, errPlace
		}
	}
	if weighted {
		if p.weight, err = strconv.Atoi(weight); err != nil || p.weight < 1 || p.weight > mostWeight {
			return p, errPlace
		}
	}
	if p.host == "" || strings.ContainsAny(p.host, "/@?#%[\\ \"'") {
		return p, errPlace
	}
	return p, nil
}

// network is how the place is reached: tcp or unix.
func (p place) network() string {
	if p.port == 0 {
		return "unix"
	}
	return "tcp"
}

// address is what is dialled.
func (p place) address() string {
	if p.port == 0 {
		return p.host
	}
	return net.JoinHostPort(p.host, strconv.Itoa(p.port))
}

// name is what most clients call the place when they choose one: no brackets around an address of IPv6.
func (p place) name() string {
	if p.port == 0 {
		return p.host
	}
	return p.host + ":" + strconv.Itoa(p.port)
}

// unescapedAccount reads user:password.
func unescapedAccount(account string) (user, password string, ok bool) {
	user, password, _ = strings.Cut(account, ":")
	user, err1 := url.PathUnescape(user)
	password, err2 := url.PathUnescape(password)
	// Blanks and line breaks would end the one or the other, when they are sent.
	ok = err1 == nil && err2 == nil && !strings.ContainsAny(user+password, " \r\n") && (user == "") == (password == "")
	return user, password, ok
}

// cutLast is strings.Cut at the last of several.
func cutLast(s, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(s, separator); i >= 0 {
		return s[:i], s[i+len(separator):], true
	}
	return s, "", false
}
