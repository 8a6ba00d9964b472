package cert

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
	"golang.org/x/net/idna"
)

const (
	// obtainAgain is how soon a certificate is asked for again that could not be had, and then twice as long, up to longestAgain. Let's
	// Encrypt takes five failures an hour for a name, and autocert remembers one for a minute.
	obtainAgain  = 2 * time.Minute
	longestAgain = time.Hour
)

// ACME gets certificates from an authority, and renews them. Visitors never wait for one, nor can they make it ask: it asks for each
// domain by itself.
type ACME struct {
	manager  autocert.Manager
	have     map[string]*atomic.Bool // by domain
	log      *slog.Logger
	expiring expiring
}

// ACMEOptions are the parts of [NewACME]. All but Roots are required.
type ACMEOptions struct {
	Domains   []string       // each gets a certificate of its own
	Folder    string         // where certificates and the account's key are kept
	Directory string         // the authority's address (RFC 8555 section 7.1.1)
	Roots     *x509.CertPool // who vouches for the authority's own certificate; nil: those of the system
	Log       *slog.Logger
}

// NewACME makes the folder, if need be, and asks for nothing yet. An error is one of the folder.
func NewACME(o ACMEOptions) (*ACME, error) {
	if err := writable(o.Folder); err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: o.Roots}
	a := &ACME{have: make(map[string]*atomic.Bool), log: o.Log, expiring: newExpiring(o.Log)}
	for _, domain := range o.Domains {
		a.have[canonical(domain)] = new(atomic.Bool)
	}
	a.manager = autocert.Manager{
		Prompt:     autocert.AcceptTOS,
		Cache:      autocert.DirCache(o.Folder),
		HostPolicy: a.ours,
		Client:     &acme.Client{DirectoryURL: o.Directory, UserAgent: "tawkproxy", HTTPClient: &http.Client{Transport: transport, Timeout: time.Minute}},
	}
	return a, nil
}

// ours is autocert's HostPolicy.
func (a *ACME) ours(_ context.Context, host string) error {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if a.have[canonical(host)] == nil {
		return fmt.Errorf("%.100q is none of TAWK_TLS_DOMAINS", host)
	}
	return nil
}

// writable makes a folder that only this user may read, and tries to write there.
func writable(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return pathless(err)
	}
	trial, err := os.CreateTemp(folder, ".trial-")
	if err != nil {
		return pathless(err)
	}
	trial.Close()
	return os.Remove(trial.Name())
}

// canonical is a domain as browsers ask for it.
func canonical(domain string) string {
	if ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(domain, ".")); err == nil {
		return ascii
	}
	return strings.ToLower(domain)
}

// Run asks for the certificates that there are none of yet, until it has all or ctx ends. The authority looks whether the domains lead
// here, so the listeners must be open.
func (a *ACME) Run(ctx context.Context) {
	for domain := range a.have {
		go a.obtain(ctx, domain)
	}
}

func (a *ACME) obtain(ctx context.Context, domain string) {
	for pause := obtainAgain; ; pause = min(2*pause, longestAgain) {
		pair, err := a.manager.GetCertificate(modern(domain))
		if err == nil {
			a.have[domain].Store(true)
			a.log.Info("the certificate for browsers", "names", names(pair.Leaf), "until", pair.Leaf.NotAfter)
			return
		}
		a.log.Error("TAWK_TLS_DOMAINS: there is no certificate yet, so browsers cannot come", "domain", domain, "cause", err,
			"remedy", remedy(err), "again_in", pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
	}
}

// remedy says what can be done about a certificate that could not be had.
func remedy(err error) string {
	refused, isError := errors.AsType[*acme.Error](err)
	switch {
	case strings.Contains(err.Error(), "no viable challenge type found"): // as autocert says that each has failed
		return "the authority did not get here under that name: its DNS records must lead to this machine, and port 443 there to TAWK_LISTEN or port 80 " +
			"to TAWK_TLS_REDIRECT_LISTEN"
	case isError && refused.StatusCode == http.StatusTooManyRequests:
		return "the authority has heard too many requests: wait, and keep TAWK_TLS_CACHE from one start to the next"
	case isError:
		return "the cause is the authority's own; is TAWK_TLS_ACME_DIRECTORY one that gives certificates for this name?"
	}
	return "is the authority of TAWK_TLS_ACME_DIRECTORY reached from here, and its own certificate known, or its authority in TAWK_TLS_ACME_CA?"
}

// modern is a visitor who knows elliptic curves, as all have for a decade. So there is one certificate for a domain.
func modern(domain string) *tls.ClientHelloInfo {
	return &tls.ClientHelloInfo{ServerName: domain, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}}
}

// GetCertificate is the field of its name in [tls.Config].
func (a *ACME) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if slices.Equal(hello.SupportedProtos, []string{acme.ALPNProto}) {
		return a.manager.GetCertificate(hello) // the authority's question
	}
	domain := canonical(hello.ServerName)
	have := a.have[domain]
	if have == nil || !have.Load() {
		return nil, fmt.Errorf("there is no certificate for %.100q", domain)
	}
	pair, err := a.manager.GetCertificate(modern(domain))
	if err == nil {
		a.expiring.look(pair, time.Now())
	}
	return pair, err
}

// Plain answers the authority's questions over plain HTTP (RFC 8555 section 8.3), and has next answer all else.
func (a *ACME) Plain(next http.Handler) http.Handler { return a.manager.HTTPHandler(next) }
