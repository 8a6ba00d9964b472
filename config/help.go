package config

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"tawkproxy/config/setting"
)

// width is how many columns the help text takes at most.
const width = 100

// Usage writes every setting with its default and meaning, as text for a terminal.
func Usage(w io.Writer, kinds []setting.Variant) {
	for i, g := range groups(&Config{}, kinds) {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s\n", plain(g.title))
		for _, s := range g.settings {
			note := ""
			if s.fallback != "" {
				note = " (default " + s.fallback + ")"
			}
			if s.required {
				note = " (required)"
			}
			fmt.Fprintf(w, "\n  %s%s\n", strings.Join(s.variables(), " or "), note)
			for _, line := range wrap(plain(s.meaning(kinds)), width-6) {
				fmt.Fprintf(w, "      %s\n", line)
			}
		}
	}
}

// Table is every setting with its default and meaning, as Markdown.
func Table(kinds []setting.Variant) string {
	var b strings.Builder
	for _, g := range groups(&Config{}, kinds) {
		fmt.Fprintf(&b, "### %s\n\n", g.title)
		if g.kind != "" {
			fmt.Fprintf(&b, "What to set, and where to find it, stands in [sites/%s.md](sites/%[1]s.md).\n\n", g.kind)
		}
		b.WriteString("| name | default | meaning |\n|---|---|---|\n")
		for _, s := range g.settings {
			fallback := s.fallback
			if fallback != "" {
				fallback = "`" + fallback + "`"
			}
			if s.required {
				fallback = "required"
			}
			names := strings.Join(s.variables(), "` or `")
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", names, fallback, strings.ReplaceAll(s.meaning(kinds), "|", `\|`))
		}
		b.WriteString("\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// plain is Markdown as text: without the marks of code.
func plain(markdown string) string { return strings.ReplaceAll(markdown, "`", "") }

// wrap breaks a text into lines of at most so many columns; a longer word has a line of its own.
func wrap(text string, columns int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > columns {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
