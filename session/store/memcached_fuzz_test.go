package store

import (
	"bytes"
	"context"
	"io"
	"net"
	"testing"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/record"
	"tawkproxy/session/store/hashing"
)

// A saidConn is a connection to a server that says what it says, whatever it is asked.
type saidConn struct{ io.Reader }

func (saidConn) Write(p []byte) (int, error)      { return len(p), nil }
func (saidConn) Close() error                     { return nil }
func (saidConn) LocalAddr() net.Addr              { return nil }
func (saidConn) RemoteAddr() net.Addr             { return nil }
func (saidConn) SetDeadline(time.Time) error      { return nil }
func (saidConn) SetReadDeadline(time.Time) error  { return nil }
func (saidConn) SetWriteDeadline(time.Time) error { return nil }

// Whatever a server says, what comes of it is the item that was asked for, of a bounded size, or nothing; and no error quotes it.
func FuzzMemcachedReply(f *testing.F) {
	for _, reply := range []string{"END\r\n", "VALUE s:1 0 3\r\nabc\r\nEND\r\n", "VALUE s:1 5 3 77\r\nabc\r\nEND\r\n", "VALUE s:2 0 3\r\nabc\r\nEND\r\n",
		"VALUE s:1 0 4294967295\r\nabc", "CLIENT_ERROR unauthenticated\r\n", "SERVER_ERROR x\r\n", "VALUE s:1 0 3\r\nabcdef\r\nEND\r\n",
		"VALUE s:1 0 1\r\na\r\nVALUE s:1 0 4000000000\r\n", "-ERR secret\r\n", "END\r\nEND\r\n", "VALUE s:1 0 0\r\n\r\nEND\r\n"} {
		f.Add([]byte(reply))
	}
	f.Fuzz(func(t *testing.T, reply []byte) {
		s := newMemcachedServer(hashing.Place{Host: "h", Port: 1, Weight: 1}, nil, "", "", time.Minute)
		s.client.DialContext = func(context.Context, string, string) (net.Conn, error) {
			return newMemcachedConn(saidConn{bytes.NewReader(reply)}), nil
		}
		got, err := s.get(t.Context(), "s:1")
		_, certain := session.NobodyReason(err)
		switch {
		case err == nil && (!bytes.Contains(reply, []byte("VALUE s:1 ")) || !bytes.Contains(reply, got.Data) || len(got.Data) > record.MaxRecord):
			t.Errorf("%q: got %q", reply, got.Data)
		case err != nil && !certain && len(reply) > 20 && bytes.Contains([]byte(err.Error()), reply):
			t.Errorf("%q: the error quotes it: %v", reply, err)
		}
	})
}
