package main

import (
	"crypto/tls"
	"errors"
	"os"

	"tawkproxy/config"
	"tawkproxy/config/setting"
	"tawkproxy/proxy"
	"tawkproxy/proxy/cert"
)

// newWay says how the site is reached. It reads the files that belong to that. Errors are setting.Mistakes.
func newWay(cfg *config.Config) (proxy.Way, error) {
	site := cfg.Site
	way := proxy.Way{URL: &site.Upstream, HTTP2: site.UpstreamHTTP2,
		Connect: site.UpstreamConnect, Answer: site.UpstreamAnswer, Idle: site.UpstreamIdle}
	if site.UpstreamCA == "" && site.UpstreamCert == "" {
		return way, nil
	}
	roots, err := authorities("TAWK_UPSTREAM_CA", site.UpstreamCA)
	if err != nil {
		return way, err
	}
	way.TLS = &tls.Config{RootCAs: roots}
	if site.UpstreamCert != "" {
		own, err := upstreamCertificate(site.UpstreamCert, site.UpstreamKey)
		if err != nil {
			return way, err
		}
		way.TLS.Certificates = []tls.Certificate{*own}
	}
	return way, nil
}

// upstreamCertificate is whom tawkproxy is to the site.
func upstreamCertificate(certFile, keyFile string) (*tls.Certificate, error) {
	var content [2][]byte
	for i, file := range []struct{ name, path string }{{"TAWK_UPSTREAM_CERT", certFile}, {"TAWK_UPSTREAM_KEY", keyFile}} {
		var err error
		if content[i], err = os.ReadFile(file.path); err != nil {
			return nil, setting.Mistakes{{Name: file.name, What: "the file cannot be read (" + withoutPath(err).Error() + ")",
				Remedy: "write the path of a PEM file that tawkproxy's user may read"}}
		}
	}
	pair, err := cert.Parse(content[0], content[1])
	if wrong, ok := errors.AsType[*cert.FileError](err); ok {
		name := map[bool]string{false: "TAWK_UPSTREAM_CERT", true: "TAWK_UPSTREAM_KEY"}[wrong.Key]
		return nil, setting.Mistakes{{Name: name, What: wrong.Error(), Remedy: wrong.Remedy}}
	}
	return pair, nil
}
