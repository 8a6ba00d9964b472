package cert

import (
	"crypto/tls"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	// expiresSoon is when a certificate should long have been renewed: others begin 30 days before its end, and every 90 days is usual.
	expiresSoon = 7 * 24 * time.Hour
	sayAgain    = 12 * time.Hour
)

// expiring warns of a certificate that ends soon, or has.
type expiring struct {
	log  *slog.Logger
	last *atomic.Int64 // when it was said, in seconds of the Unix time
}

func newExpiring(log *slog.Logger) expiring { return expiring{log, new(atomic.Int64)} }

func (e expiring) look(pair *tls.Certificate, now time.Time) {
	last := e.last.Load()
	if now.Before(pair.Leaf.NotAfter.Add(-expiresSoon)) || now.Sub(time.Unix(last, 0)) < sayAgain || !e.last.CompareAndSwap(last, now.Unix()) {
		return
	}
	words := "the certificate for browsers ends soon: it should have been renewed"
	if now.After(pair.Leaf.NotAfter) {
		words = "the certificate for browsers has ended: they refuse the site"
	}
	e.log.Error(words, "names", names(pair.Leaf), "until", pair.Leaf.NotAfter,
		"remedy", "whatever renews it must write the files that TAWK_TLS_CERT and TAWK_TLS_KEY name; with TAWK_TLS_DOMAINS the log says why it is not renewed")
}
