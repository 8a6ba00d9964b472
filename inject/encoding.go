package inject

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// A Compression says who compresses the pages that are inserted into.
type Compression string

const (
	CompressKeep  Compression = "keep"  // the site, or nobody: what comes compressed leaves compressed. "" means the same
	CompressProxy Compression = "proxy" // the site is asked for plain pages, they are compressed here
	CompressNever Compression = "never" // nobody, as far as the site can be asked for plain pages
)

// A coding is a content coding that can be undone and done again (RFC 9110 section 8.4.1, RFC 7932, RFC 8878).
type coding int

// The order is the order of preference: what costs least for its size first.
const (
	identity coding = iota
	zstdCoding
	gzipCoding
	brotliCoding
	deflateCoding
	codings int = iota
)

var codingNames = [codings]string{"identity", "zstd", "gzip", "br", "deflate"}

func (c coding) String() string { return codingNames[c] }

// codingNamed knows a coding by its registered name.
func codingNamed(name string) (coding, bool) {
	name = strings.ToLower(name)
	if name == "x-gzip" {
		name = "gzip"
	}
	for c, known := range codingNames {
		if name == known {
			return coding(c), true
		}
	}
	return identity, false
}

// codingOf returns the one coding of an answer; it reports false if there are several or one that is not known.
func codingOf(h http.Header) (coding, bool) {
	found := identity
	for name := range elements(h["Content-Encoding"]) {
		c, known := codingNamed(name)
		switch {
		case c == identity && (known || isNoCoding(name)):
		case !known || found != identity:
			return identity, false
		default:
			found = c
		}
	}
	return found, true
}

// isNoCoding knows what old sites name in place of a coding: a charset, or how mail is sent (RFC 2045 section 6). Browsers take
// such an answer as it is.
func isNoCoding(name string) bool {
	return slices.Contains([]string{"none", "7bit", "8bit", "binary"}, strings.ToLower(name)) || encodingOf(name) != ""
}

// askable returns the Accept-Encoding under which the site is to answer: what the browser takes and can be decoded here, or no
// coding at all if plain is set.
func askable(fields []string, plain bool) []string {
	if plain {
		return []string{"identity"}
	}
	var kept []string
	changed := false
	for element := range elements(fields) {
		name, parameters, _ := strings.Cut(element, ";")
		name = strings.TrimSpace(name)
		switch _, known := codingNamed(name); {
		case known, name == "*" && quality(parameters) == 0:
			kept = append(kept, element)
			continue
		case name == "*":
			takes := acceptanceOf(fields)
			for c := identity + 1; int(c) < codings; c++ {
				if !takes[c].named {
					kept = append(kept, c.String()+element[len("*"):])
				}
			}
		}
		changed = true
	}
	switch {
	case !changed:
		return fields
	case len(kept) == 0:
		return []string{"identity"}
	}
	return []string{strings.Join(kept, ", ")}
}

// gzipFirst makes gzip more welcome than other codings, for pages: in gzip they are changed as they are, in others decoded and
// encoded again (see BenchmarkRoundTrip). A browser that weighs codings itself is asked no further.
func gzipFirst(fields []string) []string {
	var first string
	var others []string
	for element := range elements(fields) {
		if strings.Contains(element, ";") {
			return fields
		}
		if c, _ := codingNamed(element); c == gzipCoding {
			first = element
		} else {
			others = append(others, element+";q=0.9")
		}
	}
	if first == "" || len(others) == 0 {
		return fields
	}
	return []string{first + ", " + strings.Join(others, ", ")}
}

// An acceptance is what a browser's Accept-Encoding says of each coding (RFC 9110 section 12.5.3).
type acceptance [codings]struct {
	weight float64 // 0: never
	named  bool
}

func acceptanceOf(fields []string) acceptance {
	var a acceptance
	a[identity].weight = 0.001 // acceptable unless forbidden, but never better than what is asked for
	for element := range elements(fields) {
		name, parameters, _ := strings.Cut(element, ";")
		name = strings.TrimSpace(name)
		named, known := codingNamed(name)
		for c := range a {
			switch {
			case known && coding(c) == named:
				a[c].weight, a[c].named = quality(parameters), true
			case name == "*" && !a[c].named:
				a[c].weight = quality(parameters)
			}
		}
	}
	return a
}

func (a acceptance) takes(c coding) bool { return a[c].weight > 0 }

// best returns the compression that the browser likes best, identity if it likes none.
func (a acceptance) best() coding {
	best := identity
	for c := identity + 1; int(c) < codings; c++ {
		if a.takes(c) && (best == identity || a[c].weight > a[best].weight) {
			best = c
		}
	}
	if a[identity].weight > a[best].weight {
		return identity
	}
	return best
}

// leaves returns the coding in which a page that came in another one goes out.
func (t *Transport) leaves(came coding, a acceptance) coding {
	switch {
	case t.Compress == CompressNever && a.takes(identity):
		return identity
	case came != identity && a.takes(came):
		return came
	case came != identity, t.Compress == CompressProxy:
		return a.best()
	}
	return identity
}

// quality reads the weight among a list member's parameters: 0 to 1, 1 if there is none.
func quality(parameters string) float64 {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(parameter, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		if q, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil && q >= 0 && q <= 1 {
			return q
		}
		return 0
	}
	return 1
}
