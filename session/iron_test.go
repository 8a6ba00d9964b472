package session

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"
)

// ironFixtures reads what iron-session gave out.
var ironFixtures = fixtureKind{Framework: "iron-session", Open: openIron,
	Canonical: seenBy(node07Cookies)}

func openIron(t *testing.T, site fixtureSite) Source {
	t.Helper()
	o := IronOptions{Setup: site.Setup}
	for _, password := range site.Config["passwords"].(map[string]any) {
		o.Passwords = append(o.Passwords, []byte(password.(string)))
	}
	return mustOpen(t)(Iron(o))
}

func TestIronFixtures(t *testing.T) { runFixtures(t, ironFixtures) }

func TestIronFlippedBits(t *testing.T) { flipFixtures(t, ironFixtures) }

const ironPassword = "a password of at least thirty-two characters"

// sealIron makes a seal of already padded content.
func sealIron(t testing.TB, password, id, expiration string, content []byte) string {
	t.Helper()
	block, err := aes.NewCipher(ironKey([]byte(password), []byte("5a17")))
	if err != nil {
		t.Fatal(err)
	}
	vector := make([]byte, aes.BlockSize)
	text := bytes.Clone(content)
	cipher.NewCBCEncrypter(block, vector).CryptBlocks(text, text)
	encode := base64.RawURLEncoding.EncodeToString
	covered := strings.Join([]string{"Fe26.2", id, "5a17", encode(vector), encode(text), expiration}, "*")
	mac := hmac.New(sha256.New, ironKey([]byte(password), []byte("0a")))
	mac.Write([]byte(covered))
	return covered + "*0a*" + encode(mac.Sum(nil))
}

// padded pads as PKCS #7 has it.
func padded(text string) []byte {
	n := aes.BlockSize - len(text)%aes.BlockSize
	return append([]byte(text), bytes.Repeat([]byte{byte(n)}, n)...)
}

func TestIronSeals(t *testing.T) {
	ada := padded(`{"id":"42"}`)
	end := fmt.Sprint(issuedAt.UnixMilli())
	tests := []struct {
		name, value string
		after       time.Duration
		reason      Reason
	}{
		{"of iron-session 8", sealIron(t, ironPassword, "1", end, ada) + "~2", 0, ""},
		{"of releases before", sealIron(t, ironPassword, "1", end, padded(`{"persistent":{"id":"42"},"flash":{}}`)), 0, ""},
		{"with a member of that name", sealIron(t, ironPassword, "1", end, padded(`{"id":"42","persistent":{}}`)) + "~2", 0, ""},
		{"in quotation marks", `"` + sealIron(t, ironPassword, "1", end, ada) + `~2"`, 0, Ambiguous},
		{"of hapi", sealIron(t, ironPassword, "", "", ada), 0, ""},
		{"escaped", strings.ReplaceAll(sealIron(t, ironPassword, "1", end, ada), "*", "%2A") + "~2", 0, ""},
		{"in the last moment", sealIron(t, ironPassword, "1", end, ada), ironLeeway - time.Millisecond, ""},
		{"after it", sealIron(t, ironPassword, "1", end, ada), ironLeeway, Expired},
		{"of a version to come", sealIron(t, ironPassword, "1", end, ada) + "~3", 0, Malformed},
		{"of another prefix", "Fe26.1" + sealIron(t, ironPassword, "1", end, ada)[6:], 0, Malformed},
		{"with a part more", sealIron(t, ironPassword, "1", end, ada) + "*", 0, Malformed},
		{"of another password", sealIron(t, strings.ToUpper(ironPassword), "1", end, ada), 0, Forged},
		{"an end beyond all times", sealIron(t, ironPassword, "1", strings.Repeat("9", 30), ada), 0, ""},
		{"an end in another form", sealIron(t, ironPassword, "1", "+"+end, ada), 0, Malformed},
		{"an end with a fraction", sealIron(t, ironPassword, "1", end+".5", ada), 0, Malformed},
		{"an end that is no time", sealIron(t, ironPassword, "1", "soon", ada), 0, Malformed},
		{"padding of none", sealIron(t, ironPassword, "1", end, make([]byte, 16)), 0, Malformed},
		{"padding of too much", sealIron(t, ironPassword, "1", end, bytes.Repeat([]byte{17}, 16)), 0, Malformed},
		{"padding that differs", sealIron(t, ironPassword, "1", end, append(make([]byte, 15), 2)), 0, Malformed},
		{"nothing", sealIron(t, ironPassword, "1", end, nil), 0, Malformed},
		{"not JSON", sealIron(t, ironPassword, "1", end, padded("id=42")), 0, Malformed},
		{"nobody", sealIron(t, ironPassword, "1", end, padded(`{"persistent":{}}`)), 0, NoUser},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := mustOpen(t)(Iron(IronOptions{Passwords: [][]byte{bytes.Repeat([]byte("n"), 32), []byte(ironPassword)},
				Setup: Setup{Cookie: "sid", Mapping: Mapping{ID: "id"}, Now: func() time.Time { return issuedAt.Add(test.after) }}}))
			u, err := source.Identify(withCookie("sid", test.value), nil)
			if reason, _ := NobodyReason(err); reason != test.reason || (u.ID == "42") != (test.reason == "") {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}

func TestIronOptions(t *testing.T) {
	site, passwords := Setup{Cookie: "sid", Mapping: Mapping{ID: "id"}}, [][]byte{[]byte(ironPassword)}
	aged := site
	aged.MaxAge = time.Hour
	for _, test := range []struct {
		options IronOptions
		want    string
	}{
		{IronOptions{Setup: site}, "the password is missing"},
		{IronOptions{Setup: site, Passwords: append(passwords[:1:1], []byte("short"))},
			"password 2 has 5 bytes; the library demands 32"},
		{IronOptions{Setup: Setup{Mapping: site.Mapping}, Passwords: passwords}, "the name of the session cookie is missing"},
		{IronOptions{Setup: aged, Passwords: passwords},
			"a seal does not say when it was made, so that a maximum age cannot be kept"},
	} {
		if _, err := Iron(test.options); fmt.Sprint(err) != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}
