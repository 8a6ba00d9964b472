package session

import (
	"strings"
	"testing"
)

func TestBeside(t *testing.T) {
	many := map[string]any{}
	for _, letter := range "abcdefghijklmnopqrst" {
		many[string(letter)] = 1
	}
	tree := map[string]any{
		"user": map[string]any{"user_id": 42, "ada@example.com": 1, "e3b0c44298fc1c14": 1, strings.Repeat("x", 33): 1},
		"cart": map[string]any{"4711": 2}, "csrf": "x", "list": []any{1}, "many": many,
	}
	for path, want := range map[string]string{
		"user.id":     "user_id",
		"user.id.x":   "user_id",
		"id":          "cart, csrf, list, many, user",
		"":            "cart, csrf, list, many, user",
		"cart.id":     "cart, csrf, list, many, user",
		"list.0.id":   "cart, csrf, list, many, user",
		"csrf.id":     "cart, csrf, list, many, user",
		"many.id":     "a, b, c, d, e, f, g, h, i, j, k, l, …",
		"..":          "cart, csrf, list, many, user",
		"user":        "user_id",
		"nobody.here": "cart, csrf, list, many, user",
	} {
		if got := NearbyKeys(tree, path); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
	for _, tree := range []any{nil, "text", []any{}, map[string]any{}, map[string]any{"1": 2}} {
		if got := NearbyKeys(tree, "user.id"); got != "nothing that has a name" {
			t.Errorf("%v: %q", tree, got)
		}
	}
}
