package record

import (
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"

	"tawkproxy/session/record/recordtest"
)

func TestMsgpack(t *testing.T) {
	long := strings.Repeat("é", 40000)
	numbers := []any{0, 127, 128, 255, 256, 65535, 65536, uint64(math.MaxUint64), -1, -32, -33, -128, -129, -32769,
		int64(math.MinInt64), 1.5, float32(0.5)}
	record, err := msgpack.Marshal(map[string]any{"id": 42, "numbers": numbers, "none": nil, "yes": true, "no": false,
		"bytes": []byte("\x00\xffx"), "short": "José", "medium": long[:400], "long": long, "list": make([]int, 20),
		"map": map[int]string{1: "one"}, "nested": map[string]any{"user": map[string]any{"id": 7}}})
	if err != nil {
		t.Fatal(err)
	}
	tree, err := parseMsgpack(record)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"id": "42", "yes": "true", "no": "false", "bytes": "\x00\xffx", "short": "José",
		"medium": long[:400], "long": long, "list.19": "0", "map.1": "one", "nested.user.id": "7", "none": "",
		"numbers.0": "0", "numbers.3": "255", "numbers.7": "18446744073709551615", "numbers.9": "-32", "numbers.10": "-33",
		"numbers.12": "-129", "numbers.13": "-32769", "numbers.14": "-9223372036854775808", "numbers.15": "1.5",
		"numbers.16": "0.5"} {
		if got := TextAt(tree, path); got != want {
			t.Errorf("%s: got %.40q, want %.40q", path, got, want)
		}
	}
}

func TestMsgpackByHand(t *testing.T) {
	for _, test := range []struct {
		name, record string
		want         any
		bad          bool
	}{
		{"timestamp", "\xd6\xff\x65\xe0\x71\xc0", nil, false},
		{"ext 8", "\xc7\x01\x05x", nil, false},
		{"text that is not UTF-8", "\xa1\xff", []byte("\xff"), false},
		{"keys with the same text", "\x82\x01a\xa1\x31b", map[string]any{"1": nil}, false},
		{"a key that is a list", "\x81\x90\x01", map[string]any{}, false},
		{"empty", "", nil, true},
		{"reserved", "\xc1", nil, true},
		{"something after it", "\x01\x01", nil, true},
		{"ends in a number", "\xcf\x01", nil, true},
		{"ends in a text", "\xdb\xff\xff\xff\xffx", nil, true},
		{"huge bytes", "\xc6\xff\xff\xff\xffx", nil, true},
		{"huge list", "\xdd\xff\xff\xff\xff\xc0", nil, true},
		{"huge map", "\xdf\xff\xff\xff\xff\xc0\xc0", nil, true},
		{"huge ext", "\xc9\xff\xff\xff\xff\x01x", nil, true},
		{"deep", strings.Repeat("\x91", 100) + "\x01", nil, true},
	} {
		got, err := parseMsgpack([]byte(test.record))
		if test.bad != (err != nil) || !test.bad && !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %#v, %v, want %#v", test.name, got, err, test.want)
		}
	}
}

// FuzzMsgpack feeds the reader anything: it neither falls nor takes more memory than a multiple of the input.
func FuzzMsgpack(f *testing.F) {
	good, err := msgpack.Marshal(map[string]any{"id": 42, "list": []any{"x", 1.5, []byte{1}}, "none": nil})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("\xd6\xff\x65\xe0\x71\xc0"))
	f.Fuzz(func(t *testing.T, record []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		tree, err := parseMsgpack(record)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(len(record))*1000+1<<16 {
			t.Errorf("%d bytes took %d", len(record), used)
		}
		if err == nil {
			recordtest.CheckPlain(t, tree, 0)
		}
	})
}
