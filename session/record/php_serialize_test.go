package record

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

func TestParsePHP(t *testing.T) {
	type m = map[string]any
	tests := []struct {
		text string
		want any
	}{
		{`N;`, nil},
		{`b:1;`, true},
		{`b:0;`, false},
		{`i:-9223372036854775808;`, int64(math.MinInt64)},
		{`d:0.1;`, 0.1},
		{`d:1.0E+100;`, 1e100},
		{`d:-INF;`, math.Inf(-1)},
		{`d:1e999;`, math.Inf(1)},
		{`d:.5;`, 0.5},
		{"s:6:\"\"; \x00\xff}\";", "\"; \x00\xff}"},
		{`S:4:"a\00\5cb";`, "a\x00\\b"},
		{`a:0:{}`, m{}},
		{`a:3:{i:-7;b:1;s:1:"x";N;S:1:"\79";i:2;}`, m{"-7": true, "x": nil, "y": int64(2)}},
		{`a:2:{i:0;i:1;i:0;i:2;}`, m{"0": int64(2)}},
		{`O:8:"stdClass":1:{s:1:"a";i:1;}`, m{phpClass: "stdClass", "a": int64(1)}},
		{"O:1:\"U\":3:{s:2:\"id\";i:1;s:7:\"\x00*\x00name\";s:1:\"A\";s:8:\"\x00U\x00email\";s:1:\"e\";}",
			m{phpClass: "U", "id": int64(1), "name": "A", "email": "e"}},
		{"O:1:\"U\":2:{s:5:\"\x00U\x00id\";i:1;s:5:\"\x00P\x00id\";i:2;}", m{phpClass: "U", "id": int64(1)}},
		{"O:1:\"U\":2:{s:5:\"\x00P\x00id\";i:2;s:5:\"\x00*\x00id\";i:1;}", m{phpClass: "U", "id": int64(1)}},
		{"O:1:\"U\":1:{s:5:\"\x00P\x00id\";i:2;}", m{phpClass: "U", "id": int64(2)}},
		{`O:1:"U":1:{i:0;a:1:{s:1:"k";s:1:"v";}}`, m{phpClass: "U", "0": m{"k": "v"}}},
		{`E:6:"A\R:Up";`, m{phpClass: `A\R`, "name": "Up"}},
		{`C:1:"U":24:{a:1:{s:2:"id";s:2:"42";}}`, m{phpClass: "U", "id": "42"}},
		{`C:1:"U":4:{i:5;}`, m{phpClass: "U", "data": int64(5)}},
		{`C:1:"U":5:{a:1:{}`, m{phpClass: "U", "data": []byte("a:1:{")}},

		// Slots: the outer array is 1, keys have none, R has none, r has one.
		{`a:3:{s:1:"a";s:1:"x";s:1:"b";R:2;s:1:"c";i:7;}`, m{"a": "x", "b": "x", "c": int64(7)}},
		{`a:4:{i:0;s:1:"x";i:1;R:2;i:2;s:1:"y";i:3;R:3;}`, m{"0": "x", "1": "x", "2": "y", "3": "y"}},
		{`a:4:{i:0;O:1:"U":0:{}i:1;r:2;i:2;s:1:"y";i:3;R:4;}`,
			m{"0": m{phpClass: "U"}, "1": m{phpClass: "U"}, "2": "y", "3": "y"}},
		{`a:2:{i:0;C:1:"U":22:{a:2:{i:0;i:5;i:1;i:6;}}i:1;R:4;}`,
			m{"0": m{phpClass: "U", "0": int64(5), "1": int64(6)}, "1": int64(5)}},
		{`a:3:{i:0;C:1:"U":5:{x:i:1}i:1;s:1:"y";i:2;R:3;}`,
			m{"0": m{phpClass: "U", "data": []byte("x:i:1")}, "1": "y", "2": "y"}},
		{`a:1:{i:0;R:1;}`, m{"0": nil}},
		{`O:1:"U":1:{s:4:"self";r:1;}`, m{phpClass: "U", "self": nil}},
	}
	for _, test := range tests {
		got, err := ParsePHP([]byte(test.text))
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q: got %#v, %v, want %#v", test.text, got, err, test.want)
		}
	}
	if got, err := ParsePHP([]byte("d:NAN;")); err != nil || !math.IsNaN(got.(float64)) {
		t.Errorf("NAN: got %v, %v", got, err)
	}
}

func TestParsePHPRefuses(t *testing.T) {
	deep := strings.Repeat("a:1:{i:0;", maxPHPDepth) + "N;" + strings.Repeat("}", maxPHPDepth)
	for _, text := range []string{``, `x`, `N`, `N;N;`, `b:2;`, `b:;`, `i:;`, `i:1`, `i:9223372036854775808;`,
		`i:1_0;`, `i:0x1;`, `d:;`, `d:0x1p4;`, `d:infinity;`, `d:nan;`, `s:1:"";`,
		`s:-1:"";`, `s:3:"abc;`, `s:3:"abcd";`, `s:99999999999999999999:"a";`,
		`S:1:"\g0";`, `S:2:"\0";`, `a:1:{}`, `a:-1:{}`, `a:1:{i:0;N;`, `a:4294967296:{i:0;N;}`, `a:1:{N;N;}`, `a:1:{d:1;N;}`,
		`a:1:{R:1;N;}`, `a:1:{i:0;i:1;i:2;}`, `O:1:"U":1:{}`, `O:2:"U":0:{}`, `O:1:"U":0:{`, `E:1:"A";`, `C:1:"U":9:{}`,
		`R:1;`, `r:0;`, `R:-1;`, `a:1:{i:0;R:2;}`, `R:99999999999999999999;`, deep} {
		if got, err := ParsePHP([]byte(text)); err == nil || got != nil {
			t.Errorf("%.40q: got %v, %v", text, got, err)
		}
	}
}

// What PHP itself writes is read as PHP's own json_encode shows it.
func TestParsePHPAgainstPHP(t *testing.T) {
	php := testenv.Need(t, "php")
	out, err := exec.Command(php, "-d", "error_reporting=0", "testdata/php/serialize.php").Output()
	if err != nil {
		t.Fatal(err)
	}
	withIgbinary := 0
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	for i, line := range lines {
		var pair struct {
			Record   []byte
			Igbinary []byte
			Value    any
		}
		if err := json.Unmarshal(line, &pair); err != nil {
			t.Fatal(err)
		}
		got, err := ParsePHP(pair.Record)
		if err != nil || !reflect.DeepEqual(shown(got), pair.Value) {
			t.Errorf("value %d, %.200q:\ngot  %v, %v\nwant %v", i, pair.Record, shown(got), err, pair.Value)
		}
		if pair.Igbinary == nil {
			continue
		}
		withIgbinary++
		got, err = parseIgbinary(pair.Igbinary)
		if err != nil || !reflect.DeepEqual(shown(got), pair.Value) {
			t.Errorf("value %d, %.200q:\ngot  %v, %v\nwant %v", i, pair.Igbinary, shown(got), err, pair.Value)
		}
	}
	if len(lines) < 1000 {
		t.Errorf("only %d values", len(lines))
	}
	t.Logf("%d values by serialize(), %d by igbinary", len(lines), withIgbinary)
	if withIgbinary == 0 {
		testenv.Missing(t, "the PHP extension igbinary is not installed")
	}
}

// shown writes a tree as serialize.php does: every scalar as text that keeps every bit.
func shown(tree any) any {
	switch v := tree.(type) {
	case map[string]any:
		members := map[string]any{}
		for name, value := range v {
			members[hex.EncodeToString([]byte(name))] = shown(value)
		}
		return members
	case bool:
		return "b" + Text(v)
	case int64:
		return "i" + Text(v)
	case float64:
		return "d" + strconv.FormatUint(math.Float64bits(v), 16)
	case string, []byte:
		return "s" + hex.EncodeToString([]byte(Text(v)))
	}
	return tree
}

func FuzzPHP(f *testing.F) {
	f.Add([]byte(`a:3:{i:-7;b:1;s:1:"x";N;S:1:"\79";d:-1.5E+3;}`))
	f.Add([]byte("O:1:\"U\":3:{s:2:\"id\";i:1;s:7:\"\x00*\x00name\";s:1:\"A\";s:8:\"\x00U\x00email\";r:1;}"))
	f.Add([]byte(`a:3:{i:0;C:1:"U":22:{a:2:{i:0;i:5;i:1;i:6;}}i:1;R:4;i:2;E:6:"A\R:Up";}`))
	f.Fuzz(func(t *testing.T, record []byte) {
		tree, err := ParsePHP(record)
		if err != nil && tree != nil {
			t.Fatal("values beside an error")
		}
		if cyclic(tree, map[uintptr]bool{}) {
			t.Fatal("a value that contains itself")
		}
	})
}

// cyclic tells whether a tree contains itself. Open holds the maps around it as true, and as false those found sound.
func cyclic(tree any, open map[uintptr]bool) bool {
	values, ok := tree.(map[string]any)
	if !ok {
		return false
	}
	at := reflect.ValueOf(values).Pointer()
	if around, known := open[at]; known {
		return around
	}
	open[at] = true
	for _, value := range values {
		if cyclic(value, open) {
			return true
		}
	}
	open[at] = false
	return false
}
