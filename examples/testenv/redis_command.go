package testenv

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"time"
)

// Do sends one command and returns the first line of the reply, "" if there is none. It needs no library, so that what the
// tests write is not written by what they test.
func (s *RedisServer) Do(words ...string) string {
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
	if _, err := conn.Write([]byte(command.String())); err != nil {
		return ""
	}
	line, _ := bufio.NewReader(conn).ReadString('\n')
	return strings.TrimRight(line, "\r\n")
}

// Set stores a value under a key.
func (s *RedisServer) Set(key, value string) {
	s.t.Helper()
	if reply := s.Do("SET", key, value); reply != "+OK" {
		s.t.Fatalf("SET: %s", reply)
	}
}
