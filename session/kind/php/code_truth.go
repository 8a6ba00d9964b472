package php

import (
	"strconv"
	"strings"
)

// either is the first value if it counts, else the other one. Where the first is unknown, the other is what it is if nobody set it.
func either(first, other any, counts bool) any {
	if missing, is := first.(unknown); is {
		if missing.guess == nil && missing.variable != "" {
			missing.guess = other
		}
		return missing
	}
	if counts {
		return first
	}
	return other
}

func join(left, right any) any {
	a, okA := text(left)
	b, okB := text(right)
	if okA && okB {
		return a + b
	}
	one, is := left.(unknown)
	if guess, known := text(one.guess); is && okB && known && one.guess != nil {
		return unknown{one.variable, guess + b}
	}
	return unknown{}
}

func converted(cast string, v any) any {
	if missing, is := v.(unknown); is {
		if missing.guess != nil {
			missing.guess = converted(cast, missing.guess)
		}
		return missing
	}
	switch cast {
	case "string":
		if s, ok := text(v); ok {
			return s
		}
	case "int", "integer":
		if s, ok := text(v); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
			return n
		}
	case "bool", "boolean":
		if yes, known := truth(v); known {
			return yes
		}
	case "array":
		return v
	}
	return unknown{}
}

// text is a value where PHP needs a text; false for what has none, or is unknown.
func text(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case int64:
		return strconv.FormatInt(v, 10), true
	case bool:
		if v {
			return "1", true
		}
		return "", true
	}
	return "", false
}

// truth is a value where PHP needs yes or no, if it is known.
func truth(v any) (yes, known bool) {
	switch v := v.(type) {
	case unknown, superglobal:
		return false, false
	case map[string]any:
		return len(v) > 0, true
	default:
		s, ok := text(v)
		return s != "" && s != "0", ok
	}
}

func truthy(v any) bool {
	yes, known := truth(v)
	return yes && known
}

// at leads into nested arrays. What stands in what is unknown is unknown, and what is not there is nil.
func at(tree any, keys ...string) any {
	for _, key := range keys {
		switch of := tree.(type) {
		case map[string]any:
			tree = of[key]
		case unknown:
			return unknown{}
		default:
			return nil
		}
	}
	return tree
}
