package session

import (
	"slices"
	"strings"

	"tawkproxy/session/record"
)

const (
	mostNearby = 12  // keys that are named
	mostLooked = 256 // keys that are looked at
)

// NearbyKeys names what stands where a path ends that leads nowhere, for the debug log of an operator who looks for the right one: keys
// only, and of these none that looks like data.
func NearbyKeys(tree any, path string) string {
	for {
		node, _ := record.At(tree, path)
		if keys := speakable(node); keys != "" {
			return keys
		}
		if path == "" {
			return "nothing that has a name"
		}
		path = path[:max(0, strings.LastIndexByte(path, '.'))]
	}
}

// speakable lists the keys of a map that a programmer may have chosen: no person's address, no number of an article.
func speakable(node any) string {
	fields, _ := node.(map[string]any)
	var keys []string
	looked := 0
	for key := range fields {
		if looked++; looked > mostLooked {
			break
		}
		if key != "" && len(key) <= 32 && strings.Trim(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_") == "" {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	if len(keys) > mostNearby {
		keys = append(keys[:mostNearby], "…")
	}
	return strings.Join(keys, ", ")
}
