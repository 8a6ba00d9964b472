package kindtest

import (
	"fmt"
	"strings"
	"testing"
)

// FlipFixtures flips every bit of every cookie that leads to a user: none may yield anybody else, and nobody at all unless
// the value still stands for the same bytes. With -short it flips one bit in each byte or two.
func FlipFixtures(t *testing.T, kind FixtureKind) {
	var tried, same int
	step := 1
	if testing.Short() {
		step = 9 // of a byte, each time another one
	}
	for _, variant := range LoadFixtures(t, kind.Framework) {
		if kind.Unreadable[variant.Name] != "" {
			continue
		}
		for _, c := range variant.Cases {
			if _, onPurpose := kind.OnPurpose[variant.Name+"/"+c.Name]; onPurpose || c.Expect.Outcome != "user" || c.Cookie == "" {
				continue
			}
			t.Run(variant.Name+"/"+c.Name, func(t *testing.T) {
				site := OpenFixture(t, kind, variant, c)
				source := kind.Open(t, site)
				want, err := source.Identify(c.Request(), nil)
				if err != nil {
					t.Fatal(err)
				}
				before, name, value, after := CutCookie(c.Cookie, site.Config.Text("cookie_name"))
				if value == "" {
					t.Fatalf("there is no cookie %s", name)
				}
				for bit := 0; bit < len(value)*8; bit += step {
					flipped := []byte(value)
					flipped[bit/8] ^= 1 << (bit % 8)
					c.Cookie = before + name + "=" + string(flipped) + after
					tried++
					got, err := source.Identify(c.Request(), nil)
					if err != nil {
						c.betrayedBy(t, err)
						continue
					}
					same++
					if kind.Canonical == nil || kind.Canonical(string(flipped)) != kind.Canonical(value) {
						t.Errorf("bit %d flipped: still accepted", bit)
					}
					if fmt.Sprint(got) != fmt.Sprint(want) {
						t.Errorf("bit %d flipped: another user", bit)
					}
				}
			})
		}
	}
	t.Logf("%s: %d flipped bits, %d of them left the same bytes and the same user", kind.Framework, tried, same)
}

// CutCookie splits a Cookie header around the value of the named cookie.
func CutCookie(header, name string) (before, found, value, after string) {
	start := strings.Index("; "+header, "; "+name+"=")
	if start < 0 {
		return "", name, "", ""
	}
	value = header[start+len(name)+1:]
	value, _, _ = strings.Cut(value, ";")
	return header[:start], name, value, header[start+len(name)+1+len(value):]
}
