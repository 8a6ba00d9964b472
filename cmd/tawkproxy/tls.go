package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/http"
	"os"

	"golang.org/x/crypto/acme"

	"tawkproxy/config"
	"tawkproxy/config/setting"
	"tawkproxy/proxy/cert"
)

// secure is how browsers are spoken to in TLS. The zero value: they are not.
type secure struct {
	config   *tls.Config
	redirect string                    // where plain answers; "": nowhere
	plain    http.Handler              // answers those who come without
	obtain   func(ctx context.Context) // asks for certificates once the listeners are open
	read     func()                    // reads certificates that are in files
}

// newSecure makes it. Errors are setting.Mistakes.
func newSecure(cfg *config.Config, log *slog.Logger) (*secure, error) {
	s := &secure{plain: http.HandlerFunc(cert.Redirect), obtain: func(context.Context) {}, read: func() {}}
	if cfg.TLS.Redirect != "off" {
		s.redirect = cfg.TLS.Redirect
	}
	switch {
	case cfg.TLS.Cert != "":
		files, err := cert.Open(cfg.TLS.Cert, cfg.TLS.Key, log)
		if wrong, ok := errors.AsType[*cert.FileError](err); ok {
			name := map[bool]string{false: "TAWK_TLS_CERT", true: "TAWK_TLS_KEY"}[wrong.Key]
			return nil, setting.Mistakes{{Name: name, What: wrong.Error(), Remedy: wrong.Remedy}}
		}
		s.read = files.Read
		s.config = &tls.Config{GetCertificate: files.GetCertificate, NextProtos: []string{"h2", "http/1.1"}}
	case len(cfg.TLS.Domains) > 0:
		roots, err := authorities("TAWK_TLS_ACME_CA", cfg.TLS.AuthorityCA)
		if err != nil {
			return nil, err
		}
		authority, err := cert.NewACME(cert.ACMEOptions{
			Domains: cfg.TLS.Domains, Folder: cfg.TLS.Cache, Directory: cfg.TLS.Directory.String(), Roots: roots, Log: log,
		})
		if err != nil {
			return nil, setting.Mistakes{{Name: "TAWK_TLS_CACHE", What: "the folder cannot be written (" + err.Error() + ")",
				Remedy: "let it belong to tawkproxy's user"}}
		}
		s.obtain, s.plain = authority.Run, authority.Plain(s.plain)
		s.config = &tls.Config{GetCertificate: authority.GetCertificate, NextProtos: []string{"h2", "http/1.1", acme.ALPNProto}}
	}
	return s, nil
}

// authorities reads the certificates in the file that a setting names: whose word counts, in place of the system's. No file: nil.
func authorities(name, file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	const remedy = "write the path of a PEM file with the certificates of authorities"
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, setting.Mistakes{{Name: name, What: "the file cannot be read (" + withoutPath(err).Error() + ")", Remedy: remedy}}
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(content) {
		return nil, setting.Mistakes{{Name: name, What: "the file holds no certificate in PEM", Remedy: remedy}}
	}
	return pool, nil
}

// withoutPath is an error without the name of the file, which may be a secret put into the wrong place.
func withoutPath(err error) error {
	if failure, ok := errors.AsType[*os.PathError](err); ok {
		return failure.Err
	}
	return err
}
