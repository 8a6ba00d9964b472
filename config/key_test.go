package config

import (
	"reflect"
	"strings"
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session/kinds"
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
		c, err := load(with(enough(), "TAWK_SESSION_KEY="+test.signing, "TAWK_SESSION_BLOCK_KEY="+test.block))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if got := show(own[setting.Keys](c, "Keys")) + " / " + show(own[setting.Keys](c, "BlockKeys")); got != test.want {
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

// The word none stands for nothing, which would count as not set, in every prefix that any kind has.
func TestNoPrefix(t *testing.T) {
	kept := map[string]string{
		"php":     "TAWK_PHP_SAVE_PATH=localhost:11211 TAWK_USER_ID=id",
		"flask":   "TAWK_FLASK_SECRET_KEY=k",
		"express": "TAWK_SESSION_STORE=redis://h TAWK_EXPRESS_SECRET=k",
		"rails":   "TAWK_RAILS_SECRET_KEY_BASE=k",
		"django":  "TAWK_USER_DSN=mysql://u:p@h/d",
		"scs":     "TAWK_SESSION_STORE=redis://h",
		"gorilla": "TAWK_SESSION_KEY=k",
		"symfony": "TAWK_SESSION_STORE=redis://h",
		"laravel": "TAWK_SESSION_STORE=redis://h TAWK_LARAVEL_APP_KEY=base64:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
	}
	for _, kind := range kinds.Variants() {
		for _, s := range entries(reflect.ValueOf(kind.Own).Elem()) {
			if s.value.Type() != reflect.TypeFor[setting.Prefix]() {
				continue
			}
			for value, want := range map[string]string{"none": "", "x": "x"} {
				environ := append(strings.Fields(kept[kind.Name]), "TAWK_SESSION="+kind.Name, s.name+"="+value)
				c, err := load(append(with(enough(), "TAWK_SESSION", "TAWK_SESSION_KEY"), environ...))
				if err != nil {
					t.Errorf("%s=%s: %v", s.name, value, err)
				} else if got := own[setting.Prefix](c, s.field).Or("usual"); got != want {
					t.Errorf("%s=%s: %q", s.name, value, got)
				}
			}
		}
	}
}

// A setting of a kind that was not chosen is not passed over in silence, and nothing else is said of it: its value is not checked.
func TestSettingsOfOtherKinds(t *testing.T) {
	_, err := load(with(enough(), "TAWK_RAILS_COOKIE=signed", "TAWK_RAILS_KEY_ITERATIONS=many", "TAWK_PHP_SAVE_PATH_FILE=/x", "TAWK_FLASK_SALT="))
	const want = "TAWK_PHP_SAVE_PATH_FILE: belongs to TAWK_SESSION=php, but TAWK_SESSION is gorilla; remove it, or choose that\n" +
		"TAWK_RAILS_COOKIE: belongs to TAWK_SESSION=rails, but TAWK_SESSION is gorilla; remove it, or choose that\n" +
		"TAWK_RAILS_KEY_ITERATIONS: belongs to TAWK_SESSION=rails, but TAWK_SESSION is gorilla; remove it, or choose that"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// A key that is written for a file is read as this one key, alone and in a list, whatever is in it.
func TestWriteKey(t *testing.T) {
	for _, key := range []string{"plain-key_1.2/3+4=", "with,comma", "two words", " ", "a b, c", "hex:00", "base64:AA", "$(id)`'\"\\", "José", "#", "a#b", "\x00\xff", "="} {
		written := setting.WriteKey(key)
		if strings.ContainsAny(written, " ,'\"\\$`#") {
			t.Errorf("%q is written %s", key, written)
		}
		for _, list := range []string{written, written + "," + setting.WriteKey("another")} {
			keys, err := setting.ParseKeys(list)
			if err != nil || string(keys.(setting.Keys).Bytes()[0]) != key {
				t.Errorf("%q is read as %q, %v", key, keys, err)
			}
		}
		one := setting.NewSecret(written)
		if err := setting.ReadKey(&one); err != nil || one.Reveal() != key {
			t.Errorf("%q is read alone as %q, %v", key, one.Reveal(), err)
		}
	}
	wrong := setting.NewSecret("base64:*")
	if err := setting.ReadKey(&wrong); err == nil {
		t.Error("what is no base 64 is accepted")
	}
	phrase := setting.NewSecret("put, your, unique phrase")
	if err := setting.ReadKey(&phrase); err != nil || phrase.Reveal() != "put, your, unique phrase" {
		t.Errorf("%v, %s", err, phrase.Reveal())
	}
}
