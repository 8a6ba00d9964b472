package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"

	"tawkproxy/config"
)

// A supervisor is who started the program and wants to hear how it is: systemd with Type=notify, by the datagrams of sd_notify(3).
type supervisor struct{ socket string } // path of a Unix socket, abstract with an @ in front; "": nobody wants to hear

// stopMargin is what a stop may take beside the times that are set for it.
const stopMargin = 5 * time.Second

// newSupervisor finds it in the environment.
func newSupervisor(environ []string) supervisor {
	socket, _ := lookup(environ, "NOTIFY_SOCKET")
	return supervisor{socket}
}

// ready says that visitors may come; after a reload, too.
func (s supervisor) ready() error { return s.tell("READY=1") }

// reloading says that settings are being read again, until ready is called. By the time, of CLOCK_MONOTONIC, systemd tells the
// answer to its signal from an earlier one (Type=notify-reload in systemd.service(5)).
func (s supervisor) reloading() error {
	return s.tell(fmt.Sprintf("RELOADING=1\nMONOTONIC_USEC=%d", monotonic().Microseconds()))
}

// stopping says that the end has begun, and how long it may take: the unit's TimeoutStopSec shall not cut off what the settings allow.
func (s supervisor) stopping(within time.Duration) error {
	return s.tell(fmt.Sprintf("STOPPING=1\nEXTEND_TIMEOUT_USEC=%d", within.Microseconds()))
}

// serve runs the proxy until ctx ends, and tells how it is. Again reads the settings once more, at each SIGHUP.
func (s supervisor) serve(ctx context.Context, cfg *config.Config, again func() (*config.Config, error), stderr io.Writer) error {
	told := make(chan struct{})
	keep := context.AfterFunc(ctx, func() {
		defer close(told)
		_ = s.stopping(cfg.Site.StopDelay + cfg.Site.StopTimeout + stopMargin) // whoever cannot hear it was named at the start
	})
	err := serve(ctx, cfg, stderr, outside{
		again: func() (*config.Config, error) {
			_ = s.reloading()
			return again()
		},
		reloaded: func() { _ = s.ready() },
		ready: func(net.Addr) {
			if err := s.ready(); err != nil {
				newLogger(cfg, stderr).Warn("NOTIFY_SOCKET: whoever started tawkproxy there cannot be told how it is", "error", err)
			}
		},
	})
	if !keep() {
		<-told
	}
	return err
}

func (s supervisor) tell(state string) error {
	if s.socket == "" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: s.socket, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Write([]byte(state))
	return err
}
