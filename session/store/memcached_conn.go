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

// A memcachedConn judges each line of a reply before the library does, which would make room for whatever size stands there, and lets one
// item through and no more.
type memcachedConn struct {
	net.Conn
	replies *bufio.Reader
	await   replyPart
	key     string // that was asked for
	line    string // which the library has yet to read
	body    int    // bytes of the item, and of the end of its line, that are yet to come
}

// A replyPart is what comes next.
type replyPart byte

const (
	nothing replyPart = iota
	itemOrEnd
	end
)

func newMemcachedConn(conn net.Conn) *memcachedConn {
	const longestLine = 512 // VALUE, a key of 250 bytes, three numbers
	return &memcachedConn{Conn: conn, replies: bufio.NewReaderSize(conn, longestLine)}
}

func (c *memcachedConn) Write(question []byte) (int, error) {
	if c.await != nothing || c.replies.Buffered() > 0 || len(c.line) > 0 {
		return 0, errNotMemcached // it says more than it was asked
	}
	c.await = itemOrEnd
	_, c.key, _ = strings.Cut(strings.TrimSuffix(string(question), "\r\n"), " ")
	return c.Conn.Write(question)
}

func (c *memcachedConn) Read(p []byte) (n int, err error) {
	if len(c.line) == 0 && c.body == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	if len(c.line) > 0 {
		n = copy(p, c.line)
		c.line = c.line[n:]
		return n, nil
	}
	n, err = c.replies.Read(p[:min(len(p), c.body)])
	c.body -= n
	return n, err
}

// next reads and judges the next line.
func (c *memcachedConn) next() error {
	if c.await == nothing {
		return errNotMemcached
	}
	line, err := c.readLine()
	if err != nil {
		return err
	}
	size, err := judgeReply(line, c.key)
	switch {
	case err != nil:
		return err
	case size < 0:
		c.await = nothing
	case c.await == end:
		return errNotMemcached // another item
	default:
		c.await, c.body = end, size+len("\r\n")
	}
	c.line = line
	return nil
}

// judgeReply judges a line of the reply to a get of a key: it is the end, which is of less than no bytes, or says how many an item has.
func judgeReply(line, key string) (size int, err error) {
	fields := strings.Split(strings.TrimSuffix(line, "\r\n"), " ")
	switch {
	case line == "END\r\n":
		return -1, nil
	case fields[0] == "VALUE" && (len(fields) == 4 || len(fields) == 5) && fields[1] == key:
		size, err := strconv.ParseUint(fields[3], 10, 32)
		switch {
		case err != nil:
			return 0, errNotMemcached
		case size > record.MaxRecord:
			return 0, errItemSize
		}
		return int(size), nil
	case strings.HasPrefix(line, "CLIENT_ERROR unauthenticated"):
		return 0, errNoPassword
	case strings.HasPrefix(line, "SERVER_ERROR "):
		return 0, errServer
	}
	return 0, errNotMemcached
}

// dial connects to the server.
func (s *memcachedServer) dial(ctx context.Context) (net.Conn, error) {
	raw, err := new(net.Dialer).DialContext(ctx, s.place.Network(), s.place.Address())
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
