package cookie

import (
	"strings"
	"unicode"
)

// asciiBlanks are what Python's bytes and regular expressions take for blanks.
const asciiBlanks = " \t\n\r\v\f"

// werkzeugCookies reads cookies as Werkzeug does since 2.3, and so Flask (werkzeug/sansio/http.py, parse_cookie): the first of a
// name counts. A value in quotation marks may hold semicolons. Blanks around are those of Latin-1, in which the header is read.
func werkzeugCookies(header string) Cookies { return werkzeugPairs(header, trimLatin1) }

// oldWerkzeugCookies reads them as before (werkzeug/_internal.py, _cookie_parse_impl), when blanks were those of ASCII.
func oldWerkzeugCookies(header string) Cookies {
	return werkzeugPairs(header, func(text string) string { return strings.Trim(text, asciiBlanks) })
}

// Werkzeug are those of a site with Flask.
func Werkzeug() []Reader { return []Reader{werkzeugCookies, oldWerkzeugCookies} }

func werkzeugPairs(header string, trim func(string) string) Cookies {
	var jar cookieJar
	for header != "" {
		end := strings.IndexAny(header, "=;")
		if end < 0 {
			end = len(header)
		}
		name, value := header[:end], ""
		header = header[end:]
		if strings.HasPrefix(header, "=") {
			value, header = werkzeugValue(header[1:])
		}
		header = strings.TrimPrefix(header, ";")
		if name = trim(name); name != "" {
			jar.first(name, pythonUnquote(trim(value)))
		}
	}
	return jar.cookies
}

// werkzeugValue takes a value off the rest of a header, up to the semicolon behind it.
func werkzeugValue(rest string) (value, behind string) {
	rest = strings.TrimLeft(rest, asciiBlanks)
	if strings.HasPrefix(rest, `"`) {
		for i := 1; i < len(rest); i++ {
			switch rest[i] {
			case '\\':
				i++
				continue
			case '"':
				behind := strings.TrimLeft(rest[i+1:], asciiBlanks)
				if behind == "" || behind[0] == ';' {
					return rest[:i+1], behind
				}
			default:
				continue
			}
			break
		}
	}
	end := strings.IndexByte(rest, ';')
	if end < 0 {
		end = len(rest)
	}
	return rest[:end], rest[end:]
}

// pythonUnquote takes off quotation marks, and the backslashes within: \" is ", and \054 is the byte of that octal number
// (http/cookies.py, _unquote, which Werkzeug copies).
func pythonUnquote(value string) string {
	if n := len(value); n < 2 || value[0] != '"' || value[n-1] != '"' {
		return value
	}
	value = value[1 : len(value)-1]
	if !strings.Contains(value, `\`) {
		return value
	}
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] != '\\' || i+1 == len(value) {
			b.WriteByte(value[i])
			continue
		}
		i++
		if i+2 < len(value) && '0' <= value[i] && value[i] <= '3' && isOctal(value[i+1]) && isOctal(value[i+2]) {
			b.WriteByte((value[i]-'0')<<6 | (value[i+1]-'0')<<3 | (value[i+2] - '0'))
			i += 2
			continue
		}
		b.WriteByte(value[i])
	}
	return b.String()
}

func isOctal(c byte) bool { return '0' <= c && c <= '7' }

// trimLatin1 takes off the blanks around a text, each byte of which is a character.
func trimLatin1(text string) string {
	for text != "" && isPythonBlank(rune(text[0])) {
		text = text[1:]
	}
	for text != "" && isPythonBlank(rune(text[len(text)-1])) {
		text = text[:len(text)-1]
	}
	return text
}

// isPythonBlank is str.isspace for a character.
func isPythonBlank(r rune) bool { return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f }
