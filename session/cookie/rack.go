package cookie

import (
	"net/url"
	"strings"
)

// rackCookies reads cookies as Rack does since 2.2, and so Rails (rack/utils.rb, parse_cookies_header): the first of a name counts,
// blanks are dropped behind semicolons only, and values are decoded as in a form. A value with a broken escape stays as it is. A
// name without a value counts as well.
func rackCookies(header string) Cookies {
	var jar cookieJar
	for pair := range rackPairs(header, ";") {
		name, value, _ := strings.Cut(pair, "=")
		jar.first(name, rackUnescape(value))
	}
	return jar.cookies
}

// rack20Cookies reads them as Rack 2.0 and 2.1, which decoded names too; a name without a value did not count.
func rack20Cookies(header string) Cookies { return rackQuery(header, ";") }

// rack1Cookies reads them as Rack 1, for which commas parted cookies too.
func rack1Cookies(header string) Cookies { return rackQuery(header, ";,") }

// Rack are those of a site with Rails.
func Rack() []Reader { return []Reader{rackCookies, rack20Cookies, rack1Cookies} }

func rackQuery(header, separators string) Cookies {
	var jar cookieJar
	for pair := range rackPairs(header, separators) {
		if name, value, found := strings.Cut(pair, "="); found {
			jar.first(rackUnescape(name), rackUnescape(value))
		}
	}
	return jar.cookies
}

// rackPairs splits at separators and the blanks behind them.
func rackPairs(header, separators string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for first := true; header != ""; first = false {
			end := strings.IndexAny(header, separators)
			pair := header
			if end < 0 {
				header = ""
			} else {
				pair, header = header[:end], header[end+1:]
			}
			if !first {
				pair = strings.TrimLeft(pair, " ")
			}
			if pair != "" && !yield(pair) {
				return
			}
		}
	}
}

// rackUnescape is Ruby's URI.decode_www_form_component, which Rack does without where it fails.
func rackUnescape(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}
