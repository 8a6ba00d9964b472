package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"strings"
	"testing"
)

// Padding is of PKCS #7 as a whole, or the text is none.
func TestDecryptCBC(t *testing.T) {
	block, err := aes.NewCipher(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		t.Fatal(err)
	}
	iv := bytes.Repeat([]byte("v"), aes.BlockSize)
	full := strings.Repeat("\x10", 16)
	for _, test := range []struct {
		padded, want string
		wrong        bool
	}{
		{padded: "fifteen bytes..\x01", want: "fifteen bytes.."},
		{padded: "fourteen bytes\x02\x02", want: "fourteen bytes"},
		{padded: "a\x0f" + strings.Repeat("\x0f", 14), want: "a"},
		{padded: full, want: ""},
		{padded: "sixteen bytes..." + full, want: "sixteen bytes..."},
		{padded: "fourteen bytes\x02\x01", want: "fourteen bytes\x02"},
		{padded: "fourteen bytes\x01\x02", wrong: true}, // as Rails was read before
		{padded: "fourteen bytes\x00\x02", wrong: true}, // ANSI X9.23
		{padded: "fifteen bytes..\x00", wrong: true},
		{padded: strings.Repeat("\x11", 32), wrong: true},
		{padded: strings.Repeat("\x00", 16), wrong: true},
	} {
		sealed := make([]byte, len(test.padded))
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(sealed, []byte(test.padded))
		kept := bytes.Clone(sealed)
		plain, err := DecryptCBC(block, iv, sealed)
		if string(plain) != test.want || (err != nil) != test.wrong {
			t.Errorf("%q: got %q, %v", test.padded, plain, err)
		}
		if !bytes.Equal(sealed, kept) {
			t.Errorf("%q: the ciphertext was changed", test.padded)
		}
	}
	for _, parts := range [][2][]byte{{iv, nil}, {iv, make([]byte, 15)}, {iv, make([]byte, 17)}, {nil, make([]byte, 16)}, {iv[:15], make([]byte, 16)}} {
		if plain, err := DecryptCBC(block, parts[0], parts[1]); err == nil {
			t.Errorf("a vector of %d and a text of %d bytes are decrypted to %q", len(parts[0]), len(parts[1]), plain)
		}
	}
}
