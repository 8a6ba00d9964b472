package record

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestJSON(t *testing.T) {
	got, err := ParseJSON([]byte(`{"id":12345678901234567890,"list":[null,true,"é"],"id2":1,"id2":2}` + "\n"))
	want := map[string]any{"id": json.Number("12345678901234567890"), "list": []any{nil, true, "é"}, "id2": json.Number("2")}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v, %v", got, err)
	}
	for _, record := range []string{"", "{", `{"a":1}{}`, `{"a":1}x`, "{\"a\":\"\xff\"}", "a", strings.Repeat("[", 20000)} {
		if tree, err := ParseJSON([]byte(record)); err == nil {
			t.Errorf("%.20q is read as %v", record, tree)
		}
	}
	if _, err := ParseJSON([]byte(`{"password":"hunter2"`)); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error tells what the session holds: %v", err)
	}
}
