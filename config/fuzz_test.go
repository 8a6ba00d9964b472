package config

import (
	"errors"
	"strings"
	"testing"

	"tawkproxy/config/setting"
)

// FuzzLoad reads an environment of any lines, with three secrets of any content.
func FuzzLoad(f *testing.F) {
	f.Add("TAWK_UPSTREAM=http://app:3000\nTAWK_LISTEN=:80", "0123456789abcdef0123456789abcdef01234567", "signing-key", "0123456789abcdef")
	f.Add("TAWK_UPSTREAM=unix:/run/site.sock\nTAWK_EMBED=never", " blank key ", "hex:zz-not-hex,base64:!-not-base64", "0123456789,abcdefghi")
	f.Add("TAWK_UPSTREM=u:p@h\nTAWK_\x00\r=\nTAWK_TRUSTED_PROXIES=::1%\x01", "'quoted-key'", "line\nbreak-in-key", "hex:,,,,,,,,")
	f.Add("TAWK_EMBED_ORIGIN=https://[fe80::1%25%0a]\nTAWK_SESSION_STORE=/a%0Ab", "", "", "")
	f.Fuzz(func(t *testing.T, lines, key, signing, block string) {
		environ := enough()
		for line := range strings.SplitSeq(lines, "\n") {
			// Files of this machine are no concern of this test.
			if name, _, _ := strings.Cut(line, "="); !strings.HasSuffix(name, fileSuffix) {
				environ = append(environ, line)
			}
		}
		with := append(environ, "TAWK_SECRET_KEY="+key, "TAWK_SESSION_KEY="+signing, "TAWK_SESSION_BLOCK_KEY="+block)
		c, err := load(with)
		if (c == nil) == (err == nil) {
			t.Fatalf("neither settings nor an error, or both: %v, %v", c, err)
		}
		said := ""
		if err == nil {
			said = c.String() + "\n" + strings.Join(c.Warnings(), "\n")
		} else {
			said = err.Error()
			mistakes, ok := errors.AsType[setting.Mistakes](err)
			if !ok {
				t.Fatalf("not the operator's mistake: %v", err)
			}
			if n := strings.Count(said, "\n") + 1; n != len(mistakes) {
				t.Errorf("%d lines for %d mistakes:\n%s", n, len(mistakes), said)
			}
		}

		// What is said of other secrets of the same kind holds these only by chance.
		_, otherErr := load(append(environ, "TAWK_SECRET_KEY= ", "TAWK_SESSION_KEY=a\n", "TAWK_SESSION_BLOCK_KEY=b,"))
		for secret := range strings.FieldsFuncSeq(key+","+signing+","+block, func(r rune) bool { return r == ',' || r == ':' }) {
			if len(secret) >= 8 && strings.Contains(said, secret) && !strings.Contains(otherErr.Error(), secret) && !strings.Contains(lines, secret) {
				t.Errorf("%q is said in:\n%s", secret, said)
			}
		}
	})
}
