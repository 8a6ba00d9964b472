package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// A terminal is where a person sits.
type terminal struct {
	in    *os.File
	lines *bufio.Reader
	out   io.Writer
}

// newTerminal is the terminal of two files, or nil if they are none, so that nobody can be asked.
func newTerminal(in *os.File, out *os.File) asker {
	if !term.IsTerminal(int(in.Fd())) || !term.IsTerminal(int(out.Fd())) {
		return nil
	}
	return &terminal{in: in, lines: bufio.NewReader(in), out: out}
}

var errInterrupted = errors.New("interrupted; nothing was written")

func (t *terminal) ask(ctx context.Context, secret bool, question string) (string, error) {
	fmt.Fprint(t.out, question)
	before, err := term.GetState(int(t.in.Fd()))
	if err != nil {
		return "", err
	}
	type reply struct {
		text string
		err  error
	}
	said := make(chan reply, 1)
	go func() {
		if secret {
			text, err := term.ReadPassword(int(t.in.Fd()))
			said <- reply{string(text), err}
			return
		}
		text, err := t.lines.ReadString('\n')
		said <- reply{text, err}
	}()
	select {
	case r := <-said:
		if secret {
			fmt.Fprintln(t.out)
		}
		if errors.Is(r.err, io.EOF) {
			return "", errInterrupted
		}
		return r.text, r.err
	case <-ctx.Done():
		_ = term.Restore(int(t.in.Fd()), before) // what is typed next is shown again
		fmt.Fprintln(t.out)
		return "", errInterrupted
	}
}
