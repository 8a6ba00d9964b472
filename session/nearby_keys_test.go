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
		"odd": map[string]any{"user-id": 1, "user2": 1, "oauth2_id": 1, "login_web_59ba36addc2b2f9401580f014c7f58ea4e30989d": 1, "order_4711": 1,
			"order_4712": 1, "a50e8400-e29b-41d4-a716-446655440000": 1, "x9": 1, "-": 1, "__": 1, "é": 1, "ada.king": 1, "A1B2C3D4": 1},
		"cart": map[string]any{"4711": 2}, "csrf": "x", "list": []any{1}, "many": many,
	}
	for path, want := range map[string]string{
		"user.id":     "user_id",
		"odd.id":      "__, login_web_…, oauth2_id, order_…, user-id, user2, x9",
		"user.id.x":   "user_id",
		"id":          "cart, csrf, list, many, odd, user",
		"":            "cart, csrf, list, many, odd, user",
		"cart.id":     "cart, csrf, list, many, odd, user",
		"list.0.id":   "cart, csrf, list, many, odd, user",
		"csrf.id":     "cart, csrf, list, many, odd, user",
		"many.id":     "a, b, c, d, e, f, g, h, i, j, k, l, …",
		"..":          "cart, csrf, list, many, odd, user",
		"user":        "user_id",
		"nobody.here": "cart, csrf, list, many, odd, user",
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
