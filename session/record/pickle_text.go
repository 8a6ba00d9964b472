package record

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// rawUnicode reads the text of protocol 0: Latin-1, with \uXXXX and \UXXXXXXXX for what it lacks.
func (r *pickleReader) rawUnicode(line string) any {
	var text strings.Builder
	for i := 0; i < len(line); i++ {
		digits := 0
		if line[i] == '\\' && i+1 < len(line) {
			digits = map[byte]int{'u': 4, 'U': 8}[line[i+1]]
		}
		if digits == 0 {
			text.WriteRune(rune(line[i]))
			continue
		}
		code, err := strconv.ParseUint(line[i+2:min(len(line), i+2+digits)], 16, 32)
		if err != nil || !utf8.ValidRune(rune(code)) {
			r.fail("a character that is none")
			return nil
		}
		text.WriteRune(rune(code))
		i += 1 + digits
	}
	return text.String()
}

// quoted reads the str of Python 2 in protocol 0, which is written as in a program.
func (r *pickleReader) quoted(line string) any {
	if n := len(line); n >= 2 && (line[0] == '\'' || line[0] == '"') && line[n-1] == line[0] {
		quote, rest := line[0], line[1:n-1]
		var text []byte
		for rest != "" {
			if next, ok := strings.CutPrefix(rest, `\`+string(otherQuote(quote))); ok {
				text, rest = append(text, otherQuote(quote)), next
				continue
			}
			char, multibyte, tail, err := strconv.UnquoteChar(rest, quote)
			if err != nil {
				break
			}
			if multibyte {
				text = utf8.AppendRune(text, char)
			} else {
				text = append(text, byte(char))
			}
			rest = tail
		}
		if rest == "" {
			return text
		}
	}
	r.fail("a string that is none")
	return nil
}

func otherQuote(quote byte) byte {
	if quote == '"' {
		return '\''
	}
	return '"'
}
