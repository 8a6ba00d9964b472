package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// healthTimeout is how long the program may take to say that it is alive; Docker's own limit is set above it.
const healthTimeout = 3 * time.Second

// health asks the program that runs with the same settings whether it is alive, for an image that has no other program to ask with. Not
// whether it is ready: what answers to a failed health check is a new start, which does not bring back a site that is down.
func health(ctx context.Context, admin string, stdout io.Writer) error {
	if admin == "" {
		return errors.New("TAWK_ADMIN_LISTEN is off, so there is nobody to ask: set it to an address, or do without the health check")
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/healthz", nil)
	if err != nil {
		return err
	}
	// Past any proxy of the environment, and to the machine itself where the setting stands for all of its addresses.
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", admin)
	}}}
	defer client.CloseIdleConnections()
	answer, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("TAWK_ADMIN_LISTEN %s: %w", admin, errors.Unwrap(err))
	}
	defer answer.Body.Close()
	words, err := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("TAWK_ADMIN_LISTEN %s answers %s", admin, answer.Status)
	}
	_, err = fmt.Fprintln(stdout, strings.TrimSpace(string(words)))
	return err
}
