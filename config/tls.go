package config

import (
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"tawkproxy/config/setting"
)

// beside checks that of two settings each has the other. The first is at fault.
func beside(this, name, other string) error {
	if this == "" && other != "" {
		return setting.Missing(name)
	}
	return nil
}

// domain is a name for which an authority gives certificates: not that of a machine in a local network, and no wildcard, which wants
// another way to prove whose it is.
var domain = regexp.MustCompile(`^[\pL\pN]([\pL\pN-]*[\pL\pN])?(\.[\pL\pN]([\pL\pN-]*[\pL\pN])?)+$`)

func domains(names []string, cert string) error {
	for _, name := range names {
		if !domain.MatchString(name) {
			return setting.Wrong("write names such as www.example.com with commas between; one with * needs TAWK_TLS_CERT",
				"%s is not the name of a site", setting.Quote(name))
		}
	}
	if len(names) > 0 && cert != "" {
		return setting.Wrong("remove one of the two", "and TAWK_TLS_CERT both say where certificates come from")
	}
	return nil
}

// cache checks the folder of certificates. Without one each start would ask for new ones, of which an authority gives a few a week.
func cache(folder string, domains []string) error {
	switch {
	case folder == "" && len(domains) > 0:
		return setting.Missing("TAWK_TLS_DOMAINS")
	case folder != "" && !filepath.IsAbs(folder):
		return setting.Wrong("write an absolute path", "%s is not the path of a folder", setting.Quote(folder))
	}
	return nil
}

func directory(u *url.URL) error {
	if u.Scheme != "https" || u.Host == "" || u.User != nil {
		return setting.Wrong("write the address that the authority gives, https://…/directory", "is not the address of an ACME directory")
	}
	return nil
}

// redirect checks where http leads to https. Not set it becomes the usual place, or nowhere where certificates are in files.
func redirect(listen *string, cert string, domains []string) error {
	switch {
	case *listen == "" && len(domains) > 0:
		*listen = ":80"
	case *listen != "" && *listen != "off" && cert == "" && len(domains) == 0:
		return setting.Wrong("set TAWK_TLS_CERT or TAWK_TLS_DOMAINS, or remove it", "would lead to https, which is not spoken")
	}
	if *listen == "" || *listen == "off" {
		return nil
	}
	return address(*listen)
}

// absolute checks the path of a file. What does not look like one is not shown: it may be a key.
func absolute(file string) error {
	if file != "" && (!filepath.IsAbs(file) || strings.Contains(file, "\n")) {
		return setting.Wrong("write the absolute path of a PEM file", "is not the path of a file")
	}
	return nil
}

// towardsTLS checks a file that is of use only where TLS is spoken to the site.
func towardsTLS(file string, site url.URL) error {
	if file != "" && site.Scheme != "https" {
		return setting.Wrong("write https:// there, or remove it", "is of no use with TAWK_UPSTREAM=%s, to which no TLS is spoken", site.Scheme+":…")
	}
	return absolute(file)
}
