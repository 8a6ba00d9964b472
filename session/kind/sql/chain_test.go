package sql

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"tawkproxy/config/setting"
	"tawkproxy/session"
)

func keyed(secret, value string) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(value))
	return h.Sum(nil)
}

// What steps make of a cookie, computed beside them.
func TestChain(t *testing.T) {
	const value, secret = "kA3-x_9Qwe2RtyUiOp0", "the secret"
	sum5, sum1, sum256, sum512 := md5.Sum([]byte(value)), sha1.Sum([]byte(value+secret)), sha256.Sum256([]byte(value)), sha512.Sum512([]byte(value))
	zabbix := url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(`{"sessionid":"` + adaID + `","serverCheckResult":true,"sign":"xy"}`)))
	forum := url.QueryEscape(`a:2:{i:0;s:1:"7";i:1;s:32:"` + joseID + `";}`)
	for _, test := range []struct{ chain, value, want string }{
		{"", value, value},
		{"  ", value, value},
		{"url", adaID + "%2C%2f+%zz%", adaID + ",/+%zz%"},
		{"md5", value, hex.EncodeToString(sum5[:])},
		{"md5 hex", value, hex.EncodeToString(sum5[:])},
		{"md5 raw", value, string(sum5[:])},
		{"md5 upper", value, strings.ToUpper(hex.EncodeToString(sum5[:]))},
		{"sha256 base64url", value, base64.RawURLEncoding.EncodeToString(sum256[:])},
		{"url sha256 base64", url.QueryEscape(value), base64.StdEncoding.EncodeToString(sum256[:])},
		{"sha256", value, hex.EncodeToString(sum256[:])},
		{"sha512", value, hex.EncodeToString(sum512[:])},
		{"secret sha1 base64", value, base64.StdEncoding.EncodeToString(sum1[:])},
		{"hmac_sha256", value, hex.EncodeToString(keyed(secret, value))},
		{"hmac_sha256 base64url prefix:s:", value, "s:" + base64.RawURLEncoding.EncodeToString(keyed(secret, value))},
		{"md5 sha256", value, func() string {
			s := sha256.Sum256([]byte(hex.EncodeToString(sum5[:])))
			return hex.EncodeToString(s[:])
		}()},
		{"url base64 json:sessionid", zabbix, adaID},
		{"url php_serialize:1", forum, joseID},
		{"part:.:1", adaID + ".xyz", adaID},
		{"part:.:-1", "xyz." + adaID, adaID},
		{"part:.:2", "xyz." + adaID + ".z", adaID},
		{"part:-=-:2", "7-=-" + adaID, adaID},
		{"part:::2", "7:" + adaID, adaID},
		{"url part:|:1", adaID + "%7C1", adaID},
		{"hex raw", adaID, string([]byte{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef})},
		{"lower", strings.ToUpper(adaID), adaID},
		{"prefix:sess:", adaID, "sess:" + adaID},
		{"url signed:express", "s%3A" + value + "." + url.QueryEscape(base64.RawStdEncoding.EncodeToString(keyed(secret, value))), value},

		{"signed:express", "s:" + value + "." + base64.RawStdEncoding.EncodeToString(keyed("another", value)), ": forged"},
		{"signed:express", value, ": step 1 of TAWK_SESSION_ID, signed:express, does not fit the cookie"},
		{"base64 json:sessionid", zabbix, ": step 1 of TAWK_SESSION_ID, base64, does not fit the cookie"},
		{"url base64 json:sid", zabbix, ": step 3 of TAWK_SESSION_ID, json:sid, does not fit the cookie: it is no json, or has no text at sid"},
		{"url json:sid", zabbix, ": step 2 of TAWK_SESSION_ID, json:sid, does not fit the cookie: it is no json, or has no text at sid"},
		{"part:.:1", adaID, ": step 1 of TAWK_SESSION_ID, part:.:1, does not fit the cookie"},
		{"part:.:3", "a." + adaID, ": step 1 of TAWK_SESSION_ID, part:.:3, does not fit the cookie"},
		{"part:.:-3", "a." + adaID, ": step 1 of TAWK_SESSION_ID, part:.:-3, does not fit the cookie"},
		{"hex", adaID + "x", ": step 1 of TAWK_SESSION_ID, hex, does not fit the cookie"},
		{"hex", adaID, ": malformed"},
		{"", strings.Repeat("a1", 2049), ": malformed"},
		{"", "a b0123456789abcdef", ": malformed"},
		{"url", adaID + "%00", ": malformed"},
		{"url", adaID + "%C3%A9", ": malformed"},
		// What might be guessed, whatever is made of it.
		{"", "42", ": guessed"}, {"md5", "42", ": guessed"}, {"sha256 base64url", "ada", ": guessed"}, {"secret sha1", "ada", ": guessed"},
		{"prefix:0123456789abcdef", "42", ": guessed"}, {"part:.:1", "42." + adaID, ": guessed"}, {"part:.:1 md5", "42." + adaID, ": guessed"},
		{"raw", "42", ": guessed"}, {"hex raw", "42424242", ": guessed"}, {"", "ada.king@example.com.0123456789", ": guessed"},
		{"", "christopher.robin.milne", ": guessed"}, {"", "0123456789012345678", ": guessed"}, {"", "0123456789abcde", ": guessed"},
		{"", "ChristopherRobinMilne", ": guessed"}, {"", "--------------------------------", ": guessed"}, {"", "________________________________", ": guessed"},
		{"url base64 json:sessionid", url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(`{"sessionid":42,"x":"` + adaID + `"}`))), ": guessed"},
		{"", "01234567890123456789", "01234567890123456789"}, {"", "0123456789abcdef", "0123456789abcdef"},
		{"", "qwErTyuiOpaSDfgHjKlz", "qwErTyuiOpaSDfgHjKlz"}, {"", "qwertzuiopasdfghjklyxcvbnm", "qwertzuiopasdfghjklyxcvbnm"},
	} {
		keys := setting.NewKeys([]byte(secret))
		if strings.Contains(test.chain, "signed") {
			keys = setting.NewKeys([]byte("newer"), []byte(secret))
		}
		c, err := parseChain(test.chain, keys)
		if err != nil {
			t.Errorf("%s: %v", test.chain, err)
			continue
		}
		id, err := c.run([]byte(test.value))
		got := string(id)
		if nobody, is := err.(*session.Nobody); is {
			got = ": " + string(nobody.Reason)
			if odd, is := nobody.Err.(*session.OddError); is {
				got = ": " + odd.What
				if odd.What == tooShort().(*session.Nobody).Err.Error() {
					got = ": guessed"
				}
			}
		}
		if got != test.want {
			t.Errorf("%s of %s:\n got %s\nwant %s", test.chain, test.value, got, test.want)
		}
	}
}

// Chains that are refused at start.
func TestChainsRefused(t *testing.T) {
	one, two := setting.NewKeys([]byte("secret")), setting.NewKeys([]byte("a secret"), []byte("older"))
	for _, test := range []struct {
		chain   string
		secrets setting.Keys
		want    string
	}{
		{"md6", one, `has a step "md6", which is not known`},
		{"json", one, `has a step "json", which is not known`},
		{"json:", one, `has a step "json:", which is not known`},
		{"gzip:x", one, `has a step "gzip:x", which is not known`},
		{"hmac_md6", one, `has a step "hmac_md6", which is not known`},
		{"part:.", one, `has a step "part:.", which is written part:.:1 for what is in front of the first dot, part:.:-1 for what is behind the last`},
		{"part:1", one, `has a step "part:1", which is written part:.:1 for what is in front of the first dot, part:.:-1 for what is behind the last`},
		{"part:.:0", one, `has a step "part:.:0", which is written part:.:1 for what is in front of the first dot, part:.:-1 for what is behind the last`},
		{"raw md5", one, "has a step behind raw, which is the last"},
		{"secret md5", nil, "has the step secret, but TAWK_SESSION_ID_SECRET is not set"},
		{"hmac_sha1", nil, "has the step hmac_sha1, but TAWK_SESSION_ID_SECRET is not set"},
		{"signed:express", nil, "has the step signed:express, but TAWK_SESSION_ID_SECRET is not set"},
		{"hmac_sha1", two, "has the step hmac_sha1, which takes one secret, but TAWK_SESSION_ID_SECRET holds 2"},
		{"md5 part:a:1", one, "has the step part:a:1 behind md5, which could leave less of the cookie than nobody guesses"},
		{"secret part:.:2", one, "has the step part:.:2 behind secret, which could leave less of the cookie than nobody guesses"},
		{"prefix:a. part:.:1", one, "has the step part:.:1 behind prefix:a., which could leave less of the cookie than nobody guesses"},
		{"sha256 hex base64", one, "has the step base64 behind sha256, which could leave less of the cookie than nobody guesses"},
		{strings.Repeat("md5 ", 17), one, "has more than 16 steps"},
	} {
		if _, err := parseChain(test.chain, test.secrets); fmt.Sprint(err) != test.want {
			t.Errorf("%s:\n got %v\nwant %s", test.chain, err, test.want)
		}
	}
}

// FuzzChain holds that whatever comes as a cookie, a chain ends in an id of the form that it promises, of which enough came, or in a nobody.
func FuzzChain(f *testing.F) {
	for _, chain := range []string{"", "url base64 json:sessionid", "sha256 base64url", "part:.:1", "php_serialize:1", "hex raw", "signed:express", "secret sha1", "lower prefix:x"} {
		f.Add(chain, adaID)
		f.Add(chain, "eyJzZXNzaW9uaWQiOiIwMTIzNDU2Nzg5YWJjZGVmIn0%3D")
		f.Add(chain, `a:2:{i:0;s:1:"7";i:1;s:32:"`+joseID+`";}`)
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		c, err := parseChain(text, setting.NewKeys([]byte("a secret")))
		if err != nil {
			return
		}
		id, err := c.run([]byte(value))
		if err != nil {
			if _, certain := session.NobodyReason(err); !certain {
				t.Fatalf("%s of %q: %v", text, value, err)
			}
			if shown := strings.TrimSpace(value); len(shown) > 12 && strings.Contains(err.Error(), shown) && !strings.Contains(text, shown) {
				t.Fatalf("%s of %q tells it: %v", text, value, err)
			}
			return
		}
		if len(id)*8 < leastBits && c.bytes || !c.bytes && (!printable(id) || !utf8.Valid(id) || len(id) == 0) {
			t.Fatalf("%s of %q is %q", text, value, id)
		}
		if len(c.steps) == 0 && string(id) != value {
			t.Fatalf("%q is %q", value, id)
		}
	})
}
