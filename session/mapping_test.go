package session

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tawkproxy/session/record"
)

func TestText(t *testing.T) {
	type named int16
	tests := []struct {
		value any
		want  string
	}{
		{"u-7f3", "u-7f3"}, {[]byte("ab"), "ab"}, {true, "true"}, {false, "false"}, {nil, ""},
		{42, "42"}, {int8(-1), "-1"}, {int64(math.MinInt64), "-9223372036854775808"}, {uint64(math.MaxUint64), "18446744073709551615"},
		{uintptr(7), "7"}, {named(3), "3"},
		{42.0, "42"}, {0.1, "0.1"}, {float32(0.1), "0.1"}, {math.Copysign(0, -1), "0"}, {-1.5, "-1.5"},
		{1e15, "1000000000000000"}, {1e300, ""}, {math.NaN(), ""}, {math.Inf(1), ""},
		{json.Number("42"), "42"}, {json.Number("42.0"), "42"}, {json.Number("42.50"), "42.5"}, {json.Number("4.2e1"), "42"},
		{json.Number("42E0"), "42"}, {json.Number("-0"), "0"}, {json.Number("-0.0"), "0"},
		{json.Number("12345678901234567890"), "12345678901234567890"},
		{json.Number("9007199254740993.0"), "9007199254740993"}, {json.Number("9007199254740993e0"), ""},
		{json.Number("1e400"), ""}, {json.Number("1e30"), ""},
		{map[string]any{}, ""}, {[]any{"a"}, ""}, {struct{}{}, ""},
	}
	for _, test := range tests {
		if got := record.Text(test.value); got != test.want {
			t.Errorf("Text(%#v) = %q, want %q", test.value, got, test.want)
		}
	}
}

func TestMappingUser(t *testing.T) {
	full := Mapping{ID: "id", Name: "name", Email: "mail", Phone: "tel", Prefix: "shop:",
		Attributes: map[string]string{"plan": "account.plan", "age": "age"}}
	tests := []struct {
		name    string
		mapping Mapping
		tree    any
		want    User
		reason  Reason
	}{
		{"all", full, map[string]any{"id": 42, "name": "Ada", "mail": "a@b", "tel": 123, "account": map[string]any{"plan": "gold"}},
			User{ID: "shop:42", Name: "Ada", Email: "a@b", Phone: "123", Attributes: map[string]string{"plan": "gold"}}, ""},
		{"id alone", Mapping{ID: "id"}, map[string]any{"id": "u-7f3"}, User{ID: "u-7f3"}, ""},
		{"no id", full, map[string]any{"name": "Ada"}, User{}, NoUser},
		{"nil", full, map[string]any{"id": nil}, User{}, NoUser},
		{"guest 0", full, map[string]any{"id": 0}, User{}, NoUser},
		{"guest 0.0", full, map[string]any{"id": json.Number("0.0")}, User{}, NoUser},
		{"guest false", full, map[string]any{"id": false}, User{}, NoUser},
		{"true is no id", full, map[string]any{"id": true}, User{}, NoUser},
		{"a map is no id", full, map[string]any{"id": map[string]any{"id": 1}}, User{}, NoUser},
		{"no values at all", full, nil, User{}, NoUser},
		{"id with a line feed", full, map[string]any{"id": "4\n2"}, User{}, Malformed},
		{"id not UTF-8", full, map[string]any{"id": "4\xff2"}, User{}, Malformed},
		{"id that lost a character", full, map[string]any{"id": "4\uFFFD"}, User{}, Malformed},
		{"endless id", full, map[string]any{"id": strings.Repeat("4", 1025)}, User{}, Malformed},
		{"name not UTF-8", Mapping{ID: "id", Name: "name"}, map[string]any{"id": 1, "name": "\xff"}, User{ID: "1"}, ""},
		{"two ids", Mapping{ID: "user.id"}, map[string]any{"user.id": 7, "user": map[string]any{"id": 42}}, User{}, Ambiguous},
		{"an id and null", Mapping{ID: "user.id"}, map[string]any{"user.id": nil, "user": map[string]any{"id": 42}}, User{}, Ambiguous},
		{"an id and a guest", Mapping{ID: "user.id"}, map[string]any{"user.id": 42, "user": map[string]any{"id": 0}}, User{}, Ambiguous},
		{"two ids deep down", Mapping{ID: "a.user.id"}, map[string]any{"a": map[string]any{"user.id": 7, "user": map[string]any{"id": 42}}},
			User{}, Ambiguous},
		{"one id twice", Mapping{ID: "user.id"}, map[string]any{"user.id": "42", "user": map[string]any{"id": 42}}, User{ID: "42"}, ""},
		{"a key with a dot", Mapping{ID: "user.id"}, map[string]any{"user.id": 42, "user": map[string]any{"name": "Ada"}},
			User{ID: "42"}, ""},
		{"two names", Mapping{ID: "id", Name: "user.name", Attributes: map[string]string{"plan": "user.plan", "age": "user.age"}},
			map[string]any{"id": 1, "user.name": "Eve", "user.plan": "gold",
				"user": map[string]any{"name": "Ada", "plan": "free", "age": 36}},
			User{ID: "1", Attributes: map[string]string{"age": "36"}}, ""},
		{"endless name", Mapping{ID: "id", Name: "name"},
			map[string]any{"id": 1, "name": strings.Repeat("é", 600)}, User{ID: "1"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.mapping.User(test.tree)
			if reason, _ := NobodyReason(err); reason != test.reason || (err == nil) != (test.reason == "") {
				t.Fatalf("got %v, want reason %q", err, test.reason)
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestMappingRequire(t *testing.T) {
	mapping := Mapping{ID: "id", Require: []Condition{{"logged_in", "true"}, {"2fa_pending", ""}}}
	tests := []struct {
		name string
		tree map[string]any
		ok   bool
	}{
		{"both hold", map[string]any{"id": 1, "logged_in": true}, true},
		{"as text", map[string]any{"id": 1, "logged_in": "true", "2fa_pending": ""}, true},
		{"pending false", map[string]any{"id": 1, "logged_in": true, "2fa_pending": false}, true},
		{"pending 0", map[string]any{"id": 1, "logged_in": true, "2fa_pending": 0}, true},
		{"pending empty", map[string]any{"id": 1, "logged_in": true, "2fa_pending": []any{}}, true},
		{"not logged in", map[string]any{"id": 1, "logged_in": false}, false},
		{"logged in to nothing", map[string]any{"id": 1}, false},
		{"pending", map[string]any{"id": 1, "logged_in": true, "2fa_pending": true}, false},
		{"pending since", map[string]any{"id": 1, "logged_in": true, "2fa_pending": map[string]any{"since": 1}}, false},
		{"pending since no number", map[string]any{"id": 1, "logged_in": true, "2fa_pending": 1e300}, false},
		{"pending list", map[string]any{"id": 1, "logged_in": true, "2fa_pending": []any{"totp"}}, false},
	}
	for _, test := range tests {
		_, err := mapping.User(test.tree)
		if reason, _ := NobodyReason(err); (err == nil) != test.ok || !test.ok && reason != Unmet {
			t.Errorf("%s: got %v", test.name, err)
		}
	}
}

// A condition whose path leads to two different values does not hold, whichever of them would do.
func TestMappingRequireInTwoWays(t *testing.T) {
	for _, c := range []Condition{{"login.done", "true"}, {"login.done", ""}} {
		for _, tree := range []map[string]any{
			{"id": 1, "login.done": true, "login": map[string]any{"done": false}},
			{"id": 1, "login.done": false, "login": map[string]any{"done": true}},
			{"id": 1, "login.done": nil, "login": map[string]any{"done": true}},
			{"id": 1, "login.done": true, "login": map[string]any{"done": nil}},
		} {
			_, err := Mapping{ID: "id", Require: []Condition{c}}.User(tree)
			if reason, _ := NobodyReason(err); reason != Unmet {
				t.Errorf("%+v in %v: got %v", c, tree, err)
			}
		}
	}
}

func TestMappingPaths(t *testing.T) {
	m := Mapping{ID: "id", Email: "id", Attributes: map[string]string{"plan": "account.plan"}, Require: []Condition{{"a", ""}}}
	if got, want := m.Paths(), []string{"a", "account.plan", "id"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func FuzzMapping(f *testing.F) {
	f.Add(`{"user":{"id":42},"list":[1,"x"]}`, "user.id", "list.1")
	f.Add(`{"a.b":{"c":1e9},"a":{"b.c":0.5}}`, "a.b.c", "a..b")
	f.Fuzz(func(t *testing.T, content, id, path string) {
		tree, err := record.ParseJSON([]byte(content))
		if err != nil || len(path) > 100 || len(id) > 100 {
			return
		}
		u, err := Mapping{ID: id, Name: path, Require: []Condition{{path, ""}}}.User(tree)
		if (err == nil) != (u.ID != "") || u.ID == "0" || !utf8.ValidString(u.ID+u.Name) || len(u.ID) > MaxText {
			t.Errorf("%+v, %v", u, err)
		}
	})
}
