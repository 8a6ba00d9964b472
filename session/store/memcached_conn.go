package store

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"tawkproxy/session/record"
)

// A memcachedError is what a server has answered instead of an item.
type memcachedError struct {
	fault Fault
	text  string
}

func (e memcachedError) Error() string { return "memcached: " + e.text }

var (
	errNotMemcached = memcachedError{NotMemcached, "what answers does not speak the text protocol of memcached"}
	errNoPassword   = memcachedError{Password, "the server wants a user and a password"}
	errBadPassword  = memcachedError{Password, "user or password are wrong"}
	errServer       = memcachedError{"", "the server reports an error of its own"}
)

// A memcachedConn looks at the first line of each reply before the library does, which would make room for whatever size stands there.
type memcachedConn struct {
	net.Conn
	replies *bufio.Reader
	asked   bool   // nothing of the reply to the last question was read yet
	line    string // of the reply, which the library has yet to read
}

func newMemcachedConn(conn net.Conn) *memcachedConn {
	const longestLine = 512 // VALUE, a key of 250 bytes, three numbers
	return &memcachedConn{Conn: conn, replies: bufio.NewReaderSize(conn, longestLine)}
}

func (c *memcachedConn) Write(question []byte) (int, error) {
	if c.replies.Buffered() > 0 || len(c.line) > 0 {
		return 0, errNotMemcached // it says more than it was asked
	}
	c.asked = true
	return c.Conn.Write(question)
}

func (c *memcachedConn) Read(p []byte) (int, error) {
	if c.asked {
		line, err := c.readLine()
		if err == nil {
			err = judgeReply(line)
		}
		if err != nil {
			return 0, err
		}
		c.line, c.asked = line, false
	}
	if len(c.line) > 0 {
		n := copy(p, c.line)
		c.line = c.line[n:]
		return n, nil
	}
	return c.replies.Read(p)
}

// judgeReply judges the first line of the reply to a get.
func judgeReply(line string) error {
	fields := strings.Fields(line)
	switch {
	case line == "END\r\n":
		return nil
	case len(fields) >= 4 && fields[0] == "VALUE":
		size, err := strconv.ParseUint(fields[3], 10, 32)
		switch {
		case err != nil:
			return errNotMemcached
		case size > record.MaxRecord:
			return errItemSize
		}
		return nil
	case strings.HasPrefix(line, "CLIENT_ERROR unauthenticated"):
		return errNoPassword
	case strings.HasPrefix(line, "SERVER_ERROR "):
		return errServer
	}
	return errNotMemcached
}

// dial connects to the server.
func (s *memcachedServer) dial(ctx context.Context) (net.Conn, error) {
	raw, err := new(net.Dialer).DialContext(ctx, s.place.network(), s.place.address())
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err) // wrapped, so that the library does not replace it
	}
	if s.secure != nil {
		secured := tls.Client(raw, s.secure)
		if err := secured.HandshakeContext(ctx); err != nil {
			_ = raw.Close()
			return nil, fmt.Errorf("dial: %w", err)
		}
		raw = secured
	}
	conn := newMemcachedConn(raw)
	if s.user != "" {
		deadline, _ := ctx.Deadline()
		_ = raw.SetDeadline(deadline)
		if err := conn.authenticate(s.user, s.password); err != nil {
			_ = raw.Close()
			return nil, fmt.Errorf("dial: %w", err)
		}
		_ = raw.SetDeadline(time.Time{})
	}
	return conn, nil
}

// authenticate sends user and password in the text protocol (memcached's protocol.txt, Authentication). They look like an item to be
// stored, and on a server that wants none would be stored indeed: so it is asked first whether it does.
func (c *memcachedConn) authenticate(user, password string) error {
	line, err := c.exchange("get tawkproxy\r\n")
	if err != nil || line == "END\r\n" {
		return err
	}
	if !strings.HasPrefix(line, "CLIENT_ERROR unauthenticated") {
		return errNotMemcached
	}
	account := user + " " + password
	line, err = c.exchange(fmt.Sprintf("set auth 0 0 %d\r\n%s\r\n", len(account), account))
	if err == nil && line != "STORED\r\n" {
		return errBadPassword
	}
	return err
}

// exchange sends words, and reads one line.
func (c *memcachedConn) exchange(words string) (line string, err error) {
	if _, err := c.Conn.Write([]byte(words)); err != nil {
		return "", err
	}
	return c.readLine()
}

// readLine reads a line as it came.
func (c *memcachedConn) readLine() (string, error) {
	text, err := c.replies.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		err = errNotMemcached
	}
	return string(text), err
}
