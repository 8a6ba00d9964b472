package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// processes are those that were started, and end together.
type processes struct {
	ctx    context.Context
	cancel context.CancelFunc
	all    []*exec.Cmd
}

func newProcesses(ctx context.Context) *processes {
	ctx, cancel := context.WithCancel(ctx)
	return &processes{ctx: ctx, cancel: cancel}
}

// start runs a program until stop, and waits until it listens at address. It returns the process's number.
func (p *processes) start(address string, environ []string, program string, args ...string) (pid int, err error) {
	command := exec.CommandContext(p.ctx, program, args...)
	command.Env = append(os.Environ(), environ...)
	command.Stderr = os.Stderr
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 5 * time.Second
	if _, err := command.StdinPipe(); err != nil { // open as long as this process lives
		return 0, err
	}
	if err := command.Start(); err != nil {
		return 0, err
	}
	p.all = append(p.all, command)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			return command.Process.Pid, connection.Close()
		}
		if time.Now().After(deadline) || p.ctx.Err() != nil {
			return 0, fmt.Errorf("%s does not listen: %w", program, err)
		}
	}
}

// play runs this program in a role.
func (p *processes) play(role, site string) (pid int, address string, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, "", err
	}
	if address, err = freeAddress(); err != nil {
		return 0, "", err
	}
	pid, err = p.start(address, []string{roleVariable + "=" + role, listenVariable + "=" + address, siteVariable + "=" + site}, self)
	return pid, address, err
}

// stop ends them all.
func (p *processes) stop() {
	p.cancel()
	for _, command := range p.all {
		if err := command.Wait(); err != nil && !errors.Is(err, context.Canceled) && command.ProcessState == nil {
			fmt.Fprintln(os.Stderr, "bench:", command.Path+":", err)
		}
	}
}

// freeAddress returns an address on loopback at which nobody listens.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
