package cookie

import (
	"strings"
)

// PhpCookieValue decodes a cookie's value as PHP does since 7.4.2 (php-src, main/php_variables.c, php_raw_url_decode): what is
// not an escape stays as it is, a plus sign too. Before, that was a blank; see [OldPHPCookieValue].
func PhpCookieValue(value string) string {
	if !strings.Contains(value, "%") {
		return value
	}
	decoded := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		if value[i] == '%' && i+2 < len(value) {
			high, isHigh := unhex(value[i+1])
			low, isLow := unhex(value[i+2])
			if isHigh && isLow {
				decoded = append(decoded, high<<4|low)
				i += 2
				continue
			}
		}
		decoded = append(decoded, value[i])
	}
	return string(decoded)
}

// OldPHPCookieValue is phpCookieValue as it was before PHP 7.4.2, which decoded a plus sign to a blank. Before 7.4.3, PHP wrote
// blanks so.
func OldPHPCookieValue(value string) string {
	return PhpCookieValue(strings.ReplaceAll(value, "+", " "))
}

func unhex(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
