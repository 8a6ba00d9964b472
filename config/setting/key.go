package setting

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Keys are keys of a cipher or a signature, newest first. A key that is not set stands for an item left empty.
type Keys []Secret

// NewKeys makes keys of their bytes.
func NewKeys(keys ...[]byte) Keys {
	list := make(Keys, len(keys))
	for i, key := range keys {
		list[i] = NewSecret(string(key))
	}
	return list
}

// Bytes returns the keys themselves; nil for an item left empty.
func (k Keys) Bytes() [][]byte {
	keys := make([][]byte, len(k))
	for i, key := range k {
		if key.IsSet() {
			keys[i] = []byte(key.Reveal())
		}
	}
	return keys
}

// String tells how many keys there are.
func (k Keys) String() string {
	return fmt.Sprintf("set, %d in number", len(k))
}

// AsCode is the remedy for keys that cannot stand in a list as the text they are.
const AsCode = "write such a key as hex:… or base64:…"

// ParseKeys reads keys separated by commas, each as text, hex:… or base64:…. Blanks around a key do not belong to it.
func ParseKeys(list string) (any, error) {
	items, err := splitKeys(list)
	if err != nil {
		return nil, err
	}
	var keys Keys
	for _, item := range items {
		key, err := parseKey(strings.TrimSpace(item), len(keys)+1)
		if err != nil {
			return nil, err
		}
		keys = append(keys, NewSecret(key))
	}
	return keys, nil
}

// leastPiece is how many bytes a key has at least that stands in a list: a shorter one is taken for a piece of another.
const leastPiece = 6

// splitKeys separates keys at commas. A comma with a blank behind it is one of a key that is a phrase. A piece of a key must not
// pass for a key, since it is more easily guessed, so nothing is tried both ways.
func splitKeys(list string) ([]string, error) {
	var items []string
	joined := false
	for item := range strings.SplitSeq(list, ",") {
		last := len(items) - 1
		switch {
		case last < 0, coded(item), coded(items[last]), !joined && !strings.HasPrefix(item, " "):
			items = append(items, item)
		case last == 0 && strings.HasPrefix(item, " ") && (phrase(item) || phrase(items[last])):
			items[last] += "," + item
			joined = true
		default:
			return nil, Wrong("if these are several keys, as they probably are, remove the blanks behind the commas; if the comma belongs to a key, "+AsCode,
				"holds commas and blanks, and each comma may separate keys or belong to one")
		}
	}
	for i, item := range items {
		if n := len(strings.TrimSpace(item)); len(items) > 1 && !coded(item) && 0 < n && n < leastPiece {
			return nil, Wrong("if the comma belongs to a key, "+AsCode, "key %d of the list has %d characters only", i+1, n)
		}
	}
	return items, nil
}

// coded tells whether a key is written in a way in which it has neither commas nor blanks.
func coded(item string) bool {
	item = strings.TrimSpace(item)
	return strings.HasPrefix(item, "hex:") || strings.HasPrefix(item, "base64:")
}

// phrase tells whether a key has several words.
func phrase(item string) bool { return strings.Contains(strings.TrimSpace(item), " ") }

// parseKey reads the key at position n, counted from 1.
func parseKey(item string, n int) (string, error) {
	if digits, ok := strings.CutPrefix(item, "hex:"); ok {
		key, err := hex.DecodeString(digits)
		if err != nil || len(key) == 0 {
			return "", Wrong("write two hex digits for each byte behind hex:", "key %d is not written in hex", n)
		}
		return string(key), nil
	}
	if text, ok := strings.CutPrefix(item, "base64:"); ok {
		// Both alphabets, padded or not, become the one that the decoder reads.
		text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
		key, err := base64.RawStdEncoding.DecodeString(text)
		if err != nil || len(key) == 0 {
			return "", Wrong("write the key's base64 text behind base64:", "key %d is not written in base64", n)
		}
		return string(key), nil
	}
	if !utf8.ValidString(item) || strings.ContainsFunc(item, unicode.IsControl) {
		return "", Wrong("separate keys by commas; if these bytes belong to the key, "+AsCode,
			"key %d contains line breaks or bytes that are not text", n)
	}
	return item, nil
}

// SigningKeys checks keys that sign. Short ones are the site's affair.
func SigningKeys(keys Keys) error {
	for i, key := range keys {
		if !key.IsSet() {
			return Wrong("remove the comma; or, if the comma belongs to a key, "+AsCode, "key %d is empty", i+1)
		}
	}
	return nil
}

// ReadKey brings a single key, which may hold commas and blanks, from hex:… or base64:… to the text it is.
func ReadKey(key *Secret) error {
	if !coded(key.Reveal()) {
		return nil
	}
	text, err := parseKey(strings.TrimSpace(key.Reveal()), 1)
	if err == nil {
		*key = NewSecret(text)
	}
	return err
}

// WriteKey is how a key is written so that [ParseKeys] reads this one key, and everybody else the same text: as it is if it is made of
// letters, digits and few signs, else in base64.
func WriteKey(key string) string {
	plain := !coded(key) && !strings.ContainsFunc(key, func(r rune) bool {
		return r >= utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_./+=-", r)
	})
	if plain && len(key) >= leastPiece {
		return key
	}
	return "base64:" + base64.StdEncoding.EncodeToString([]byte(key))
}
