package record

import (
	"strconv"
	"strings"
)

// At follows a dotted path through maps and lists. Since a key may contain dots itself, there may be several ways: user.id is the
// member id of user, and a member user.id. Visitors have a say in some sites' keys, so ways to different values lead nowhere.
func At(tree any, path string) (value any, ok bool) {
	value, ways := Follow(tree, path)
	return value, ways == 1
}

// Follow is [At], and tells how many values there are: 0, 1, or 2 for more. Ways to the same value are one.
func Follow(tree any, path string) (value any, ways int) {
	if path == "" {
		return tree, 1
	}
	switch node := tree.(type) {
	case map[string]any:
		for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '.') {
			child, ok := node[path[:end]]
			if !ok {
				continue
			}
			switch there, more := Follow(child, strings.TrimPrefix(path[end:], ".")); {
			case more == 0:
			case more > 1, ways == 1 && !alike(value, there):
				return nil, 2
			case ways == 0:
				value, ways = there, 1
			}
		}
	case []any:
		key, rest, _ := strings.Cut(path, ".")
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(node) {
			return Follow(node[i], rest)
		}
	}
	return value, ways
}

// alike tells whether two values are the same to a mapping.
func alike(a, b any) bool {
	text := Text(a)
	return text == Text(b) && (text != "" || IsEmpty(a) && IsEmpty(b))
}

// ValueAt is the value at path, nil if there is none.
func ValueAt(tree any, path string) any {
	value, _ := At(tree, path)
	return value
}

// TextAt is the text at path, "" if there is none.
func TextAt(tree any, path string) string {
	value, _ := At(tree, path)
	return Text(value)
}
