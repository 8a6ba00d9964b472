package tawk

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

func TestLogin(t *testing.T) {
	long := strings.Repeat("x", 256)
	hash := Hash(testKey, "42")
	for name, test := range map[string]struct {
		visitor Visitor
		want    map[string]string // beside userId and hash
		leftOut []string          // beginnings
	}{
		"id alone": {Visitor{ID: "42"}, nil, nil},
		"all": {
			Visitor{"42", "Ada", "ada@example.com", "+44 (1632) 960-123", map[string]string{"Plan": "pro"}},
			map[string]string{"name": "Ada", "email": "ada@example.com", "phone": "+441632960123", "plan": "pro"}, nil,
		},
		"national phone": {Visitor{ID: "42", Phone: "01632 960123"}, nil, []string{"the phone number"}},
		"phone in words": {Visitor{ID: "42", Phone: "ask Ada"}, nil, []string{"the phone number"}},
		"long name":      {Visitor{ID: "42", Name: long}, map[string]string{"name": long[:255]}, nil},
		"long name in UTF-16": {
			Visitor{ID: "42", Name: strings.Repeat("😀", 200)},
			map[string]string{"name": strings.Repeat("😀", 127)}, nil,
		},
		"long email": {Visitor{ID: "42", Email: long}, nil, []string{"the email address"}},
		"attributes": {
			Visitor{ID: "42", Attributes: map[string]string{
				"userId": "1", "HASH": "x", "name": "x", "a_b": "x", "": "x", "empty": "", "long": long, "A-1": "x", "a-1": "y",
			}},
			map[string]string{"a-1": "x"},
			[]string{`attribute ""`, `attribute "HASH"`, `attribute "a-1"`, `attribute "a_b"`, `attribute "long"`, `attribute "name"`,
				`attribute "userId"`},
		},
	} {
		want := map[string]string{"userId": "42", "hash": hash}
		maps.Copy(want, test.want)
		got, leftOut := login(newSigner(testKey), test.visitor)
		if !maps.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
		if len(leftOut) != len(test.leftOut) {
			t.Errorf("%s: left out %q, want %q", name, leftOut, test.leftOut)
			continue
		}
		for i, begin := range test.leftOut {
			if !strings.HasPrefix(leftOut[i], begin) {
				t.Errorf("%s: left out %q, want %q", name, leftOut[i], begin)
			}
		}
	}
}

func TestLoginNobody(t *testing.T) {
	for name, id := range map[string]string{"empty": "", "not UTF-8": "\xff", "long": strings.Repeat("x", 256)} {
		if fields, _ := login(newSigner(testKey), Visitor{ID: id, Name: "Ada"}); fields != nil {
			t.Errorf("%s: %v", name, fields)
		}
	}
}

func TestLoginManyAttributes(t *testing.T) {
	attributes := make(map[string]string)
	for i := range 60 {
		attributes[fmt.Sprintf("a%02d", i)] = "x"
	}
	fields, leftOut := login(newSigner(testKey), Visitor{ID: "42", Attributes: attributes})
	if len(fields) != 52 || len(leftOut) != 10 || fields["a49"] != "x" || fields["a50"] != "" {
		t.Errorf("%d fields, %d left out", len(fields), len(leftOut))
	}
}
