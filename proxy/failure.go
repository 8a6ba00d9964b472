package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"syscall"
)

// statusClientGone is what the log shows when the browser went away before there was an answer; nginx calls it so too.
const statusClientGone = 499

// A failure is what an exchange without a usable answer comes to. Cause and remedy are texts from a closed list, for the
// operator; they are empty if the browser is to blame and nothing needs mending.
type failure struct {
	status        int
	cause, remedy string
}

// failureOf maps the error of an exchange with the site to what the browser gets and the operator reads. It is the only
// place that knows.
func failureOf(err error) failure {
	var (
		tooLarge    *http.MaxBytesError
		fromBrowser uploadError
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		noTLS       tls.RecordHeaderError
		network     net.Error
		refused     *net.OpError
	)
	switch {
	case errors.As(err, &tooLarge):
		return failure{status: http.StatusRequestEntityTooLarge}
	case errors.As(err, &fromBrowser):
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network) {
			return failure{status: statusClientGone}
		}
		return failure{status: http.StatusBadRequest}
	case errors.Is(err, context.Canceled):
		return failure{status: statusClientGone}
	case errors.As(err, &name):
		return failure{http.StatusBadGateway, "has a name that cannot be resolved", "is it spelt right, and known here?"}
	case errors.Is(err, syscall.ECONNREFUSED):
		return failure{http.StatusBadGateway, "refused the connection", "is the site running, and listening there?"}
	case errors.Is(err, fs.ErrNotExist):
		return failure{http.StatusBadGateway, "does not exist", "is the site running, and its socket's folder mounted here?"}
	case errors.Is(err, fs.ErrPermission):
		return failure{http.StatusBadGateway, "may not be opened", "the proxy's user needs write permission on the socket"}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return failure{http.StatusBadGateway, "cannot be reached from here", "is the address right, and the network up?"}
	case errors.As(err, &certificate):
		return failure{http.StatusBadGateway, "has a certificate that is not trusted",
			"name the host that stands in it, and its authority's file in TAWK_UPSTREAM_CA"}
	case errors.As(err, &refused) && refused.Op == "remote error": // as crypto/tls says whose alert it is
		return failure{http.StatusBadGateway, "broke off the TLS handshake", "if it wants a certificate, set TAWK_UPSTREAM_CERT and TAWK_UPSTREAM_KEY"}
	case errors.As(err, &noTLS):
		return failure{http.StatusBadGateway, "does not speak TLS", "write http:// in place of https://, or another port"}
	case errors.As(err, &network) && network.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return failure{http.StatusGatewayTimeout, "did not answer in time", "is it overloaded, or is a firewall in between? TAWK_UPSTREAM_ANSWER_TIMEOUT, if it is set, may be too short"}
	}
	return failure{http.StatusBadGateway, "hung up before it had answered, or gave no HTTP answer",
		"the site's own log may say why; is that its HTTP port?"}
}
