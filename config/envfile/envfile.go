// Package envfile writes files of variables that systemd (EnvironmentFile=), docker (--env-file) and a POSIX shell read alike.
//
// They agree on values without quotes only. Docker takes a line as it is, quotes included (docker/cli, pkg/kvfile); systemd knows
// quotes and backslashes and drops blanks at the end (systemd, basic/env-file.c, parse_env_file); a shell knows all that, and more. So a
// value of which a sign means something to one of them is not written at all, but stands in a file of its own.
package envfile

import (
	"fmt"
	"strings"
)

// Plain tells whether a value is read alike as it is.
func Plain(value string) bool {
	for i, c := range []byte(value) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("_./:=@%+,-^?*![]", c) >= 0:
		case c == '#' && i > 0:
		default:
			return false
		}
	}
	return value != ""
}

// Quoted is a value as systemd and a shell read it, but not docker: in double quotes, with backslashes before the signs that mean
// something there. It reports false for what these two do not read alike either.
func Quoted(value string) (string, bool) {
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }) {
		return "", false
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(value) + `"`, true
}

// A Line is one of a file: a variable with its value, or a remark if it has no name.
type Line struct{ Name, Value string }

// Write makes the text of a file. Values are written as they are.
func Write(lines []Line) string {
	var b strings.Builder
	for _, line := range lines {
		switch {
		case line.Name != "":
			fmt.Fprintf(&b, "%s=%s\n", line.Name, line.Value)
		case line.Value == "":
			b.WriteString("\n")
		default: // a backslash at its end would join the next line to it, in systemd
			b.WriteString("# " + strings.TrimRight(strings.Map(printable, line.Value), `\ `) + "\n")
		}
	}
	return b.String()
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return ' '
	}
	return r
}
