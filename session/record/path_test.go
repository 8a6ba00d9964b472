package record

import (
	"reflect"
	"testing"
)

func TestAt(t *testing.T) {
	tree := map[string]any{
		"user":      map[string]any{"id": 1, "name.full": "Ada", "name": map[string]any{"first": "A"}},
		"user.id.x": 3,
		"user.mail": 2,
		"list":      []any{"a", map[string]any{"b": "c"}},
		"nothing":   nil,

		"two":        map[string]any{"values": 1, "kinds": 1, "lists": []any{1}, "nulls": nil, "empty": "", "deep": map[string]any{"er": 1}},
		"two.values": 2, "two.kinds": "1", "two.lists": []any{1}, "two.nulls": nil, "two.empty": nil, "two.deep.er": 2, "two.deep": 3,
	}
	tests := []struct {
		path string
		want any
		ways int
	}{
		{"user.id", 1, 1}, {"user.id.x", 3, 1}, {"user.mail", 2, 1}, {"user.name.full", "Ada", 1}, {"user.name.first", "A", 1},
		{"list.0", "a", 1}, {"list.1.b", "c", 1}, {"nothing", nil, 1},
		{"list.2", nil, 0}, {"list.-1", nil, 0}, {"list.x", nil, 0}, {"user.id.y", nil, 0}, {"user.none", nil, 0},
		{".", nil, 0}, {"list..0", nil, 0}, {"nothing.at.all", nil, 0},

		{"two.values", nil, 2}, {"two.kinds", "1", 1}, {"two.lists", nil, 2}, {"two.nulls", nil, 1}, {"two.empty", nil, 1},
		{"two.deep.er", nil, 2}, {"two.deep", nil, 2},
	}
	for _, test := range tests {
		if got, ways := Follow(tree, test.path); got != test.want || ways != test.ways {
			t.Errorf("%s: got %v in %d ways, want %v in %d", test.path, got, ways, test.want, test.ways)
		}
		if got, ok := At(tree, test.path); got != test.want || ok != (test.ways == 1) {
			t.Errorf("At(%s) = %v, %t", test.path, got, ok)
		}
	}
	if got, ok := At(tree, ""); !ok || !reflect.DeepEqual(got, tree) {
		t.Error("the empty path is not the tree itself")
	}
}
