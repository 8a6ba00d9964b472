package proxy

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"
)

// A Server is the program's listeners and what answers on them.
type Server struct {
	Listen string       // TCP address for browsers, as for net.Listen
	Site   http.Handler // answers there

	TLS      *tls.Config  // how TLS is spoken there; nil: it is not
	Redirect string       // TCP address where Plain answers; "": none
	Plain    http.Handler // leads browsers from http to https

	Admin  string       // TCP address for probes; "": none
	Health http.Handler // answers there

	Fronts string         // the site's address, named in the ready line
	Ready  func(net.Addr) // called with the address for browsers once both listeners are open; nil: nobody needs it
	Drain  time.Duration  // how long running requests may take to finish; 0: 10 s

	// Bounds on what browsers may do.
	Connections int           // at the same time; 0: 4096
	HeaderBytes int           // of one request; 0: 64 KiB
	HeaderTime  time.Duration // for one request, and for a TLS handshake; 0: 20 s
	IdleTime    time.Duration // for the next request on a connection; 0: 620 s
	H2C         bool          // they, or rather a proxy in front, may speak HTTP/2 without TLS (RFC 9113 section 3.3)

	Errors *ErrorPages // for requests that do not get as far as Site; nil: those of a site without a name

	Log *slog.Logger
}

// settleFor is how long those may take for their first request who connected just before a stop.
const settleFor = 500 * time.Millisecond

// Serve listens until ctx ends, then lets running requests finish, while new connections are refused. It says that it is
// ready once both listeners are open. It returns nil after a clean stop, and an error if a listener fails or requests had to
// be cut off.
func (s Server) Serve(ctx context.Context) error {
	site, err := listen("TAWK_LISTEN", s.Listen)
	if err != nil {
		return err
	}
	pages := withPages(s.Errors, s.Log)
	visitors := newCrowd(site, cmp.Or(s.Connections, defaultConnections), pages)
	defer visitors.Close()
	ready := []any{"listen", site.Addr().String(), "site", s.Fronts}
	siteServer := s.server(bounds(s.Site, s.headerBytes(), pages))
	siteServer.ConnState = visitors.state
	siteServer.ConnContext = withHeads
	var open net.Listener = visitors
	if s.TLS != nil {
		open = newHandshakes(visitors, s.TLS, siteServer.ReadHeaderTimeout)
		ready = append(ready, "tls", true)
	}
	ended := make(chan error, 3)
	if s.Redirect != "" {
		plain, err := listen("TAWK_TLS_REDIRECT_LISTEN", s.Redirect)
		if err != nil {
			return err
		}
		plainVisitors := newCrowd(plain, visitors.most, pages)
		plainServer := s.server(bounds(s.Plain, s.headerBytes(), pages))
		plainServer.ConnState, plainServer.ConnContext = plainVisitors.state, withHeads
		defer plainServer.Close() // it has nothing to finish
		go func() { ended <- plainServer.Serve(plainVisitors) }()
		ready = append(ready, "redirect", plain.Addr().String())
	}
	if s.Admin != "" {
		admin, err := listen("TAWK_ADMIN_LISTEN", s.Admin)
		if err != nil {
			return err
		}
		adminServer := s.server(s.Health)
		defer adminServer.Close() // last, so that probes hear of the stop
		go func() { ended <- adminServer.Serve(admin) }()
		ready = append(ready, "admin", admin.Addr().String())
	}
	go func() { ended <- siteServer.Serve(open) }()
	s.Log.Info("ready", ready...)
	if s.Ready != nil {
		s.Ready(site.Addr())
	}

	select {
	case err := <-ended:
		siteServer.Close()
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	// Those who connected before this moment are heard: Go's server would hang up on a request that it reads during a stop.
	visitors.Close()
	visitors.settle(settleFor)
	return s.drain(siteServer)
}

// listen opens the listener that a setting names.
func listen(setting, address string) (*net.TCPListener, error) {
	listener, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s: %w: stop what listens there, or write another port", setting, err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("%s: %w: this machine has no such address; :port stands for all that it has", setting, err)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%s: %w: a port from 1024 up needs no rights", setting, err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	return listener.(*net.TCPListener), nil
}

func (s Server) drain(server *http.Server) error {
	bound := s.Drain
	if bound == 0 {
		bound = 10 * time.Second
	}
	s.Log.Info("stopping: running requests may finish", "within", bound)
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		server.Close()
		return fmt.Errorf("stop: requests still running after %s were cut off: TAWK_STOP_TIMEOUT is how long they may take", bound)
	}
	return err
}

func (s Server) headerBytes() int { return cmp.Or(s.HeaderBytes, 64<<10) }

// server returns a server without limits on the time of a body: uploads and streams may be long.
func (s Server) server(handler http.Handler) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(s.TLS != nil)
	protocols.SetUnencryptedHTTP2(s.H2C) // some ingresses speak nothing else to a backend
	return &http.Server{
		Handler:   handler,
		Protocols: protocols,
		// Go allows 4 KiB more of a request in HTTP/1. In HTTP/2 it counts each field as it is after decompression, and 32 bytes
		// beside (RFC 9113 section 6.5.2), and allows ten times that more. What is within the slack bounds refuses.
		MaxHeaderBytes:    s.headerBytes() + headerSlack,
		ReadHeaderTimeout: cmp.Or(s.HeaderTime, 20*time.Second),
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: 100, // the least that RFC 9113 section 6.5.2 recommends
			// The least there is. Go's server has memory for a whole frame as soon as its length has arrived.
			MaxReadFrameSize: 16 << 10,
			// HTTP/2 has no time for a header. Who is in the midst of one cannot answer a ping.
			SendPingTimeout: cmp.Or(s.HeaderTime, 20*time.Second),
			PingTimeout:     cmp.Or(s.HeaderTime, 20*time.Second) / 2,
		},
		// Longer than load balancers keep theirs (nginx and Amazon's 60 s, Google's 600 s): a request on a connection that is
		// just being closed from this end would be lost.
		IdleTimeout:                  cmp.Or(s.IdleTime, 620*time.Second),
		DisableGeneralOptionsHandler: true, // "OPTIONS *" is the site's to answer
		ErrorLog:                     slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
}
