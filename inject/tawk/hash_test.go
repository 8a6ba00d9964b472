package tawk

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

// testKey is invented. Vectors and negative controls were computed with openssl and checked with Python's hmac.
const testKey = "0123456789abcdef0123456789abcdef01234567"

func TestHash(t *testing.T) {
	for _, test := range []struct{ name, key, id, want string }{
		{"number", testKey, "1234", "7ca45c077a5afda2f7363cff0cfd0865ce5e9d5f4e9920cc58b76bd3a2b2e51e"},
		{"short number", testKey, "42", "68be1d8dd9a3fc65b9f94da91b132e6643b29fb83480ca4dabd160aa4f301e1e"},
		{"text", testKey, "user-42", "52930d812502e989d18625267c28e73ad339584518ef3d68e3f3388ebf4f0673"},
		{"UUID", testKey, "550e8400-e29b-41d4-a716-446655440000", "337f22faf0c57dae1d075b478edf3dd66d8335ebfe9dc0b8e7156c1898bd6b4f"},
		{"UTF-8", testKey, "Žofia Nováková", "19c57d17b8e5a66106f560dd3cabc0d9b710310714b4d5c38bd54ca156c40bc9"},
		{"email", testKey, "jane.doe@example.com", "dd863d2f97ba67e5e7acd65cfc1d306f380f53e6dd460221de15ac6ec8357c55"},
		{"case matters", testKey, "Jane.Doe@Example.com", "f9f5d105151dabdb51da377c2339d8f8825642aa34953dd1c5125488a2f96958"},
		{"RFC 4231 case 2", "Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
	} {
		if got := Hash(test.key, test.id); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

// TestHashMistakes holds the results of usual mistakes against the hash of 42.
func TestHashMistakes(t *testing.T) {
	right := Hash(testKey, "42")
	decoded, err := hex.DecodeString(testKey)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString("aL4djdmj/GW5+U2pGxMuZkOyn7g0gMpNq9Fgqk8wHh4=")
	if err != nil || hex.EncodeToString(raw) != right {
		t.Errorf("the base64 control is not the same hash: %v", err)
	}
	for name, test := range map[string]struct{ got, begins, ends string }{
		"leading blank":    {Hash(testKey, " 42"), "62dcc1bc", "75c5"},
		"trailing newline": {Hash(testKey, "42\n"), "bf1145b5", "8ae9"},
		"key from hex":     {Hash(string(decoded), "42"), "6e264288", "d3b5"},
	} {
		if !strings.HasPrefix(test.got, test.begins) || !strings.HasSuffix(test.got, test.ends) || test.got == right {
			t.Errorf("%s: got %s, want %s…%s", name, test.got, test.begins, test.ends)
		}
	}
}

func TestMark(t *testing.T) {
	const property = "0123456789abcdef01234567"
	ada := mark(marker(testKey, property), "42", []byte(`{"name":"Ada"}`))
	if len(ada) != 21 || ada[12] != '.' {
		t.Fatalf("mark %q is not 12 characters, a dot and 8 characters", ada)
	}
	for name, test := range map[string]struct {
		other                   string
		samePerson, sameDetails bool
	}{
		"same":           {mark(marker(testKey, property), "42", []byte(`{"name":"Ada"}`)), true, true},
		"other name":     {mark(marker(testKey, property), "42", []byte(`{"name":"Eva"}`)), true, false},
		"other person":   {mark(marker(testKey, property), "43", []byte(`{"name":"Ada"}`)), false, true},
		"other key":      {mark(marker("x"+testKey, property), "42", []byte(`{"name":"Ada"}`)), false, false},
		"other property": {mark(marker(testKey, "x"+property), "42", []byte(`{"name":"Ada"}`)), false, false},
	} {
		if person := test.other[:12] == ada[:12]; person != test.samePerson {
			t.Errorf("%s: same person: %v", name, person)
		}
		if details := test.other[13:] == ada[13:]; details != test.sameDetails {
			t.Errorf("%s: same details: %v", name, details)
		}
	}
}
