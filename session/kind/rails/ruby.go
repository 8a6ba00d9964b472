package rails

import (
	"strings"
	"unicode"
)

// A word is one of Ruby code: a sign, a name with what it is called on, a symbol, a number or a text.
type word struct {
	kind wordKind
	text string // of a text and a symbol: what it stands for
}

type wordKind byte

const (
	wordSign wordKind = iota
	wordName
	wordSymbol // :name, or name: before a value
	wordText
	wordUnknown // a text with expressions in it
	wordEnd     // of a line
)

// maxWords bounds what is read of one file.
const maxWords = 200_000

// words takes Ruby code apart, as far as settings need it. Comments are left out.
func words(code string) []word {
	var all []word
	code = strings.ReplaceAll(code, "\r\n", "\n")
	startsLine := true
	for code != "" && len(all) < maxWords {
		c := code[0]
		switch {
		case startsLine && strings.HasPrefix(code, "=begin"):
			_, code, _ = strings.Cut(code, "\n=end")
			continue
		case startsLine && strings.HasPrefix(code, "__END__"):
			return all
		case c == '\n':
			all, code, startsLine = append(all, word{kind: wordEnd}), code[1:], true
			continue
		}
		startsLine = false
		switch {
		case c <= ' ':
			code = code[1:]
			continue
		case c == '#':
			at := strings.IndexByte(code, '\n')
			if at < 0 {
				return all
			}
			code = code[at:]
			continue
		}
		var w word
		w, code = oneWord(code)
		all = append(all, w)
	}
	return all
}

// oneWord takes the first word off, which is not a blank.
func oneWord(code string) (word, string) {
	switch c := code[0]; {
	case c == '"' || c == '\'' || c == '`':
		w, rest := quoted(code[1:], c)
		if c == '`' {
			w.kind = wordUnknown
		}
		return w, rest
	case c == ':' && len(code) > 1 && (code[1] == '"' || code[1] == '\''):
		w, rest := quoted(code[2:], code[1])
		return word{wordSymbol, w.text}, rest
	case strings.HasPrefix(code, "::"):
		return word{wordSign, "::"}, code[2:]
	case c == ':' && len(code) > 1 && nameByte(code[1]):
		n := nameLength(code[1:])
		return word{wordSymbol, code[1 : n+1]}, code[n+1:]
	case nameByte(c):
		n := nameLength(code)
		if n < len(code) && code[n] == ':' && !strings.HasPrefix(code[n:], "::") && code[0] > '9' {
			return word{wordSymbol, code[:n]}, code[n+1:]
		}
		for n < len(code) && (code[n] == '?' || code[n] == '!') {
			n++
		}
		return word{wordName, code[:n]}, code[n:]
	case strings.HasPrefix(code, "=>"), strings.HasPrefix(code, "||"), strings.HasPrefix(code, "=="):
		return word{wordSign, code[:2]}, code[2:]
	}
	return word{wordSign, code[:1]}, code[1:]
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

// quoted reads a text up to its quotation mark.
func quoted(code string, mark byte) (word, string) {
	var b strings.Builder
	w := word{kind: wordText}
	for i := 0; i < len(code); i++ {
		c := code[i]
		switch {
		case c == mark:
			w.text = b.String()
			return w, code[i+1:]
		case c == '\\' && i+1 < len(code):
			i++
			plain := map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', '\\': '\\', '"': '"', '\'': '\'', '#': '#'}
			switch to, known := plain[code[i]]; {
			case mark == '\'' && code[i] != '\'' && code[i] != '\\':
				b.WriteString(code[i-1 : i+1])
			case known:
				b.WriteByte(to)
			default:
				w.kind = wordUnknown
			}
		case c == '#' && mark == '"' && i+1 < len(code) && code[i+1] == '{':
			w.kind = wordUnknown
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return word{kind: wordUnknown}, ""
}

// A call is one of a method with arguments, such as config.session_store :cookie_store, key: "_shop_session".
type call struct {
	first string            // its first argument, if that is a symbol or a text
	named map[string]string // those with names, if they are texts or symbols
	known map[string]bool   // which names there are
	urls  []string          // texts anywhere in it that are addresses of Redis

	texts   []string // those that have no name, but for the first argument, and what :memcache_server names
	unknown bool     // something in it may be computed
}

// calls finds those of a method, or assignments to it, and reads their arguments up to the end of the line that ends them.
func calls(code, method string) []call {
	var all []call
	list := words(code)
	for i := 0; i < len(list); i++ {
		if list[i].kind == wordName && list[i].text == method {
			i++
			for i < len(list) && list[i].kind == wordSign && (list[i].text == "=" || list[i].text == "(") {
				i++
			}
			var c call
			c, i = arguments(list, i)
			all = append(all, c)
		}
	}
	return all
}

func arguments(list []word, i int) (call, int) {
	c := call{named: map[string]string{}, known: map[string]bool{}}
	depth, name := 0, ""
	for ; i < len(list); i++ {
		w := list[i]
		switch {
		case w.kind == wordEnd:
			before := list[i-1]
			if depth <= 0 && !(before.kind == wordSign && (before.text == "," || before.text == "=>" || before.text == "(" || before.text == "{")) {
				return c, i
			}
		case w.kind == wordSign && (w.text == "(" || w.text == "{" || w.text == "["):
			depth++
		case w.kind == wordSign && (w.text == ")" || w.text == "}" || w.text == "]"):
			depth--
		case w.kind == wordSymbol && i+1 < len(list) && list[i+1] == (word{wordSign, "=>"}):
			name = w.text
			c.known[name] = true
			i++
		case w.kind == wordText || w.kind == wordSymbol:
			if strings.HasPrefix(w.text, "redis://") || strings.HasPrefix(w.text, "rediss://") {
				c.urls = append(c.urls, w.text)
			}
			value := w.kind == wordText || list[i-1].kind == wordSign // name: is a symbol behind a sign, too, but one with a value behind it
			if w.kind == wordSymbol && i+1 < len(list) && list[i+1].kind != wordEnd && !(list[i+1].kind == wordSign && strings.Contains(",)}]", list[i+1].text)) {
				name = w.text
				c.known[name] = true
				continue
			}
			if w.kind == wordText && (name == "" && c.first != "" || name == "memcache_server") {
				c.texts = append(c.texts, w.text)
			}
			if name != "" && value || name != "" {
				if _, said := c.named[name]; !said {
					c.named[name] = w.text
				}
				name = ""
			} else if c.first == "" {
				c.first = w.text
			}
		case w.kind == wordSign && w.text == ",":
			name = ""
		case w.kind == wordUnknown, w.kind == wordName && unicode.IsUpper(rune(w.text[0])):
			c.unknown = true
		}
	}
	return c, i
}
