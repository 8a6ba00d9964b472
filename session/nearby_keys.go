package session

import (
	"regexp"
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

// speakable lists the keys of a map that a programmer may have chosen: no person's address, no number of an article, no digest.
func speakable(node any) string {
	fields, _ := node.(map[string]any)
	var keys []string
	looked := 0
	for key := range fields {
		if looked++; looked > mostLooked {
			break
		}
		if name := speakableKey(key); name != "" && !slices.Contains(keys, name) {
			keys = append(keys, name)
		}
	}
	slices.Sort(keys)
	if len(keys) > mostNearby {
		keys = append(keys[:mostNearby], "…")
	}
	return strings.Join(keys, ", ")
}

var (
	keyName  = regexp.MustCompile(`\A[A-Za-z_][A-Za-z0-9_-]*\z`)
	keyWords = regexp.MustCompile(`[A-Za-z0-9]+`)
	digits   = regexp.MustCompile(`[0-9]+`)
)

const (
	longestKey  = 64
	longestWord = 32 // of a key, without digits
	mostDigits  = 3  // of a word, such as oauth2, sha256, x500
)

// speakableKey returns a key that is a name, or its beginning up to a word that looks like data: login_web_… of Laravel's, which ends in a
// digest. It is "" if nothing of it is a name.
func speakableKey(key string) string {
	if len(key) > longestKey || !keyName.MatchString(key) {
		return ""
	}
	for _, at := range keyWords.FindAllStringIndex(key, -1) {
		word := key[at[0]:at[1]]
		n := len(strings.Join(digits.FindAllString(word, -1), ""))
		if n > mostDigits || len(word) > longestWord || n > 0 && n >= len(word)-1 && len(word) > 2 {
			if name := key[:at[0]]; strings.Trim(name, "_-") != "" {
				return name + "…"
			}
			return ""
		}
	}
	return key
}
