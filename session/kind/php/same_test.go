package php

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
)

func TestSame(t *testing.T) {
	id, other := strings.Repeat("i", 40), strings.Repeat("j", 40)
	store := &memory{}
	laravel, err := NewLaravel(kindtest.Usual(LaravelOptions{Key: setting.NewKeys(laravelKey), Setup: recipe.Setup{Store: store}}))
	if err != nil {
		t.Fatal(err)
	}
	php, err := NewPHP(kindtest.Usual(PHPOptions{Setup: recipe.Setup{Store: store, Mapping: session.Mapping{ID: "user"}}}))
	if err != nil {
		t.Fatal(err)
	}
	inCookie, err := NewLaravel(kindtest.Usual(LaravelOptions{Key: setting.NewKeys(laravelKey)}))
	if err != nil {
		t.Fatal(err)
	}
	first, second := laravelSessionCookie(t, id), laravelSessionCookie(t, other)
	name, value, _ := strings.Cut(first, "=")
	anew := name + "=" + strings.ReplaceAll(value, "a", "%61") // as if encrypted anew
	for _, test := range []struct {
		name         string
		recipe       *recipe.Recipe
		before, sets string
		same         bool
	}{
		{"written anew", laravel, first, anew, true},
		{"not written", laravel, first, "theme=dark", true},
		{"another session", laravel, first, second, false},
		{"the first session", laravel, "", anew, false},
		{"none before and none after", laravel, "", "theme=dark", false},
		{"deleted", laravel, first, anew + "; Max-Age=0", false},
		{"forged before", laravel, "laravel_session=x", anew, false},
		{"forged after", laravel, first, "laravel_session=x", false},
		{"two before, one after", laravel, second + "; " + first, anew, false},
		{"only the first is read", laravel, first + "; " + second, "theme=dark", true},
		{"the record is in a cookie", inCookie, first, anew, false},
		{"written only when it has changed", php, "PHPSESSID=" + other, "PHPSESSID=" + other, false},
	} {
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header.Set("Cookie", test.before)
		if got := test.recipe.Same(r, http.Header{"Set-Cookie": {test.sets}}); got != test.same {
			t.Errorf("%s: %v", test.name, got)
		}
	}
	if store.asked > 0 {
		t.Errorf("the store was asked %d times", store.asked)
	}
}
