package setting

import (
	"fmt"
	"net/http"
	"testing"
)

func TestHeaders(t *testing.T) {
	for text, want := range map[string]string{
		"X-Requested-With=XMLHttpRequest": "[{X-Requested-With XMLHttpRequest}]",
		"x-requested-with=XMLHttpRequest, Accept = application/json , text/javascript, */*; q=0.01": "[{X-Requested-With XMLHttpRequest} " +
			"{Accept application/json , text/javascript, */*; q=0.01}]",
		"Referer=https://shop.example/?a=b": "[{Referer https://shop.example/?a=b}]",
		"Accept-Language=de,en;q=0.7":       "[{Accept-Language de,en;q=0.7}]",

		"":                       `"" is not a header with its value; write name=value with commas between, as X-Requested-With=XMLHttpRequest`,
		"XMLHttpRequest":         `"XMLHttpRequest" is not a header with its value; write name=value with commas between, as X-Requested-With=XMLHttpRequest`,
		"Accept: x":              `"Accept: x" is written as it travels; write Accept=x`,
		"X-A=1, X-B: 2":          `"X-B: 2" is written as it travels; write X-B=2`,
		"Accept=":                `Accept has no value that a header can have; write Accept=value, the value of printable ASCII`,
		"Accept=a\nb":            `Accept has no value that a header can have; write Accept=value, the value of printable ASCII`,
		"Accept=é":               `Accept has no value that a header can have; write Accept=value, the value of printable ASCII`,
		"Accept=a,accept=b":      `Accept stands there twice; write each header once`,
		"A=1,\r\nB: x\r\nC: y=z": `A has no value that a header can have; write A=value, the value of printable ASCII`,
	} {
		headers, err := ParseHeaders(text)
		got := ""
		if m, ok := err.(Mistake); ok {
			got = m.What + "; " + m.Remedy
		} else {
			got = fmt.Sprint([]Pair(headers.(Headers)))
		}
		if got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

// FuzzHeaders: what is read can travel, and each name once.
func FuzzHeaders(f *testing.F) {
	f.Add("X-Requested-With=XMLHttpRequest, Accept=application/json, */*; q=0.01")
	f.Add("A=1,B: 2")
	f.Fuzz(func(t *testing.T, text string) {
		headers, err := ParseHeaders(text)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, header := range headers.(Headers) {
			if seen[header.Name] || header.Name != http.CanonicalHeaderKey(header.Name) || !headerToken.MatchString(header.Name) ||
				!headerValue.MatchString(header.Value) {
				t.Errorf("%q: %q", text, headers)
			}
			seen[header.Name] = true
		}
	})
}
