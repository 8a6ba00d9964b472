package proxy

import (
	"bufio"
	"net"
	"net/http"
)

// recorder is the only wrapper of a ResponseWriter. It notes what goes by, and bounds what goes ahead of an answer.
type recorder struct {
	http.ResponseWriter
	status  int // final; 0: none was written
	bytes   int64
	notice  string          // id of the line in the log that says more; "": there is none
	leaving <-chan struct{} // see [Leave]
	begun   func(int)       // see [Codes]; nil: nobody counts
}

// record returns w if it is a recorder already.
func record(w http.ResponseWriter) *recorder {
	if rec, ok := w.(*recorder); ok {
		return rec
	}
	return &recorder{ResponseWriter: w}
}

// Unwrap serves http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) WriteHeader(status int) {
	if status < 200 && status != http.StatusSwitchingProtocols {
		dropUnhinted(r.Header())
	}
	if r.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		r.begin(status)
	}
	r.ResponseWriter.WriteHeader(status)
}

// begin is called before the header of the final answer leaves.
func (r *recorder) begin(status int) {
	r.status = status
	if r.begun != nil {
		r.begun(status)
	}
	select {
	case <-r.leaving:
		if status >= 200 {
			r.Header().Set("Connection", "close")
		}
	default:
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.begin(http.StatusOK)
	}
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// Hijack notes the upgrade: its 101 is written to the bare connection, past WriteHeader.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(r.ResponseWriter).Hijack()
	if err == nil && r.status == 0 {
		r.begin(http.StatusSwitchingProtocols)
	}
	return conn, buffered, err
}
