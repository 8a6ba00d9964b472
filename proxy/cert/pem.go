package cert

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/netip"
	"strings"
)

// Parse makes a pair of the content of two PEM files. Errors are a [FileError].
func Parse(cert, key []byte) (*tls.Certificate, error) {
	inCert, inKey := blocks(cert), blocks(key)
	ofCert := func(text, remedy string) error { return &FileError{false, errors.New(text), remedy} }
	ofKey := func(text, remedy string) error { return &FileError{true, errors.New(text), remedy} }
	switch {
	case !strings.Contains(inCert, "CERTIFICATE"):
		return nil, ofCert("the file holds no certificate in PEM", certRemedy)
	case strings.Contains(inKey, "ENCRYPTED") || bytes.Contains(key, []byte("Proc-Type: 4,ENCRYPTED")):
		return nil, ofKey("the key has a password", "take it off: openssl pkey -in key.pem -out plain.pem; only tawkproxy's user should be able to read that")
	case !strings.Contains(inKey, "PRIVATE KEY"):
		return nil, ofKey("the file holds no key in PEM", keyRemedy)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err == nil {
		return &pair, nil
	}
	if strings.Contains(err.Error(), "does not match") {
		return nil, ofKey("the key is not that of the certificate", "write both files of one certificate; in the first, the site's own must stand "+
			"before those of authorities")
	}
	words := strings.TrimPrefix(err.Error(), "tls: ")
	if strings.Contains(words, "private key") {
		return nil, ofKey(words, keyRemedy)
	}
	return nil, ofCert(words, certRemedy)
}

// blocks names the kinds of blocks in a PEM file.
func blocks(content []byte) (kinds string) {
	for {
		block, rest := pem.Decode(content)
		if block == nil {
			return kinds
		}
		kinds += block.Type + "\n"
		content = rest
	}
}

// names lists for whom a certificate is.
func names(leaf *x509.Certificate) string {
	all := append([]string(nil), leaf.DNSNames...)
	for _, address := range leaf.IPAddresses {
		if plain, ok := netip.AddrFromSlice(address); ok {
			all = append(all, plain.Unmap().String())
		}
	}
	return strings.Join(all, " ")
}
