package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// A client is one connection of a browser. It knows just enough of HTTP/1.1 to tell where answers end, so that the machine is the
// proxies' and not its own.
type client struct {
	address    string
	connection net.Conn
	r          *bufio.Reader
}

// A reply is what was heard of an answer.
type reply struct {
	status  string
	coding  string        // of the content
	first   time.Duration // until the first byte of the body
	closing bool
}

// exchange sends a request and reads the answer to its end. Its body goes to w; nil: nowhere.
func (c *client) exchange(request []byte, w io.Writer) (a reply, err error) {
	if c.connection == nil {
		if c.connection, err = net.Dial("tcp", c.address); err != nil {
			return a, err
		}
		if c.r == nil {
			c.r = bufio.NewReaderSize(nil, 64<<10)
		}
		c.r.Reset(c.connection)
	}
	sent := time.Now()
	if _, err := c.connection.Write(request); err != nil {
		return a, err
	}
	length, err := c.head(&a)
	if err != nil {
		return a, err
	}
	if _, err := c.r.Peek(1); length != 0 && err != nil {
		return a, err
	}
	a.first = time.Since(sent)
	if length >= 0 {
		err = c.pass(w, length)
	} else {
		err = c.chunks(w)
	}
	if a.closing {
		c.close()
	}
	return a, err
}

// head reads the head of an answer. It returns the length of the body; -1: it is chunked.
func (c *client) head(a *reply) (length int, err error) {
	line, err := c.r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < len("HTTP/1.1 200") {
		return 0, fmt.Errorf("%q is no answer", line)
	}
	if a.status = "200"; string(line[9:12]) != a.status {
		a.status = string(line[9:12])
	}
	for length = -2; ; {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		name, value, more := bytes.Cut(bytes.TrimSpace(line), []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case len(name) == 0 && !more:
			if length == -2 {
				return 0, errors.New("an answer without an end")
			}
			return length, nil
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			length = -1
		case bytes.EqualFold(name, []byte("Content-Encoding")):
			a.coding = string(value)
		case bytes.EqualFold(name, []byte("Connection")):
			a.closing = bytes.EqualFold(value, []byte("close"))
		}
	}
}

func (c *client) pass(w io.Writer, length int) (err error) {
	if w == nil {
		_, err = c.r.Discard(length)
	} else {
		_, err = io.CopyN(w, c.r, int64(length))
	}
	return err
}

// chunks reads a chunked body (RFC 9112 section 7.1).
func (c *client) chunks(w io.Writer) error {
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 31)
		if err != nil {
			return err
		}
		if err := c.pass(w, int(size)); err != nil {
			return err
		}
		if _, err := c.r.Discard(len("\r\n")); err != nil || size == 0 {
			return err
		}
	}
}

func (c *client) close() {
	if c.connection != nil {
		c.connection.Close()
		c.connection = nil
	}
}
