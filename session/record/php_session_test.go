package record

import (
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

func TestPHPHandlers(t *testing.T) {
	type m = map[string]any
	tests := []struct {
		handler, record string
		want            any
	}{
		{"php", "", m{}},
		{"igbinary", "", m{}},
		{"php", `id|i:42;name|s:3:"a|b";`, m{"id": int64(42), "name": "a|b"}},
		{"php", `|N;`, m{"": nil}},
		{"php", `a|O:1:"U":1:{s:2:"id";i:7;}b|r:1;c|s:1:"x";d|R:4;`,
			m{"a": m{phpClass: "U", "id": int64(7)}, "b": m{phpClass: "U", "id": int64(7)}, "c": "x", "d": "x"}},
		{"php_serialize", `a:2:{s:1:"a";s:1:"x";s:1:"b";R:2;}`, m{"a": "x", "b": "x"}},
		{"php_binary", "\x02idi:42;\x81x\x01yR:1;", m{"id": int64(42), "y": int64(42)}},
		{"igbinary", "\x00\x00\x00\x02\x14\x01\x11\x02id\x06\x2a", m{"id": int64(42)}},
		{"igbinary", "\x00\x00\x00\x01\x14\x03\x11\x01a\x25\x06\x07\x11\x01b\x25\x01\x01\x00\x07\x05\x0e\x01", nil},
		{"igbinary", "\x00\x00\x00\x01\x14\x04\x11\x01a\x25\x06\x07\x11\x01b\x25\x01\x01\x00\x07\x05\x0e\x01",
			m{"a": int64(7), "b": int64(7), "-5": "b"}},
		{"igbinary", "\x00\x00\x00\x02\x14\x01\x06\x00\x01\x00", m{"0": nil}},
	}
	for _, test := range tests {
		parse, err := PhpHandler(test.handler)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parse([]byte(test.record))
		if !reflect.DeepEqual(got, test.want) || (err == nil) != (test.want != nil) {
			t.Errorf("%s %q: got %#v, %v", test.handler, test.record, got, err)
		}
	}
	if _, err := PhpHandler("wddx"); err == nil {
		t.Error("wddx: accepted")
	}
}

// A record of another handler is refused, and the error says which setting to change. Two handlers can make sense of one record:
// the one that is set decides, not the visitor who has chosen what is in it.
func TestPHPHandlersNotMixed(t *testing.T) {
	records := map[string]string{
		"php":           `id|i:42;`,
		"php_serialize": `a:1:{s:2:"id";i:42;}`,
		"php_binary":    "\x02idi:42;",
		"igbinary":      "\x00\x00\x00\x02\x14\x01\x11\x02id\x06\x2a",
	}
	for set := range records {
		parse, err := PhpHandler(set)
		if err != nil {
			t.Fatal(err)
		}
		for written, record := range records {
			values, err := parse([]byte(record))
			if set == written {
				if id, _ := At(values, "id"); err != nil || Text(id) != "42" {
					t.Errorf("%s: got %v, %v", set, values, err)
				}
			} else if err == nil || !strings.HasSuffix(err.Error(), written) {
				t.Errorf("%s read as %s: got %v, %v", written, set, values, err)
			}
		}
	}
	php, _ := PhpHandler("php")
	const both = `a:2:{s:2:"id";i:1;s:1:"x";s:6:"|i:42;";}`
	if values, err := php([]byte(both)); err == nil {
		t.Errorf("got %v", values)
	}
}

func TestIgbinaryRefuses(t *testing.T) {
	const header = "\x00\x00\x00\x02"
	deep := header + strings.Repeat("\x14\x01\x06\x00", maxPHPDepth) + "\x00"
	for _, record := range []string{"", "\x00\x00\x00", "\x00\x00\x00\x02", "\x00\x00\x00\x03\x00", "\x02\x00\x00\x00\x00",
		header + "\x00\x00", header + "\x28", header + "\x06", header + "\x0c1234567", header + "\x11\x02a",
		header + "\x13\xff\xff\xff\xffa",
		header + "\x0e\x00", header + "\x14\x01", header + "\x16\xff\xff\xff\xff\x06\x00\x00", header + "\x14\x01\x05\x00",
		header + "\x14\x01\x14\x00\x00", header + "\x17\x01U", header + "\x17\x01U\x00", header + "\x17\x01U\x1d\x05N;",
		header + "\x17\x01U\x27\x00", header + "\x1a\x00\x14\x00", header + "\x01\x00", header + "\x22\x00", header + "\x25",
		header + "\x26", deep} {
		if got, err := parseIgbinary([]byte(record)); err == nil || got != nil {
			t.Errorf("%.40q: got %v, %v", record, got, err)
		}
	}
}

func FuzzPHPHandlers(f *testing.F) {
	f.Add([]byte(`a|O:1:"U":1:{s:2:"id";i:7;}b|r:1;c|s:1:"x";d|R:4;`))
	f.Add([]byte("\x02idi:42;\x81x\x01yR:1;"))
	f.Add([]byte("\x00\x00\x00\x01\x14\x04\x11\x01a\x25\x06\x07\x11\x01b\x25\x01\x01\x00\x07\x05\x0e\x01"))
	f.Add([]byte("\x00\x00\x00\x02\x14\x02\x06\x00\x17\x01E\x27\x11\x01A\x06\x01\x22\x01"))
	f.Add([]byte("\x00\x00\x00\x02\x14\x02\x06\x00\x17\x01U\x14\x01\x11\x04\x00*\x00p\x0c12345678\x06\x01\x1a\x00\x1d\x02N;"))
	f.Fuzz(func(t *testing.T, record []byte) {
		for _, handler := range phpHandlers {
			values, err := handler.parse(record)
			if err != nil && values != nil {
				t.Fatalf("%s: values beside an error", handler.name)
			}
			if cyclic(values, map[uintptr]bool{}) {
				t.Fatalf("%s: a value that contains itself", handler.name)
			}
		}
	})
}

// What is announced, nested or referred to costs no memory; what is there costs what Go maps cost.
func TestPHPMemory(t *testing.T) {
	half := maxPHPDepth / 2
	small := "\x00\x00\x00\x02\x15" + string([]byte{9000 >> 8, 9000 & 0xff})
	for i := range 9000 {
		small += "\x08" + string([]byte{byte(i >> 8), byte(i)}) + "\x14\x01\x06\x00\x00"
	}
	records := map[string]string{
		"many small arrays by igbinary":    small,
		"nested arrays that announce much": strings.Repeat(`a:9999:{i:0;`, half) + strings.Repeat("i:0;N;", 10000),
		"texts within texts":               nestedCustom(half, "x"),
		"an array within texts":            nestedCustom(half, "a:9000:{"+numbered(9000)+"}"),
		"many references":                  `a:9001:{` + numbered(9000) + `i:9000;R:1;}`,
		"many small values":                `a:9000:{` + numbered(9000) + `}`,
	}
	for name, record := range records {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if strings.HasPrefix(record, "\x00") {
			parseIgbinary([]byte(record))
		} else {
			ParsePHP([]byte(record))
		}
		runtime.ReadMemStats(&after)
		factor := (after.TotalAlloc - before.TotalAlloc) / uint64(len(record))
		if t.Logf("%s: %d bytes take %d times as much", name, len(record), factor); factor > 100 {
			t.Error("too much")
		}
	}
}

func nestedCustom(depth int, text string) string {
	for range depth {
		text = `C:1:"U":` + strconv.Itoa(len(text)) + `:{` + text + `}`
	}
	return text
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("i:" + strconv.Itoa(i) + ";N;")
	}
	return b.String()
}
