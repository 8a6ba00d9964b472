package record

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// Text is the text of a scalar: numbers in decimal without exponent or needless fraction, booleans as true and false. Anything
// else, and a number that may have lost digits, is "".
func Text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return numberText(string(v))
	}
	switch v := reflect.ValueOf(value); {
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10)
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10)
	case v.CanFloat():
		return floatText(v.Float(), v.Type().Bits())
	}
	return ""
}

// IsEmpty tells whether a value counts as not being there.
func IsEmpty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	text := Text(value)
	_, isText := value.(string)
	_, isBytes := value.([]byte)
	return text == "0" || text == "false" || text == "" && (isText || isBytes)
}

// numberText writes a JSON number as Text promises. An integer keeps all its digits, however many.
func numberText(n string) string {
	if strings.ContainsAny(n, "eE") {
		f, err := strconv.ParseFloat(n, 64)
		if err != nil || math.Abs(f) > MaxExact {
			return ""
		}
		return floatText(f, 64)
	}
	if strings.Contains(n, ".") {
		n = strings.TrimRight(strings.TrimRight(n, "0"), ".")
	}
	if n == "-0" {
		return "0"
	}
	return n
}

// MaxExact is the largest integer up to which a float64 tells all integers apart: two ids must not become one.
const MaxExact = 1<<53 - 1

// floatText writes a float of that many bits.
func floatText(f float64, bits int) string {
	if math.IsNaN(f) || math.Abs(f) > MaxExact {
		return ""
	}
	return strconv.FormatFloat(f+0, 'f', -1, bits) // minus zero plus zero is zero
}
