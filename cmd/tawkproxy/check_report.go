package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// A state is how a step of [check] went.
type state int

const (
	stateOK state = iota
	stateWarning
	stateFailed
)

func (s state) String() string { return [...]string{"ok", "warning", "failed"}[s] }

// MarshalText implements [encoding.TextMarshaler].
func (s state) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// colour is the escape sequence in which a terminal shows the word (ECMA-48 section 8.3.117).
func (s state) colour() string { return [...]string{"\x1b[32m", "\x1b[33m", "\x1b[31m"}[s] }

// A checked is what one step found out.
type checked struct {
	Step   string   `json:"step"`
	State  state    `json:"state"`
	Says   string   `json:"says"`
	Remedy string   `json:"remedy,omitempty"`
	Lines  []string `json:"lines,omitempty"` // of the page, or of what was done
}

// A checkReport is what the steps say, each as soon as it is known.
type checkReport struct {
	w      io.Writer
	json   bool // all at the end, as JSON
	colour bool
	steps  []checked
	worst  state
}

// The words of a line begin at this column.
const reportIndent = 20

// add takes a step.
func (r *checkReport) add(c checked) {
	c.Says, c.Remedy = printable(c.Says), printable(c.Remedy)
	for i, line := range c.Lines {
		c.Lines[i] = printable(line)
	}
	r.steps, r.worst = append(r.steps, c), max(r.worst, c.State)
	if r.json {
		return
	}
	state := fmt.Sprintf("%-9s", c.State)
	if r.colour {
		state = c.State.colour() + state + "\x1b[0m"
	}
	fmt.Fprintf(r.w, "%s%-*s%s\n", state, reportIndent-9, c.Step, c.Says)
	indent := strings.Repeat(" ", reportIndent)
	for _, line := range c.Lines {
		fmt.Fprintf(r.w, "%s  %s\n", indent, line)
	}
	if c.Remedy != "" {
		fmt.Fprintf(r.w, "%s→ %s\n", indent, c.Remedy)
	}
}

// end says how it went in all, and returns the exit code.
func (r *checkReport) end() int {
	if r.json {
		encoder := json.NewEncoder(r.w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		_ = encoder.Encode(struct {
			State state     `json:"state"`
			Steps []checked `json:"steps"`
		}{r.worst, r.steps}) // fails only if nobody reads it
	}
	return int(r.worst)
}

// printable keeps what comes from elsewhere from moving a terminal's cursor.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
