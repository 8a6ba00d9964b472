package kindtest

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
)

// FlipFixtures flips bits of every cookie that leads to a user: none may yield anybody else, and nobody at all unless the value
// still stands for the same bytes. How many bits, [Strides] says.
func FlipFixtures(t *testing.T, kind FixtureKind) {
	var tried, same atomic.Int64
	for _, variant := range LoadFixtures(t, kind.Framework) {
		if kind.Unreadable[variant.Name] != "" {
			continue
		}
		strides := Strides()
		for _, c := range variant.Cases {
			if _, onPurpose := kind.OnPurpose[variant.Name+"/"+c.Name]; onPurpose || c.Expect.Outcome != "user" || c.Cookie == "" {
				continue
			}
			stride := strides()
			if stride == 0 {
				continue
			}
			t.Run(variant.Name+"/"+c.Name, func(t *testing.T) {
				t.Parallel()
				site := OpenFixture(t, kind, variant, c)
				source := kind.Open(t, site)
				r, faultless := c.Request(), map[string]bool{}
				want, err := source.Identify(r, nil)
				if err != nil {
					t.Fatal(err)
				}
				before, name, value, after := CutCookie(c.Cookie, site.Config.Text("cookie_name"))
				if value == "" {
					t.Fatalf("there is no cookie %s", name)
				}
				for bit := 0; bit < len(value)*8; bit += stride {
					flipped := []byte(value)
					flipped[bit/8] ^= 1 << (bit % 8)
					c.Cookie = before + name + "=" + string(flipped) + after
					r.Header["Cookie"] = []string{c.Cookie}
					tried.Add(1)
					got, err := source.Identify(r, nil)
					if err != nil {
						if said := err.Error(); !faultless[said] { // what another flip led to as well holds nothing of this one
							c.betrayedBy(t, err)
							faultless[said] = true
						}
						continue
					}
					same.Add(1)
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
	t.Cleanup(func() {
		t.Logf("%s: %d flipped bits, %d of them left the same bytes and the same user", kind.Framework, tried.Load(), same.Load())
	})
}

// Strides tells, for each session of one variant, the distance from one flipped bit to the next. The first is flipped at every
// bit. The others are sealed alike and differ in what is inside: one bit in each byte or two has to do, each time another one.
// With -short that goes for the first, and the others, at stride 0, are left out.
func Strides() func() int {
	stride := 1
	if testing.Short() {
		stride = 9
	}
	return func() int {
		this := stride
		if stride = 9; testing.Short() {
			stride = 0
		}
		return this
	}
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
