package testenv

import (
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// Do sends one command and returns the first line of the reply, "" if there is none.
func (s *RedisServer) Do(words ...string) string {
	line, _, _ := strings.Cut(s.Text(words...), "\r\n")
	return line
}

// Text sends one command and returns the whole reply as it came, "" if there is none. It needs no library, so that what the
// tests write is not written by what they test.
func (s *RedisServer) Text(words ...string) string {
	conn, err := net.DialTimeout("unix", s.Socket, time.Second)
	if err != nil {
		return ""
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	var command strings.Builder
	fmt.Fprintf(&command, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&command, "$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := io.WriteString(conn, command.String()); err != nil {
		return ""
	}
	// The server hangs up when it has answered. A sentinel does not when it is told to QUIT.
	conn.(*net.UnixConn).CloseWrite()
	reply, _ := io.ReadAll(conn)
	return string(reply)
}

// Set stores a value under a key.
func (s *RedisServer) Set(key, value string) {
	s.t.Helper()
	if reply := s.Do("SET", key, value); reply != "+OK" {
		s.t.Fatalf("SET: %s", reply)
	}
}
