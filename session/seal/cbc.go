package seal

import (
	"bytes"
	"crypto/cipher"
	"errors"
)

// DecryptCBC decrypts what was padded by PKCS #7 (RFC 5652 section 6.3), all of which must be as it is written there. Only for what is
// known to be genuine: elsewhere its errors would tell a guesser what the text is.
func DecryptCBC(block cipher.Block, iv, ciphertext []byte) ([]byte, error) {
	size := block.BlockSize()
	if len(iv) != size || len(ciphertext) == 0 || len(ciphertext)%size != 0 {
		return nil, errors.New("not a whole number of blocks")
	}
	plain := make([]byte, len(ciphertext))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, ciphertext)
	padding := int(plain[len(plain)-1])
	if padding == 0 || padding > size || !bytes.HasSuffix(plain, bytes.Repeat([]byte{byte(padding)}, padding)) {
		return nil, errors.New("wrong padding")
	}
	return plain[:len(plain)-padding], nil
}
