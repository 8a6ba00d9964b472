package record

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"tawkproxy/session/record/recordtest"
)

// TestPickle reads what testdata/pickle/make.py wrote with every protocol.
func TestPickle(t *testing.T) {
	cart := []any{map[string]any{"sku": "A-1", "qty": int64(2)}}
	want := map[string]any{
		"id": int64(42), "name": "José \"Pepe\" O'Neil </script> 😀\n", "bytes": []byte("\x00\xffx"), "array": []byte("xyz"),
		"numbers": []any{int64(0), int64(255), int64(256), int64(65535), int64(65536), int64(-1), int64(1 << 31), int64(-1 << 31),
			int64(1<<63 - 1), json.Number("9223372036854775808"), json.Number("-9223372036854775809"),
			json.Number("1267650600228229401496703205376"), 1.5},
		"none": nil, "yes": true, "no": false,
		"tuples": []any{[]any{}, []any{int64(1)}, []any{int64(1), int64(2)}, []any{int64(1), int64(2), int64(3)},
			[]any{int64(1), int64(2), int64(3), int64(4)}},
		"set": []any{int64(7)}, "frozen": []any{int64(8)},
		"uuid": "00000000-0000-0000-0000-000000000007", "decimal": "1.50",
		"ordered": map[string]any{"a": int64(1)}, "default": map[string]any{"a": []any{int64(1)}},
		"when": nil, "day": nil, "cart": cart, "again": cart,
		"keys":   map[string]any{"1": "same as 1"},
		"nested": map[string]any{"user": map[string]any{"id": int64(7), "roles": []any{"admin"}}},
	}
	files, _ := filepath.Glob("testdata/pickle/protocol?")
	if len(files) != 6 {
		t.Fatalf("%d files, not 6", len(files))
	}
	for _, file := range files {
		record, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := ParsePickle(record)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		for key, value := range want {
			if got := tree.(map[string]any)[key]; !reflect.DeepEqual(got, value) {
				t.Errorf("%s: %s: got %#v, want %#v", file, key, got, value)
			}
		}
	}
}

func TestPickleByHand(t *testing.T) {
	long := strings.Repeat("x", 1000)
	for _, test := range []struct {
		name, record string
		want         any
	}{
		{"text of Python 2", "S'it\\'s \\\"\\xe9\\n'\n.", []byte("it's \"\xe9\n")},
		{"the other quotation mark", "S\"it's\"\n.", []byte("it's")},
		{"binary text of Python 2", "U\x02ab.", []byte("ab")},
		{"text by its code", "V\\u00e9\\U0001f600\\\n.", "é😀\\"},
		{"bool of protocol 0", "I01\n.", true},
		{"long of protocol 0", "L-7L\n.", int64(-7)},
		{"float of protocol 0", "F0.5\n.", 0.5},
		{"dict on a mark", "(S'a'\nI1\nd.", map[string]any{"a": int64(1)}},
		{"popped", "I1\nI2\n0(I3\n1.", int64(1)},
		{"twice", "(I1\n2t.", []any{int64(1), int64(1)}},
		{"an object is passed over", "\x80\x02cdatetime\ndatetime\nU\x01x\x85R.", nil},
		{"keys with the same text", "}(I1\nI7\nU\x011I8\nu.", map[string]any{"1": nil}},
		{"a list in itself", "]q\x00h\x00a.", nil},
		{"a dict in itself", "}q\x00U\x01ah\x00s.", nil},
		{"calls a function", "cos\nsystem\n(S'true'\ntR.", nil},
		{"calls a function of protocol 4", "\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R.", nil},
		{"builtins", "c__builtin__\neval\n(S'1'\ntR.", nil},
		{"instance", "(S'1'\nios\nsystem\n.", nil},
		{"object", "(cos\nsystem\no.", nil},
		{"class of the site", "cshop.models\nUser\n)\x81.", nil},
		{"calls a text", "U\x01a)R.", nil},
		{"persistent id", "Pname\n.", nil},
		{"extension", "\x82\x01.", nil},
		{"out of band buffer", "\x97.", nil},
		{"empty", "", nil},
		{"no stop", "N", nil},
		{"two values", "NN.", nil},
		{"something after it", "N.N", nil},
		{"a mark for a value", "(.", nil},
		{"takes from nothing", "a.", nil},
		{"no mark", "t.", nil},
		{"nothing in the memo", "h\x00.", nil},
		{"odd dict", "(I1\nd.", nil},
		{"appends to a number", "I1\nI2\na.", nil},
		{"huge text", "X\xff\xff\xff\xffa.", nil},
		{"huge bytes", "\x8e\xff\xff\xff\xff\xff\xff\xff\xffa.", nil},
		{"huge integer", "\x8b\xff\xff\xff\x7f" + long, nil},
		{"long line of digits", "L" + strings.Repeat("9", 1000) + "L\n.", nil},
		{"not UTF-8", "X\x01\x00\x00\x00\xff.", nil},
		{"surrogate", "V\\ud800\n.", nil},
		{"protocol 6", "\x80\x06N.", nil},
		{"deep", strings.Repeat("(", 100) + "N" + strings.Repeat("l", 100) + ".", nil},
	} {
		got, err := ParsePickle([]byte(test.record))
		if refused := test.want == nil && test.name != "an object is passed over"; refused != (err != nil) {
			t.Errorf("%s: got %#v, %v", test.name, got, err)
		} else if err == nil && !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %#v, want %#v", test.name, got, test.want)
		}
	}
}

// A short pickle may name a long list or text again and again; that must not take memory again and again.
func TestPickleRepeats(t *testing.T) {
	latin1 := "c_codecs\nencode\nq\x02X\x00\x80\x00\x00" + strings.Repeat("x", 1<<15) + "q\x00U\x06latin1\x86q\x010"
	list := "(" + strings.Repeat("N", 1<<14) + "lq\x000"
	for name, record := range map[string]string{
		"text":  latin1 + "](" + strings.Repeat("h\x02h\x01R", 1<<14) + "e.",
		"lists": list + "c__builtin__\nset\nq\x020](" + strings.Repeat("h\x02h\x00\x85R", 1<<13) + "e.",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		ParsePickle([]byte(record))
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 32<<20 {
			t.Errorf("%s: %d bytes of memory for %d bytes", name, used, len(record))
		}
	}
}

// FuzzPickle feeds the reader anything: it neither falls nor takes more than a multiple of the input.
func FuzzPickle(f *testing.F) {
	files, _ := filepath.Glob("testdata/pickle/protocol?")
	for _, file := range files {
		record, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(record)
	}
	f.Add([]byte("]q\x00h\x00a."))
	f.Fuzz(func(t *testing.T, record []byte) {
		tree, err := ParsePickle(record)
		if err == nil {
			recordtest.CheckPlain(t, tree, 0)
		}
	})
}
