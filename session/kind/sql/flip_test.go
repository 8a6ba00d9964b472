package sql

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store/storetest"
)

// Every bit of a good cookie flipped is nobody, or still stands for the same id, whatever steps lead to that.
func TestFlippedBits(t *testing.T) {
	const random = "kA3-x_9Qwe2RtyUiOp0zZ"
	database, writer := storetest.OpenScratch(t, "CREATE TABLE sessions (sid TEXT, uid INTEGER)")
	secret := setting.NewKeys([]byte("the secret"))
	for _, test := range []struct{ chain, value string }{
		{"", adaID},
		{"url sha256 base64url", random},
		{"url base64 json:sessionid", url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(`{"sessionid":"` + adaID + `","sign":"xy"}`)))},
		{"url php_serialize:1", url.QueryEscape(`a:2:{i:0;s:1:"7";i:1;s:32:"` + adaID + `";}`)},
		{"part:.:1", adaID + ".node1"},
		{"secret sha1 base64", random},
		{"hmac_sha256", random},
		{"lower", strings.ToUpper(adaID)},
		{"hex raw", adaID},
		{"url signed:express", "s%3A" + random + "." + url.QueryEscape(base64.RawStdEncoding.EncodeToString(keyed("the secret", random)))},
	} {
		t.Run(test.chain, func(t *testing.T) {
			c, err := parseChain(test.chain, secret)
			if err != nil {
				t.Fatal(err)
			}
			canonical := func(value string) string {
				id, err := c.run([]byte(value))
				if err != nil {
					return "no id: " + value
				}
				return string(id)
			}
			id := any(canonical(test.value))
			if c.bytes {
				id = []byte(id.(string))
			}
			if _, err := writer.Exec("INSERT INTO sessions VALUES (?, 1)", id); err != nil {
				t.Fatal(err)
			}
			source := open(t, database, Options{Query: "SELECT uid AS id FROM sessions WHERE sid = :session GROUP BY uid", Chain: test.chain, Secret: secret})
			tried, same := sessiontest.FlipText(t, source, test.value, 1, func(text string) *http.Request { return sessiontest.WithCookie("sid", text) }, canonical)
			t.Logf("%d flipped, %d still stand for the same id", tried, same)
		})
	}
}

// FuzzCookie holds that whatever comes as a cookie, it is nobody but who is in the table.
func FuzzCookie(f *testing.F) {
	database, _ := storetest.OpenScratch(f, "CREATE TABLE sessions (sid TEXT, number INTEGER, uid INTEGER)", "INSERT INTO sessions VALUES ('"+adaID+"', 7, 42), ('0', 0, 7)")
	byText := open(f, database, Options{Query: "SELECT uid AS id FROM sessions WHERE sid = :session", Chain: "url"})
	byNumber := open(f, database, Options{Query: "SELECT uid AS id FROM sessions WHERE number = :session"})
	f.Add(adaID)
	f.Add("00000000000000000007")
	f.Add("%30" + adaID[1:])
	f.Fuzz(func(t *testing.T, value string) {
		sessiontest.FuzzCookie(t, byText, "sid", value)
		if u, err := byNumber.Identify(sessiontest.WithCookie("sid", value), nil); err == nil {
			t.Errorf("%q yields %+v", value, u)
		}
	})
}
