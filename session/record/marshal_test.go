package record

import (
	"math"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"tawkproxy/session/record/recordtest"
)

// TestMarshal reads what testdata/marshal/make.rb wrote.
func TestMarshal(t *testing.T) {
	record, err := os.ReadFile("testdata/marshal/session")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := ParseMarshal(record)
	if err != nil {
		t.Fatal(err)
	}
	name := "José \"Pepe\" O'Neil </script>"
	for path, want := range map[string]string{
		"id": "42", "name": name, "again": name, "after_time": name, "after_dumped": name, "last": name,
		"numbers.0": "0", "numbers.1": "1", "numbers.2": "122", "numbers.3": "123", "numbers.4": "255", "numbers.5": "256",
		"numbers.6": "65536", "numbers.7": "-1", "numbers.8": "-123", "numbers.9": "-124", "numbers.10": "-256",
		"numbers.11": "-257", "numbers.12": "1073741823", "numbers.13": "1073741824", "numbers.14": "-1073741824",
		"numbers.15": "4611686018427387904", "numbers.16": "-18446744073709551616",
		"numbers.17": "1267650600228229401496703205376", "floats.0": "0", "floats.1": "1.5", "floats.2": "-0.0000000002",
		"flags.1": "true", "flags.2": "false", "latin": "Jos\xe9", "binary": "\x00\xff", "symbol": "José", "time": "",
		"cart.0.sku": "A-1", "cart.0.qty": "2", "same_cart.0.sku": "A-1", "account.user.id": "7", "account.roles.1": "editor",
		"dumped.value": "x", "words.0": "a", "point.x": "1", "point.y": "y", "set.hash.1": "true", "default.a": "1",
		"regexp": "a+", "class": "String", "marked": "m", "rational.1": "3",
	} {
		if got := TextAt(tree, path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	if value, _ := At(tree, "floats.3"); value != math.Inf(1) {
		t.Errorf("infinity: got %v", value)
	}
}

func TestMarshalByHand(t *testing.T) {
	for _, test := range []struct {
		name, record string
		want         any
		bad          bool
	}{
		{"nil", "\x04\x080", nil, false},
		{"keys with the same text", "\x04\b{\a:\x06ai\x06\"\x06ai\x07", map[string]any{"a": nil}, false},
		{"float of an old Ruby", "\x04\bf\x0a1.5\x00\x01", 1.5, false},
		{"version 3", "\x03\x080", nil, true},
		{"version 4.9", "\x04\x090", nil, true},
		{"nothing", "", nil, true},
		{"no value", "\x04\x08", nil, true},
		{"something after it", "\x04\x0800", nil, true},
		{"unknown type", "\x04\x08d", nil, true},
		{"long text", "\x04\x08\"\x03\xff\xff\xff", nil, true},
		{"long array", "\x04\x08[\x03\xff\xff\xff0", nil, true},
		{"negative length", "\x04\x08[\xfa", nil, true},
		{"long integer", "\x04\x08l+\x02\xff\xff" + strings.Repeat("x", 200), nil, true},
		{"symbol from nowhere", "\x04\x08;\x00", nil, true},
		{"object from nowhere", "\x04\x08@\x06", nil, true},
		{"an array in itself", "\x04\x08[\x06@\x00", nil, true},
		{"a class that is no name", "\x04\x08o\"\x06a\x00", nil, true},
		{"a float that is none", "\x04\x08f\x08abc", nil, true},
		{"deep", "\x04\x08" + strings.Repeat("[\x06", 100) + "0", nil, true},
		{"deep attributes", "\x04\x08" + strings.Repeat("I", 100) + "0", nil, true},
		{"deep symbol", "\x04\x08o" + strings.Repeat("I", 1<<16), nil, true},
	} {
		got, err := ParseMarshal([]byte(test.record))
		if test.bad != (err != nil) || !test.bad && !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %#v, %v, want %#v", test.name, got, err, test.want)
		}
	}
}

// FuzzMarshal feeds the reader anything: it neither falls nor takes more memory than a multiple of the input.
func FuzzMarshal(f *testing.F) {
	record, err := os.ReadFile("testdata/marshal/session")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(record)
	f.Add([]byte("\x04\b{\a:\x06ai\x06I\"\x06b\x06:\x06ETi\x07"))
	f.Add([]byte("\x04\bIu:\tTime\r\xd6\xe9\x1e\xc0\x00\x00@5\x06:\tzoneI\"\bUTC\x06:\x06EF"))
	f.Fuzz(func(t *testing.T, record []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		tree, err := ParseMarshal(record)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(len(record))*1000+1<<16 {
			t.Errorf("%d bytes took %d", len(record), used)
		}
		if err == nil {
			recordtest.CheckPlain(t, tree, 0)
		}
	})
}
