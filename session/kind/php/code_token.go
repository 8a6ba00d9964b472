package php

import (
	"strings"
	"unicode/utf8"
)

// A token is one word of PHP code: a sign, a name with its backslashes, a variable with its dollar sign, a number or a text.
type token struct {
	kind codeKind
	text string // of a text: what it stands for
}

type codeKind byte

const (
	codeSign codeKind = iota
	codeName
	codeVariable
	codeNumber
	codeText
	codeUnknown // a text with variables in it
)

// maxTokens bounds what is read of one file.
const maxTokens = 400_000

// tokens takes PHP code apart, as far as settings need it: what stands outside of <?php is left out, and so are comments.
func tokens(code string) []token {
	var all []token
	_, code, _ = strings.Cut(code, "<?")
	code = strings.TrimPrefix(strings.TrimPrefix(code, "php"), "=")
	for code != "" && len(all) < maxTokens {
		var t token
		skipped := false
		switch c := code[0]; {
		case c <= ' ':
			code, skipped = code[1:], true
		case strings.HasPrefix(code, "?>"):
			_, code, _ = strings.Cut(code, "<?")
			code = strings.TrimPrefix(strings.TrimPrefix(code, "php"), "=")
			t = token{codeSign, ";"}
		case c == '#' && !strings.HasPrefix(code, "#["), strings.HasPrefix(code, "//"):
			code, skipped = behindComment(code), true
		case strings.HasPrefix(code, "/*"):
			_, code, _ = strings.Cut(code[2:], "*/")
			skipped = true
		case c == '\'':
			t, code = singleQuoted(code[1:])
		case c == '"', c == '`':
			t, code = doubleQuoted(code[1:], c)
		case strings.HasPrefix(code, "<<<"):
			t, code = hereDocument(code[3:])
		case c == '$' && len(code) > 1 && nameByte(code[1]):
			n := nameLength(code[1:])
			t, code = token{codeVariable, code[:n+1]}, code[n+1:]
		case c >= '0' && c <= '9':
			n := 0
			for n < len(code) && (code[n] == '_' || code[n] >= '0' && code[n] <= '9' || code[n] >= 'a' && code[n] <= 'f' || code[n] == 'x' ||
				code[n] >= 'A' && code[n] <= 'F') {
				n++
			}
			t, code = token{codeNumber, code[:n]}, code[n:]
		case nameByte(c), c == '\\':
			n := 0
			for n < len(code) && (nameByte(code[n]) || code[n] == '\\') {
				n++
			}
			t, code = token{codeName, code[:n]}, code[n:]
		default:
			n := signLength(code)
			t, code = token{codeSign, code[:n]}, code[n:]
		}
		if !skipped {
			all = append(all, t)
		}
	}
	return all
}

// signs of more than one character, the longer ones first.
var signs = []string{"...", "===", "!==", "<=>", "??=", "**=", "?->", "=>", "->", "::", "??", "==", "!=", "<=", ">=", "&&", "||", ".=", "+=", "-=",
	"++", "--", "<<", ">>", "**"}

func signLength(code string) int {
	for _, sign := range signs {
		if strings.HasPrefix(code, sign) {
			return len(sign)
		}
	}
	_, n := utf8.DecodeRuneInString(code)
	return n
}

func nameByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

func nameLength(code string) int {
	n := 0
	for n < len(code) && nameByte(code[n]) {
		n++
	}
	return n
}

// behindComment ends a comment of one line at the line's end, or at the end of the code.
func behindComment(code string) string {
	line, rest, _ := strings.Cut(code, "\n")
	if at := strings.Index(line, "?>"); at >= 0 {
		return code[at:]
	}
	return rest
}

// singleQuoted reads a text in which only \\ and \' mean something else than themselves.
func singleQuoted(code string) (token, string) {
	var b strings.Builder
	for i := 0; i < len(code); i++ {
		switch {
		case code[i] == '\'':
			return token{codeText, b.String()}, code[i+1:]
		case code[i] == '\\' && i+1 < len(code) && (code[i+1] == '\\' || code[i+1] == '\''):
			i++
		}
		b.WriteByte(code[i])
	}
	return token{kind: codeUnknown}, ""
}

// escapes of a text in double quotes, but for those by a number.
var escapes = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'v': '\v', 'e': 27, 'f': '\f', '\\': '\\', '$': '$', '"': '"'}

// doubleQuoted reads a text in which variables are looked for; with one in it, its value is unknown.
func doubleQuoted(code string, quote byte) (token, string) {
	var b strings.Builder
	kind := codeText
	if quote == '`' {
		kind = codeUnknown
	}
	for i := 0; i < len(code); i++ {
		c := code[i]
		switch {
		case c == quote:
			return token{kind, b.String()}, code[i+1:]
		case c == '\\' && i+1 < len(code):
			i++
			if plain, known := escapes[code[i]]; known {
				b.WriteByte(plain)
				continue
			}
			if code[i] == 'x' || code[i] == 'u' || code[i] >= '0' && code[i] <= '7' {
				kind = codeUnknown
			}
			b.WriteString(code[i-1 : i+1])
			continue
		case c == '$' && i+1 < len(code) && (nameByte(code[i+1]) && code[i+1] > '9' || code[i+1] == '{'), c == '{' && i+1 < len(code) && code[i+1] == '$':
			kind = codeUnknown
		}
		b.WriteByte(c)
	}
	return token{kind: codeUnknown}, ""
}

// hereDocument leaves a text of many lines out: no setting is one.
func hereDocument(code string) (token, string) {
	line, rest, _ := strings.Cut(code, "\n")
	label := strings.Trim(strings.TrimSpace(line), `'"`)
	for label != "" && rest != "" {
		line, after, _ := strings.Cut(rest, "\n")
		if tail, ends := strings.CutPrefix(strings.TrimLeft(line, " \t"), label); ends && (tail == "" || !nameByte(tail[0])) {
			return token{kind: codeUnknown}, tail + "\n" + after
		}
		rest = after
	}
	return token{kind: codeUnknown}, ""
}
