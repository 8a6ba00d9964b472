package cert

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

// A held is a pair of files, with what is logged of them.
type held struct {
	*Files
	t      *testing.T
	folder string
	log    bytes.Buffer
}

func hold(t *testing.T, cert, key []byte) *held {
	t.Helper()
	h := &held{t: t, folder: t.TempDir()}
	files, err := Open(h.put("cert", cert), h.put("key", key), slog.New(slog.NewTextHandler(&h.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	h.Files = files
	return h
}

// put writes a file in place of the one there was.
func (h *held) put(name string, content []byte) string {
	h.t.Helper()
	testenv.File(h.t, h.folder, "next", content)
	if err := os.Rename(filepath.Join(h.folder, "next"), filepath.Join(h.folder, name)); err != nil {
		h.t.Fatal(err)
	}
	return filepath.Join(h.folder, name)
}

// shows checks whose certificate a visitor sees who comes a while later, and how often something was logged till then.
func (h *held) shows(when, name, words string, times int) {
	h.t.Helper()
	h.looked.Store(0)
	pair, err := h.GetCertificate(&tls.ClientHelloInfo{})
	if err != nil || names(pair.Leaf) != name {
		h.t.Errorf("%s: the certificate of %s, %v; want %s", when, names(pair.Leaf), err, name)
	}
	if n := strings.Count(h.log.String(), words); n != times {
		h.t.Errorf("%s: %d times %q in %s", when, n, words, h.log.String())
	}
}

func TestFilesChange(t *testing.T) {
	t.Parallel()
	a := testenv.NewAuthority(t)
	cert1, key1 := a.Issue(time.Time{}, "one.example", "192.0.2.1")
	cert2, key2 := a.Issue(time.Time{}, "two.example")
	const cannot = "cannot be used, so the one before stays"
	h := hold(t, cert1, key1)
	h.shows("first", "one.example 192.0.2.1", cannot, 0)
	h.put("cert", cert2)
	h.shows("one file is written", "one.example 192.0.2.1", cannot, 0)
	h.put("key", key2)
	h.shows("both are", "two.example", cannot, 0)

	h.put("key", key1)
	h.shows("a wrong key", "two.example", cannot, 0)
	h.shows("it stays", "two.example", cannot, 1)
	h.shows("it still does", "two.example", cannot, 1)
	h.Read()
	h.shows("it was read on demand", "two.example", cannot, 2)
	if !strings.Contains(h.log.String(), `setting=TAWK_TLS_KEY cause="the key is not that of the certificate"`) {
		t.Errorf("logged %s", h.log.String())
	}
	os.Remove(filepath.Join(h.folder, "cert"))
	h.shows("a file is gone", "two.example", cannot, 2)
	h.shows("it is still gone", "two.example", cannot, 3)
	h.put("cert", cert1)
	h.shows("it is back, another one", "one.example 192.0.2.1", cannot, 3)
	h.put("cert", cert2)
	h.put("key", key2)
	h.Read()
	h.shows("both on demand", "two.example", cannot, 3)
	if strings.Contains(h.log.String(), h.folder) || strings.Contains(h.log.String(), "PRIVATE") {
		t.Errorf("logged %s", h.log.String())
	}
}

// Nobody looks at files more than once a second.
func TestFilesAreLeftAlone(t *testing.T) {
	t.Parallel()
	a := testenv.NewAuthority(t)
	cert, key := a.Issue(time.Time{}, "one.example")
	h := hold(t, cert, key)
	cert, key = a.Issue(time.Time{}, "two.example")
	h.put("cert", cert)
	h.put("key", key)
	h.looked.Store(time.Now().Add(time.Hour).UnixNano()) // however slow the machine is
	if pair, _ := h.GetCertificate(&tls.ClientHelloInfo{}); names(pair.Leaf) != "one.example" {
		t.Errorf("the files were read again at once")
	}
}

func TestExpiring(t *testing.T) {
	t.Parallel()
	a := testenv.NewAuthority(t)
	for words, until := range map[string]time.Time{
		"has ended: they refuse the site":          time.Now().Add(-time.Minute),
		"ends soon: it should have been renewed":   time.Now().Add(24 * time.Hour),
		"msg=\"the certificate for browsers\" nam": time.Now().Add(8 * 24 * time.Hour),
	} {
		cert, key := a.Issue(until, "one.example")
		h := hold(t, cert, key)
		for range 3 {
			h.shows(words, "one.example", words, 1)
		}
	}
}

// What is wrong with files is said of the one that is wrong, with the remedy, and nothing of a key is shown.
func TestParse(t *testing.T) {
	t.Parallel()
	a := testenv.NewAuthority(t)
	cert, key := a.Issue(time.Time{}, "one.example")
	other, otherKey := a.Issue(time.Time{}, "two.example")
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	block := func(kind string) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: []byte("secret")}) }
	for _, c := range []struct {
		name      string
		cert, key []byte
		ofKey     bool
		want      string // "": they can be used
	}{
		{"a pair", cert, key, false, ""},
		{"with its authority", join(cert, a.PEM), key, false, ""},
		{"both in one file", join(key, cert), join(key, cert), false, ""},
		{"authority first", join(a.PEM, cert), key, true, "the key is not that of the certificate"},
		{"exchanged", key, cert, false, "the file holds no certificate in PEM"},
		{"twice the certificate", cert, cert, true, "the file holds no key in PEM"},
		{"of another", other, key, true, "the key is not that of the certificate"},
		{"key of another", cert, otherKey, true, "the key is not that of the certificate"},
		{"empty", nil, key, false, "the file holds no certificate in PEM"},
		{"DER", []byte{0x30, 0x82}, key, false, "the file holds no certificate in PEM"},
		{"damaged", block("CERTIFICATE"), key, false, "x509: malformed certificate"},
		{"damaged key", cert, block("PRIVATE KEY"), true, "failed to parse private key"},
		{"password", cert, block("ENCRYPTED PRIVATE KEY"), true, "the key has a password"},
		{"old password", cert, []byte("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n"),
			true, "the key has a password"},
	} {
		_, err := Parse(c.cert, c.key)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		wrong, ok := errors.AsType[*FileError](err)
		if !ok || wrong.Key != c.ofKey || !strings.Contains(err.Error(), c.want) || wrong.Remedy == "" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
