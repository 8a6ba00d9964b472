package record

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// JsMember is the member of that name of an object out of JSON, and whether it is there: otherwise it is undefined.
func JsMember(object any, name string) (value any, there bool) {
	members, _ := object.(map[string]any)
	value, there = members[name]
	return value, there
}

// JsPlus is what JavaScript takes a + b for where it compares the sum with a time (ECMA-262 sections 13.15.3 and 7.1.4). Here a is
// a value out of JSON, or undefined if it is not there. NaN, as in JavaScript, is neither before nor after any time. What may be a
// number there, but is not worth finding out here, is long ago.
func JsPlus(a any, there bool, b float64) float64 {
	switch a := a.(type) {
	case nil:
		if !there {
			return math.NaN()
		}
		return b
	case bool:
		if a {
			return 1 + b
		}
		return b
	case json.Number:
		return JsNumber(a) + b
	case string:
		text := a + strconv.FormatFloat(b, 'f', -1, 64)
		if n, ok := Decimal(text); ok {
			return n
		}
		if jsPrefix.MatchString(strings.TrimSpace(text)) {
			return math.Inf(-1)
		}
	case []any:
		return math.Inf(-1)
	}
	return math.NaN()
}

var jsPrefix = regexp.MustCompile(`\A0[xXoObB]`)

// JsNumber is the number that JSON.parse makes of a number's text. One too large is infinite.
func JsNumber(text json.Number) float64 {
	n, _ := Decimal(text)
	return n
}

// JsFalsy tells whether JavaScript takes a value out of JSON for false (ECMA-262 section 7.1.2).
func JsFalsy(value any) bool {
	switch v := value.(type) {
	case json.Number:
		return JsNumber(v) == 0
	default:
		return v == nil || v == false || v == ""
	}
}

// jsLimit is how many milliseconds before and after 1970 JavaScript has times (ECMA-262 section 21.4.1.1).
const jsLimit = 8.64e15

// JsTime is the time of so many milliseconds; zero if it is none.
func JsTime(milliseconds float64) time.Time {
	if !(math.Abs(milliseconds) <= jsLimit) {
		return time.Time{}
	}
	return time.UnixMilli(int64(math.Floor(milliseconds)))
}

// JsSince is the first moment at which Date.now() >= n holds; zero if there is none.
func JsSince(n float64) time.Time { return JsTime(math.Ceil(max(n, -jsLimit))) }

// JsAfter is the first moment at which Date.now() > n holds; zero if there is none.
func JsAfter(n float64) time.Time { return JsSince(math.Floor(n) + 1) }
