package config

import (
	"cmp"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"tawkproxy/config/setting"
)

// upstream checks the address of the site, and leaves only scheme and host of it, or scheme and path of a socket.
func upstream(u *url.URL) error {
	switch u.Scheme {
	case "http", "https":
		return bare(u)
	case "":
		return setting.Wrong("write unix:"+u.EscapedPath(), "is a path without a scheme")
	case "unix":
		if u.Host != "" || len(u.Path) < 2 || u.RawQuery != "" || u.User != nil {
			return setting.Wrong("write unix:/path/to.sock, with the absolute path of the socket", "is not the path of a socket")
		}
		return nil
	}
	return setting.Wrong("write http://host:port, https://host:port or unix:/path/to.sock", "%q is not a scheme for a site", u.Scheme)
}

// origin checks an origin from which scripts may be loaded without doubt: https, or this machine.
func origin(u *url.URL) error {
	if u.Scheme != "https" && (u.Scheme != "http" || !setting.Loopback(u.Hostname())) {
		return setting.Wrong("write https://host; http is for this machine only, as in http://localhost:8080", "is not a safe origin")
	}
	return bare(u)
}

// bare checks that a URL has a host, and nothing that comes after or before it.
func bare(u *url.URL) error {
	u.Host = strings.ToLower(u.Host)
	if u.Hostname() == "" {
		return setting.Wrong("write "+u.Scheme+"://host"+u.Host, "has no host")
	}
	if port := u.Port(); strings.HasSuffix(u.Host, ":") || port != "" && !isPort(port) {
		return setting.Wrong("write a port from 1 to 65535 behind the host", "has no usable port")
	}
	var more []string
	for _, part := range []struct {
		name    string
		present bool
	}{
		{"a user name", u.User != nil},
		{"a path", strings.Trim(u.Path, "/") != ""},
		{"a query", u.RawQuery != "" || u.ForceQuery},
		{"a fragment", u.Fragment != ""},
	} {
		if part.present {
			more = append(more, part.name)
		}
	}
	if more != nil {
		return setting.Wrong("write "+u.Scheme+"://"+u.Host, "has more than scheme, host and port: %s", strings.Join(more, ", "))
	}
	*u = url.URL{Scheme: u.Scheme, Host: u.Host}
	return nil
}

// address checks where to listen. Port 0 lets the system choose.
func address(listen string) error {
	host, port, err := net.SplitHostPort(listen)
	switch {
	case strings.Contains(listen, "://"):
		return setting.Wrong("write only the host:port of it", "%s is a URL", setting.Quote(listen))
	case err != nil && isPort(listen):
		return setting.Wrong("write :"+listen, "%s is only a port", setting.Quote(listen))
	case err != nil || port == "":
		return setting.Wrong("write host:port, or :port for every address of the machine", "%s has no port", setting.Quote(listen))
	case port != "0" && !isPort(port):
		return setting.Wrong("write a number from 1 to 65535 behind the colon", "%s has no usable port", setting.Quote(listen))
	case strings.ContainsAny(host, "/ @"):
		return setting.Wrong("write host:port, or :port for every address of the machine", "%s has no usable host", setting.Quote(listen))
	}
	return nil
}

// adminAddress checks where to listen for probes. The word for nowhere becomes the empty address.
func adminAddress(listen *string) error {
	if *listen == "off" {
		*listen = ""
		return nil
	}
	return address(*listen)
}

// apart checks that two addresses can be listened on at the same time.
func apart(listen, other string) error {
	host, port, _ := net.SplitHostPort(listen)
	otherHost, otherPort, _ := net.SplitHostPort(other)
	if port == otherPort && port != "0" && (host == otherHost || anyHost(host) || anyHost(otherHost)) {
		return setting.Wrong("write another port, or off", "is the port of TAWK_LISTEN")
	}
	return nil
}

// circle checks that the site is not tawkproxy itself.
func circle(site url.URL, listen string) error {
	host, port, _ := net.SplitHostPort(listen)
	here := func(host string) bool { return setting.Loopback(host) || anyHost(host) }
	if cmp.Or(site.Port(), "80") == port && site.Scheme == "http" && here(host) && here(site.Hostname()) {
		return setting.Wrong("write the address at which the site itself listens", "is the address of TAWK_LISTEN: tawkproxy would ask itself")
	}
	return nil
}

func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n > 0
}

// anyHost tells whether a host stands for every address of the machine.
func anyHost(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "" || err == nil && ip.IsUnspecified()
}
