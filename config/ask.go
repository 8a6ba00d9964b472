package config

import (
	"net/url"
	"strings"

	"tawkproxy/config/setting"
)

// sitePath checks what the site is asked: a path, because a question with the visitors' cookies goes nowhere else. Own is the
// path under which tawkproxy answers itself.
func sitePath(path, own string) error {
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
	case isOwn(u.Path, own):
		return setting.Wrong("write a path of the site, such as /api/me", "is a path of tawkproxy itself")
	}
	return nil
}

// isOwn tells whether tawkproxy answers a path itself: all below own, and what the script asks below pages. It does not where the
// last segment of own is an ordinary word: there the script is known by a header, which a question to the site lacks.
func isOwn(path, own string) bool {
	segment := own[strings.LastIndex(strings.TrimSuffix(own, "/"), "/"):]
	below := strings.HasPrefix(segment, "/.") &&
		(strings.HasSuffix(path, segment+"user") || strings.HasSuffix(path, segment+"report"))
	return below || strings.HasPrefix(path, own)
}
