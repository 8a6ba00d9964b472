package proxy

import (
	"net/http"
	"time"
)

// FirstByte tells how long the site takes for the header of each answer, from the moment when a connection to it is looked for.
func FirstByte(took func(time.Duration)) func(http.RoundTripper) http.RoundTripper {
	return func(base http.RoundTripper) http.RoundTripper { return firstByte{base, took} }
}

type firstByte struct {
	base http.RoundTripper
	took func(time.Duration)
}

func (f firstByte) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	answer, err := f.base.RoundTrip(r)
	if err == nil {
		f.took(time.Since(began))
	}
	return answer, err
}
