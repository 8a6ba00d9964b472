package python

import (
	"strings"
	"unicode/utf8"
)

// A word is one of Python code: a sign, a name, a number or a text.
type word struct {
	kind wordKind
	text string // of a text: what it stands for
}

type wordKind byte

const (
	wordSign wordKind = iota
	wordName
	wordNumber
	wordText
	wordUnknown // one with expressions in it
)

// statements are the logical lines of Python code that are not indented.
func statements(code string) [][]word {
	var all [][]word
	var line []word
	depth, indented, total := 0, false, 0
	code = strings.ReplaceAll(code, "\r\n", "\n")
	end := func() {
		if len(line) > 0 && !indented {
			all = append(all, line)
		}
		line = nil
	}
	indented = strings.HasPrefix(code, " ") || strings.HasPrefix(code, "\t")
	for code != "" && total < maxWords {
		switch c := code[0]; {
		case c == '\n':
			code = code[1:]
			if depth == 0 {
				end()
				indented = strings.HasPrefix(code, " ") || strings.HasPrefix(code, "\t")
			}
			continue
		case c == ';' && depth == 0:
			code = code[1:]
			end()
			continue
		case c <= ' ':
			code = code[1:]
			continue
		case c == '#':
			if at := strings.IndexByte(code, '\n'); at >= 0 {
				code = code[at:]
			} else {
				code = ""
			}
			continue
		case c == '\\' && strings.HasPrefix(code[1:], "\n"):
			code = code[2:]
			continue
		}
		var w word
		w, code = oneWord(code)
		if w.kind == wordSign {
			switch w.text {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				depth = max(0, depth-1)
			}
		}
		line, total = append(line, w), total+1
	}
	end()
	return all
}

// oneWord takes the first word off, which is not a blank.
func oneWord(code string) (word, string) {
	n := 0
	for n < len(code) && nameByte(code[n]) {
		n++
	}
	if quote := code[n:]; n <= 2 && quote != "" && (quote[0] == '"' || quote[0] == '\'') && prefixed(code[:n]) {
		return quotedText(strings.ToLower(code[:n]), quote)
	}
	switch {
	case n > 0 && code[0] >= '0' && code[0] <= '9':
		return word{wordNumber, code[:n]}, code[n:]
	case n > 0:
		return word{wordName, code[:n]}, code[n:]
	}
	for _, sign := range []string{"**", "//", "==", "!=", "<=", ">=", ":=", "->", "+=", "-="} {
		if strings.HasPrefix(code, sign) {
			return word{wordSign, sign}, code[len(sign):]
		}
	}
	_, n = utf8.DecodeRuneInString(code)
	return word{wordSign, code[:n]}, code[n:]
}

func nameByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

// prefixed tells whether these letters may stand before a quotation mark.
func prefixed(letters string) bool {
	return strings.Trim(strings.ToLower(letters), "rbuf") == ""
}

// quotedText reads a text, whose quotation marks may be three.
func quotedText(prefix, code string) (word, string) {
	quote := code[:1]
	if strings.HasPrefix(code, strings.Repeat(quote, 3)) {
		quote = code[:3]
	}
	raw := strings.Contains(prefix, "r")
	w := word{kind: wordText}
	if strings.Contains(prefix, "f") {
		w.kind = wordUnknown
	}
	var b strings.Builder
	for i := len(quote); i < len(code); i++ {
		switch c := code[i]; {
		case strings.HasPrefix(code[i:], quote):
			w.text = b.String()
			return w, code[i+len(quote):]
		case c == '\n' && len(quote) == 1:
			return word{kind: wordUnknown}, code[i:]
		case c == '\\' && raw && i+1 < len(code):
			b.WriteString(code[i : i+2])
			i++
		case c == '\\' && i+1 < len(code):
			i++
			if plain, known := map[byte]string{'n': "\n", 't': "\t", 'r': "\r", '\\': `\`, '\'': "'", '"': `"`, '\n': ""}[code[i]]; known {
				b.WriteString(plain)
				continue
			}
			if strings.IndexByte("xuUN01234567abfv", code[i]) >= 0 {
				w.kind = wordUnknown
			}
			b.WriteString(code[i-1 : i+1])
		default:
			b.WriteByte(c)
		}
	}
	return word{kind: wordUnknown}, ""
}
