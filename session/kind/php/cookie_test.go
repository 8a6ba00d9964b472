package php

import (
	"testing"

	"tawkproxy/session/cookie"
)

func TestPHPCookieValue(t *testing.T) {
	for value, want := range map[string]string{ // as PHP 8.2 shows them in $_COOKIE
		"":               "",
		"plain":          "plain",
		"x+y%2Bz%7Cq":    "x+y+z|q",
		"%zz%4":          "%zz%4",
		"100%":           "100%",
		"%C3%a9":         "é",
		"%2541":          "%41",
		"a%00b":          "a\x00b",
		"%%41":           "%A",
		"jos%C3%A9%20%2": "josé %2",
	} {
		if got := cookie.PhpCookieValue(value); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
	if got := cookie.OldPHPCookieValue("Eve+O+Space%2B%20"); got != "Eve O Space+ " {
		t.Errorf("before PHP 7.4.2: got %q", got)
	}
}
