package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"strconv"
	"time"
)

// serveSite plays the site. It is as lean as can be, so that the machine is the proxies' and not its own: it knows just enough of HTTP
// for them.
func serveSite(listener net.Listener) {
	all := answers()
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer connection.Close()
			for r := bufio.NewReaderSize(connection, 32<<10); answerOne(connection, r, all) == nil; {
			}
		}()
	}
}

// answerOne answers the next request of a connection.
func answerOne(w io.Writer, r *bufio.Reader, all map[string]*answer) error {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	_, target, _ := bytes.Cut(line, []byte(" "))
	path, _, _ := bytes.Cut(target, []byte(" "))
	a := all[string(path)]
	takesGzip, length := false, 0
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		name, value, more := bytes.Cut(bytes.TrimSpace(line), []byte(":"))
		switch {
		case !more:
		case bytes.EqualFold(name, []byte("Accept-Encoding")):
			takesGzip = bytes.Contains(value, []byte("gzip"))
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
		if len(name) == 0 {
			break
		}
	}
	if _, err := io.CopyN(io.Discard, r, int64(length)); err != nil {
		return err
	}
	switch {
	case a == nil:
		a = &answer{pieces: [][]byte{[]byte("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")}}
	case a.packed != nil && takesGzip:
		a = a.packed
	}
	for i, piece := range a.pieces {
		if i == 1 && a.rests > 0 {
			time.Sleep(a.rests)
		}
		if _, err := w.Write(piece); err != nil {
			return err
		}
	}
	return nil
}
