package config

import (
	"strings"
	"testing"

	"tawkproxy/config/setting"
)

func TestKeys(t *testing.T) {
	const aes = "0123456789abcdef"
	for _, test := range []struct {
		name, signing, block string
		want                 string // signing keys / block keys, "-" for none
	}{
		{"text", "one", "", "one / "},
		{"newest first, with blanks around", " newest,oldest ", "", "newest oldest / "},
		{"a phrase", "keyboard cat, 32 bytes or more", "", "keyboard cat, 32 bytes or more / "},
		{"a phrase with more commas", "keyboard, the cat's, the dog's", "", "keyboard, the cat's, the dog's / "},
		{"codes with blanks between", "base64:fn5+fn5+, hex:6f6e656f6e65", "", "~~~~~~ oneone / "},
		{"hex", "hex:6f6e65,HEXHEX", "", "one HEXHEX / "},
		{"base64", "base64:fn5+fg==", "", "~~~~ / "},
		{"base64 without padding", "base64:fn5+fg", "", "~~~~ / "},
		{"base64 of the URL alphabet", "base64:fn5-fg==", "", "~~~~ / "},
		{"base64 of a slash", "base64:Pz8/,base64:Pz8_", "", "??? ??? / "},
		{"comma in a key", "hex:612c62,cccccc", "", "a,b cccccc / "},
		{"block key", "one", aes, "one / " + aes},
		{"fewer block keys", "newest,oldest", aes, "newest oldest / " + aes},
		{"no encryption for the newest", "newest,oldest", "," + aes, "newest oldest / - " + aes},
		{"no encryption for the oldest", "newest,oldest", "hex:" + strings.Repeat("41", 24) + ",", "newest oldest / " + strings.Repeat("A", 24) + " -"},
	} {
		c, err := Load(with(enough(), "TAWK_SESSION_KEY="+test.signing, "TAWK_SESSION_BLOCK_KEY="+test.block))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if got := show(c.Session.Key) + " / " + show(c.Session.BlockKey); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func show(keys setting.Keys) string {
	var texts []string
	for _, key := range keys.Bytes() {
		if key == nil {
			key = []byte("-")
		}
		texts = append(texts, string(key))
	}
	return strings.Join(texts, " ")
}

// The word none stands for nothing, which would count as not set.
func TestNoPrefix(t *testing.T) {
	for value, want := range map[string]string{"none": "", "x": "x"} {
		c, err := Load(with(enough(), "TAWK_FLASK_SESSION_KEY_PREFIX="+value, "TAWK_EXPRESS_PREFIX="+value, "TAWK_RAILS_KEY_PREFIX="+value))
		if err != nil || c.Flask.KeyPrefix != want || c.Express.Prefix != want || c.Rails.KeyPrefix != want {
			t.Errorf("%s: %v, %v", value, c, err)
		}
	}
}
