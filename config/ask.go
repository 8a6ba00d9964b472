package config

import (
	"net/url"
	"strings"

	"tawkproxy/config/setting"
)

// sitePath checks what the site is asked: a path, because a question with the visitors' cookies goes nowhere else.
func sitePath(path string) error {
	u, err := url.Parse(path)
	switch {
	case path == "":
		return nil
	case err != nil:
		return setting.Wrong("write a path of the site, such as /api/me", "is not a path")
	case u.Host != "" && strings.HasPrefix(u.Path, "/"):
		return setting.Wrong("write "+u.RequestURI(), "is more than a path; the site is the one of TAWK_UPSTREAM")
	case !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, "#"):
		return setting.Wrong("write a path of the site, such as /api/me", "is not a path")
	case strings.HasPrefix(path, "/.tawkproxy/"):
		return setting.Wrong("write a path of the site, such as /api/me", "is a path of tawkproxy itself")
	}
	return nil
}
