package config

import (
	"regexp"
	"strings"

	"tawkproxy/config/setting"
)

// ownPrefix checks a path of which every byte means itself.
func ownPrefix(path string) error {
	plain := regexp.MustCompile(`^/([0-9A-Za-z._~-]+/)+$`).MatchString(path)
	if !plain || strings.Contains(path, "/../") || strings.Contains(path, "/./") {
		return setting.Wrong("write letters, digits and dashes between slashes, as in /.tawkproxy/",
			"%s is not a path between slashes", setting.Quote(path))
	}
	return nil
}

// patterns checks a list of pages: each is a path, or an address with a host.
func patterns(list []string) error {
	for _, pattern := range list {
		address, _, _ := strings.Cut(pattern, "#")
		address, _, _ = strings.Cut(address, "?")
		if address == "" || address[0] == '/' || address[0] == '*' {
			continue
		}
		scheme, rest, found := strings.Cut(address, "://")
		if !found {
			scheme, rest = "http", address
		}
		host, _, _ := strings.Cut(rest, "/")
		if scheme != "http" && scheme != "https" || host == "" || host[0] == ':' || strings.ContainsAny(host, " \t*@") {
			return setting.Wrong("begin it with / or *, or write http://host/path", "%s is neither a path nor an address", setting.Quote(pattern))
		}
	}
	return nil
}

// consent checks the name of a cookie, and the value if there is one.
func consent(cookie string) error {
	name, value, _ := strings.Cut(cookie, "=")
	if cookie != "" && name == "" || strings.ContainsAny(value, " \t;,") {
		return setting.Wrong("write name or name=value, as the browser's developer tools show them", "%s is not a cookie", setting.Quote(cookie))
	}
	return setting.CookieName(name)
}
