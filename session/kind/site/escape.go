package site

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unescaped is a part of a script, with the escapes of its string literals resolved (ECMA-262 section 12.9.4, legacy ones as well,
// RFC 8259 section 7). It reports false if an escape is damaged, or only partly in the part: then what is there is not what was written.
func unescaped(script string, from, to int) (text string, whole bool) {
	for i := max(0, from-longestEscape); i < from; i++ {
		if script[i] == '\\' && begins(script, i) {
			if _, n := escape(script[i:]); i+n > from {
				return "", false
			}
		}
	}
	part := script[from:to]
	if !strings.Contains(part, `\`) {
		return part, true
	}
	var b strings.Builder
	for part != "" {
		i := strings.IndexByte(part, '\\')
		if i < 0 {
			b.WriteString(part)
			break
		}
		b.WriteString(part[:i])
		from += i
		value, n := escape(script[from:])
		if n == 0 || from+n > to {
			return "", false
		}
		b.WriteString(value)
		from += n
		part = script[from:to]
	}
	return b.String(), true
}

// longestEscape is as many bytes as an escape has at most: two halves of a character.
const longestEscape = len(`\ud83d\ude00`)

// begins tells whether the backslash at i is not escaped itself.
func begins(script string, i int) bool {
	before := script[:i]
	return (len(before)-len(strings.TrimRight(before, `\`)))%2 == 0
}

// plainEscapes are those of one letter that do not stand for it.
var plainEscapes = map[byte]string{'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v"}

// escape reads the escape with which a text begins, and tells how many bytes it takes; none if it is damaged.
func escape(text string) (value string, n int) {
	if len(text) < 2 {
		return "", 0
	}
	switch c := text[1]; {
	case c == 'x':
		r, n := hexadecimal(text, 2, 2)
		return string(r), n
	case strings.HasPrefix(text, `\u{`):
		end := strings.IndexByte(text[:min(len(text), longestEscape)], '}')
		r, n := hexadecimal(text, 3, end-3)
		if n == 0 || r > utf8.MaxRune {
			return "", 0
		}
		return string(r), n + 1
	case c == 'u':
		r, n := hexadecimal(text, 2, 4)
		if n > 0 && utf16.IsSurrogate(r) && strings.HasPrefix(text[n:], `\u`) {
			if low, more := hexadecimal(text[n:], 2, 4); more > 0 && utf16.DecodeRune(r, low) != utf8.RuneError {
				return string(utf16.DecodeRune(r, low)), n + more
			}
		}
		return string(r), n
	case c >= '0' && c <= '7':
		for n = 2; n < min(len(text), 4) && text[n] >= '0' && text[n] <= '7'; n++ {
		}
		if n == 4 && c > '3' {
			n = 3
		}
		code, _ := strconv.ParseUint(text[1:n], 8, 8)
		return string(rune(code)), n
	case strings.HasPrefix(text[1:], "\r\n"):
		return "", 3
	case c == '\n', c == '\r':
		return "", 2
	}
	r, size := utf8.DecodeRuneInString(text[1:])
	switch {
	case r == '\u2028', r == '\u2029':
		return "", 1 + size
	case plainEscapes[text[1]] != "":
		return plainEscapes[text[1]], 2
	}
	return text[1 : 1+size], 1 + size
}

// hexadecimal reads so many digits at a place in a text, and returns where they end; 0 if they are not all there.
func hexadecimal(text string, at, digits int) (r rune, end int) {
	if digits < 1 || len(text) < at+digits {
		return 0, 0
	}
	code, err := strconv.ParseUint(text[at:at+digits], 16, 31)
	if err != nil {
		return 0, 0
	}
	return rune(code), at + digits
}
