package setting

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Headers are headers of a request with their values.
type Headers []Pair

// String lists their names.
func (h Headers) String() string {
	names := make([]string, len(h))
	for i, header := range h {
		names[i] = header.Name
	}
	return strings.Join(names, ", ")
}

var (
	headerToken = regexp.MustCompile("^[0-9A-Za-z!#$%&'*+.^_`|~-]+$")               // RFC 9110 5.6.2
	headerValue = regexp.MustCompile(`^[!-~]([\t -~]*[!-~])?$`)                     // section 5.5, without obs-text
	headerLine  = regexp.MustCompile(`^\s*([A-Za-z][0-9A-Za-z-]*):\s*(\S[^,=]*)?$`) // as it travels
)

// ParseHeaders reads name=value, separated by commas. A comma that no name and equals sign follow belongs to the value before it, as in
// Accept=text/html,application/json;q=0.9. Its errors are a [Mistake].
func ParseHeaders(list string) (any, error) {
	var headers Headers
	for item := range strings.SplitSeq(list, ",") {
		name, value, ok := strings.Cut(item, "=")
		name = strings.TrimSpace(name)
		line := headerLine.FindStringSubmatch(item)
		switch ok = ok && headerToken.MatchString(name); {
		case !ok && line != nil:
			return nil, Wrong("write "+line[1]+"="+line[2], "%s is written as it travels", Quote(strings.TrimSpace(item)))
		case !ok && len(headers) == 0:
			return nil, Wrong("write name=value with commas between, as X-Requested-With=XMLHttpRequest", "%s is not a header with its value",
				Quote(item))
		case !ok:
			headers[len(headers)-1].Value += "," + item
			continue
		}
		headers = append(headers, Pair{http.CanonicalHeaderKey(name), value})
	}
	for i, header := range headers {
		headers[i].Value = strings.TrimSpace(header.Value)
		switch {
		case !headerValue.MatchString(headers[i].Value):
			return nil, Wrong("write "+header.Name+"=value, the value of printable ASCII", "%s has no value that a header can have", header.Name)
		case slices.ContainsFunc(headers[:i], func(before Pair) bool { return before.Name == header.Name }):
			return nil, Wrong("write each header once", "%s stands there twice", header.Name)
		}
	}
	return headers, nil
}
