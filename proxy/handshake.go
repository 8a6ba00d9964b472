package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// A wire carries requests: TCP, or TLS upon that.
type wire interface {
	net.Conn
	CloseWrite() error
}

// layer is what the bytes are that come in at a visit.
type layer int

const (
	requests  layer = iota
	records         // TLS (RFC 8446 section 5.1), and nobody here sees what is in it: a handshake, or HTTP/2
	contained       // TLS, of which a secured sees the content
)

// secured is a visit whose requests come in HTTP/1 over TLS. They are looked at and bounded as those of others are. Over HTTP/2 that
// is left to Go's server, which gets the bare TLS.
type secured struct {
	*tls.Conn
	visit *visit
}

func (s *secured) Read(p []byte) (int, error)  { return s.visit.read(s.Conn, p) }
func (s *secured) Write(p []byte) (int, error) { return s.visit.write(s.Conn, p) }

// visitOf returns the visit that a connection of the server is, or nil.
func visitOf(conn net.Conn) *visit {
	switch conn := conn.(type) {
	case *visit:
		return conn
	case *secured:
		return conn.visit
	case *tls.Conn:
		v, _ := conn.NetConn().(*visit)
		return v
	}
	return nil
}

// handshakes is the listener for visitors over TLS: each connection is handed on when its handshake is over. Until then it counts among
// those of the crowd that have sent no request yet, and goes before others when there is no room.
type handshakes struct {
	*crowd
	config *tls.Config
	bound  time.Duration // on each

	done   chan net.Conn
	over   chan struct{} // closed when no more can come
	closed chan struct{} // nobody waits for them
	once   sync.Once
}

func newHandshakes(c *crowd, config *tls.Config, bound time.Duration) *handshakes {
	h := &handshakes{crowd: c, config: config, bound: bound,
		done: make(chan net.Conn), over: make(chan struct{}), closed: make(chan struct{})}
	go h.run()
	return h
}

// run takes connections in until the crowd is closed. Those that have come by then are handed on.
func (h *handshakes) run() {
	defer close(h.over)
	var all sync.WaitGroup
	defer all.Wait()
	for pause := time.Duration(0); ; {
		conn, err := h.crowd.Accept()
		switch {
		case err == nil:
			pause = 0
			all.Go(func() { h.receive(conn.(*visit)) })
		case errors.Is(err, net.ErrClosed):
			return
		default: // such as too many open files; http.Server does the same
			pause = min(max(2*pause, 5*time.Millisecond), time.Second)
			h.pages.log.Error("a visitor's connection cannot be taken in", "error", err)
			time.Sleep(pause)
		}
	}
}

func (h *handshakes) receive(v *visit) {
	conn, err := h.greet(v)
	if err != nil {
		h.pages.log.Debug("a TLS handshake failed", "error", err)
		v.Close()
		return
	}
	select {
	case h.done <- conn:
	case <-h.closed:
		conn.Close()
	}
}

// greet does the handshake, and returns what speaks HTTP.
func (h *handshakes) greet(v *visit) (net.Conn, error) {
	v.layer = records
	v.SetDeadline(time.Now().Add(h.bound))
	conn := tls.Server(v, h.config)
	if err := conn.HandshakeContext(context.Background()); err != nil {
		if bare, ok := errors.AsType[tls.RecordHeaderError](err); ok && bare.Conn != nil {
			h.pages.hand(v.TCPConn, &v.heads, http.StatusBadRequest, h.pages.refused(http.StatusBadRequest,
				"it is not in TLS, which is spoken here: if it comes from a proxy in front, let that speak https:// here"))
			v.CloseWrite()
		}
		return nil, err
	}
	v.SetDeadline(time.Time{})
	switch conn.ConnectionState().NegotiatedProtocol {
	case "h2":
		return conn, nil
	case "", "http/1.1":
		v.layer = contained
		return &secured{conn, v}, nil
	}
	return nil, errors.New("this was not a visitor's") // but ACME's, which has seen what it wanted (RFC 8737 section 3)
}

// Accept implements net.Listener.
func (h *handshakes) Accept() (net.Conn, error) {
	select {
	case conn := <-h.done:
		return conn, nil
	case <-h.over:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener. Connections in the midst of a handshake are not handed on any more.
func (h *handshakes) Close() error {
	h.once.Do(func() { close(h.closed) })
	return h.crowd.Close()
}
