package record

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
)

var decimalForm = regexp.MustCompile(`\A[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\z`)

// Decimal reads a number, or a text that is one in decimal, as the frameworks of loosely typed languages do where they compare it
// with a time. One too large is infinite.
func Decimal(value any) (n float64, ok bool) {
	switch v := value.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, !math.IsNaN(v)
	case json.Number:
		n, _ = strconv.ParseFloat(string(v), 64)
		return n, true
	case string:
		text := strings.TrimSpace(v)
		if !decimalForm.MatchString(text) {
			return 0, false
		}
		n, _ = strconv.ParseFloat(text, 64)
		return n, true
	}
	return 0, false
}
