package cookie

import "strings"

// PhpCookies reads cookies as PHP does since 7.4.11 (php-src, main/php_variables.c, php_default_treat_data and
// php_register_variable_ex): the first of a name counts, blanks and dots in a name are underscores, a name with brackets makes an
// array, which no session id is, and values are decoded.
func PhpCookies(header string) Cookies { return phpVariables(header, sameText, PhpCookieValue) }

// oldPHPCookies reads them as before, when names were decoded too. Up to 7.4.2 a plus sign in a value was a blank.
func oldPHPCookies(header string) Cookies {
	return phpVariables(header, OldPHPCookieValue, OldPHPCookieValue)
}

// phpSpelled is phpCookies with names as the browser has them, which is how a site is described whose framework is not known.
func phpSpelled(header string) Cookies {
	cookies := PhpCookies(header)
	left := map[string]int{}
	for i, cookie := range cookies {
		left[cookie.Name] = i + 1
	}
	for pair := range strings.SplitSeq(header, ";") {
		spelled, _, _ := strings.Cut(strings.TrimLeft(pair, asciiBlanks), "=")
		name, _ := phpVariable(spelled)
		if i := left[name]; i > 0 {
			cookies[i-1].Name = spelled
			delete(left, name)
		}
	}
	return cookies
}

// PHP are those of a site in PHP.
func PHP() []Reader { return []Reader{PhpCookies, oldPHPCookies} }

// RawPHPCookies is phpCookies without decoding values.
func RawPHPCookies(header string) Cookies { return phpVariables(header, sameText, sameText) }

func sameText(text string) string { return text }

// mostPHPVariables is the max_input_vars of PHP, behind which cookies do not count.
const mostPHPVariables = 1000

func phpVariables(header string, decodeName, decodeValue func(string) string) Cookies {
	var jar cookieJar
	arrays := map[string]bool{}
	count := 0
	for pair := range strings.SplitSeq(header, ";") {
		name, value, _ := strings.Cut(strings.TrimLeft(pair, asciiBlanks), "=")
		if name == "" {
			continue
		}
		if count++; count > mostPHPVariables {
			break
		}
		name, array := phpVariable(decodeName(name))
		switch {
		case name == "":
		case array:
			jar.last(name, "") // in the place of a text of that name; nothing takes its own
			arrays[name] = true
		case !arrays[name]:
			jar.first(name, decodeValue(value))
		}
	}
	return jar.cookies
}

// phpVariable is what PHP makes of a name, and whether that is the name of an array.
func phpVariable(name string) (variable string, array bool) {
	if end := strings.IndexByte(name, 0); end >= 0 {
		name = name[:end]
	}
	name = strings.TrimLeft(name, " ")
	base, index, bracket := strings.Cut(name, "[")
	if bracket && base != "" && strings.Contains(index, "]") {
		variable, array = strings.NewReplacer(" ", "_", ".", "_").Replace(base), true
	} else if !bracket || base != "" {
		variable = strings.NewReplacer(" ", "_", ".", "_", "[", "_").Replace(name)
	}
	for _, prefix := range []string{"__Host-", "__Secure-"} {
		if strings.HasPrefix(variable, prefix) && !strings.HasPrefix(name, prefix) {
			return "", false // a name may not become one that browsers protect
		}
	}
	return variable, array
}
