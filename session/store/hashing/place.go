package hashing

import (
	"cmp"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// A Place is where one of several servers is, as the site names it.
type Place struct {
	Host   string // or the path of a socket
	Port   int    // 0 of a socket
	Weight int
}

const (
	memcachedPort = 11211
	mostServers   = 256
	mostWeight    = 1000
)

var errPlace = errors.New("not a list of servers")

// ParsePlaces reads a list such as a,b:11212,[::1]:11211:2,/run/memcached.sock.
func ParsePlaces(list string) ([]Place, error) {
	var places []Place
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		p, err := ParsePlace(item)
		if err != nil || len(places) == mostServers {
			return nil, cmp.Or(err, errPlace)
		}
		places = append(places, p)
	}
	return places, nil
}

// ParsePlace reads one of such a list.
func ParsePlace(item string) (p Place, err error) {
	p.Weight = 1
	if strings.HasPrefix(item, "/") {
		p.Host, err = url.PathUnescape(item)
		if strings.HasSuffix(p.Host, "/") {
			return p, errPlace
		}
		return p, err
	}
	item = strings.TrimSuffix(item, "/")
	p.Host, p.Port = item, memcachedPort
	rest := ""
	if inside, behind, ok := strings.Cut(strings.TrimPrefix(item, "["), "]"); ok && strings.HasPrefix(item, "[") {
		p.Host, rest = inside, behind
		if rest != "" && rest[0] != ':' {
			return p, errPlace
		}
		rest = strings.TrimPrefix(rest, ":")
	} else {
		p.Host, rest, _ = strings.Cut(item, ":")
	}
	port, weight, weighted := strings.Cut(rest, ":")
	if port != "" {
		if p.Port, err = strconv.Atoi(port); err != nil || p.Port < 1 || p.Port > 65535 {
			return p, errPlace
		}
	}
	if weighted {
		if p.Weight, err = strconv.Atoi(weight); err != nil || p.Weight < 1 || p.Weight > mostWeight {
			return p, errPlace
		}
	}
	if p.Host == "" || strings.ContainsAny(p.Host, "/@?#%[\\ \"'") {
		return p, errPlace
	}
	return p, nil
}

// Network is how the place is reached: tcp or unix.
func (p Place) Network() string {
	if p.Port == 0 {
		return "unix"
	}
	return "tcp"
}

// Address is what is dialled.
func (p Place) Address() string {
	if p.Port == 0 {
		return p.Host
	}
	return net.JoinHostPort(p.Host, strconv.Itoa(p.Port))
}

// Name is what most clients call the place when they choose one: no brackets around an address of IPv6.
func (p Place) Name() string {
	if p.Port == 0 {
		return p.Host
	}
	return p.Host + ":" + strconv.Itoa(p.Port)
}
