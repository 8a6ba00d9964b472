package setting

import (
	"slices"
	"strings"
)

// A Pair is a name and what belongs to it.
type Pair struct{ Name, Value string }

// Pairs are name=value, separated by commas.
type Pairs []Pair

// ParsePairs reads pairs. Its errors are a [Mistake].
func ParsePairs(list string) (any, error) {
	var pairs Pairs
	for item := range strings.SplitSeq(list, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(item), "=")
		pair := Pair{strings.TrimSpace(name), strings.TrimSpace(value)}
		switch {
		case !ok || pair.Name == "":
			return nil, Wrong("write name=value with commas between", "%s is not a pair", Quote(item))
		case slices.ContainsFunc(pairs, func(p Pair) bool { return p.Name == pair.Name }):
			return nil, Wrong("write each name once", "%s stands there twice", Quote(pair.Name))
		}
		pairs = append(pairs, pair)
	}
	return pairs, nil
}
