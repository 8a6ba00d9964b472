package record

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"tawkproxy/session/record/recordtest"
)

// repeatedRecord is a record of n equal values between what begins it and what ends it.
func repeatedRecord(head, value, end string) func(n int) []byte {
	return func(n int) []byte { return []byte(head + strings.Repeat(value, n) + end) }
}

// countedRecord is a record of n values between what begins it, to which the number of values belongs, and what ends it.
func countedRecord(head, value, end string, number func(n int) string) func(n int) []byte {
	return func(n int) []byte { return repeatedRecord(head+number(n), value, end)(n) }
}

// numberedRecord is a record of n values, each with a key of its own.
func numberedRecord(head func(n int) string, entry func(i int) string, end string) func(n int) []byte {
	return func(n int) []byte {
		var b bytes.Buffer
		b.WriteString(head(n))
		for i := range n {
			b.WriteString(entry(i))
		}
		b.WriteString(end)
		return b.Bytes()
	}
}

func big4(n int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(n))) }

// little3 is a number as Marshal writes one of three bytes.
func little3(n int) string { return "\x03" + string([]byte{byte(n), byte(n >> 8), byte(n >> 16)}) }

// crowds are records of as many values as one likes, of the kinds that cost most memory for a byte.
func crowds(t testing.TB) []struct {
	name   string
	counts int // for how many values one of them counts
	parse  Parser
	record func(n int) []byte
} {
	phpArray := func(n int) string { return fmt.Sprintf("a:%d:{", n) }
	igArray := func(n int) string { return "\x00\x00\x00\x02\x16" + big4(n) }
	nothing := func(int) string { return "" }
	type wide struct{ A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P bool }
	return []struct {
		name   string
		counts int
		parse  Parser
		record func(n int) []byte
	}{
		{"JSON zeros", 1, ParseJSON, repeatedRecord(`[`, `0,`, `0]`)},
		{"JSON lists", 2, ParseJSON, repeatedRecord(`[`, `[0],`, `0]`)},
		{"JSON empty maps", 5, ParseJSON, repeatedRecord(`[`, `{},`, `0]`)},
		{"JSON maps", 5, ParseJSON, repeatedRecord(`[`, `{"":0},`, `0]`)},
		{"JSON maps in maps", 2001, ParseJSON, repeatedRecord(`[`, strings.Repeat(`{"":`, 500)+`0`+strings.Repeat(`}`, 500)+`,`, `0]`)},
		{"JSON members", 1, ParseJSON, numberedRecord(func(int) string { return "{" }, func(i int) string { return fmt.Sprintf(`"%x":0,`, i) }, `"":0}`)},
		{"tagged JSON", 5, ParseTagged, repeatedRecord(`[`, `{" t":0},`, `0]`)},
		{"PHP nulls", 1, ParsePHP, numberedRecord(phpArray, func(i int) string { return fmt.Sprintf("i:%d;N;", i) }, "}")},
		{"PHP arrays", 5, ParsePHP, numberedRecord(phpArray, func(i int) string { return fmt.Sprintf("i:%d;a:1:{i:0;N;}", i) }, "}")},
		{"PHP objects", 4, ParsePHP, numberedRecord(phpArray, func(i int) string { return fmt.Sprintf(`i:%d;O:0:"":0:{}`, i) }, "}")},
		{"PHP objects that write themselves", 5, ParsePHP,
			numberedRecord(phpArray, func(i int) string { return fmt.Sprintf(`i:%d;C:0:"":2:{N;}`, i) }, "}")},
		{"PHP cases", 4, ParsePHP, numberedRecord(phpArray, func(i int) string { return fmt.Sprintf(`i:%d;E:1:":";`, i) }, "}")},
		{"PHP variables", 1, ParsePHPVariables, numberedRecord(nothing, func(i int) string { return fmt.Sprintf("%x|N;", i) }, "")},
		{"PHP variables, binary", 1, parsePHPBinary, numberedRecord(nothing, func(i int) string { return "\x04" + big4(i) + "N;" }, "")},
		{"igbinary nulls", 1, parseIgbinary, numberedRecord(igArray, func(i int) string { return "\x0a" + big4(i) + "\x00" }, "")},
		{"igbinary arrays", 5, parseIgbinary, numberedRecord(igArray, func(i int) string { return "\x0a" + big4(i) + "\x14\x01\x06\x00\x00" }, "")},
		{"igbinary objects", 4, parseIgbinary, numberedRecord(igArray, func(i int) string { return "\x0a" + big4(i) + "\x17\x00\x14\x00" }, "")},
		{"igbinary texts", 1, parseIgbinary, numberedRecord(igArray, func(i int) string { return "\x0a" + big4(i) + "\x11\x01a" }, "")},
		{"gob booleans", 1, ParseGob, func(n int) []byte { return recordtest.EncodeGob(t, make([]bool, n)) }},
		{"gob maps", 6, ParseGob, func(n int) []byte {
			maps := make([]map[string]bool, n)
			for i := range maps {
				maps[i] = map[string]bool{"": true}
			}
			return encodeTyped(t, maps)
		}},
		{"gob structs", 5, ParseGob, func(n int) []byte {
			structs := make([]wide, n)
			for i := range structs {
				structs[i].P = true
			}
			return encodeTyped(t, structs)
		}},
		{"Marshal nils", 1, ParseMarshal, countedRecord("\x04\x08[", "0", "", little3)},
		{"Marshal floats", 1, ParseMarshal, countedRecord("\x04\x08[", "f\x060", "", little3)},
		{"Marshal texts", 1, ParseMarshal, countedRecord("\x04\x08[", "\"\x00", "", little3)},
		{"Marshal hashes", 6, ParseMarshal, countedRecord("\x04\x08[", "{\x0600", "", little3)},
		{"Marshal objects", 5, ParseMarshal, countedRecord("\x04\x08[", "o:\x06a\x06:\x06a0", "", little3)},
		{"MessagePack nils", 1, parseMsgpack, countedRecord("\xdd", "\xc0", "", big4)},
		{"MessagePack lists", 2, parseMsgpack, countedRecord("\xdd", "\x91\xc0", "", big4)},
		{"MessagePack maps", 6, parseMsgpack, countedRecord("\xdd", "\x81\xa0\xc0", "", big4)},
		{"pickled nones", 1, ParsePickle, repeatedRecord("\x80\x04](", "N", "e.")},
		{"pickled texts", 1, ParsePickle, repeatedRecord("\x80\x04](", "\x8c\x00", "e.")},
		{"pickled lists", 2, ParsePickle, repeatedRecord("\x80\x04](", "]Na", "e.")},
		{"pickled dicts", 6, ParsePickle, repeatedRecord("\x80\x04](", "}NNs", "e.")},
		{"pickled calls", 3, ParsePickle, repeatedRecord("\x80\x04ccollections\nOrderedDict\nq\x00](", "h\x00)R", "e0.")},
		{"a pickle's memo", 1, ParsePickle, repeatedRecord("\x80\x04N", "\x94", ".")},
		{"a pickle's memo by number", 1, ParsePickle, numberedRecord(func(int) string { return "\x80\x04N" },
			func(i int) string { return "r" + string(binary.LittleEndian.AppendUint32(nil, uint32(i))) }, ".")},
	}
}

// allocated is how much memory do took in all, in bytes: more than it ever held at once.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// No record, whatever it holds, takes more memory than a small multiple of the largest record's size: neither one that is refused
// for its values, nor the largest that is not.
func TestRecordsOfTooManyValues(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const bound = 20 * MaxRecord
	const around = 300 // values beside those that are repeated
	for _, crowd := range crowds(t) {
		t.Run(crowd.name, func(t *testing.T) {
			for _, n := range []int{(MaxValues - around) / crowd.counts, (MaxValues + around) / crowd.counts, 2 * MaxValues / crowd.counts} {
				record := crowd.record(n)
				var err error
				took := allocated(func() { _, err = crowd.parse(record) })
				if n*crowd.counts <= MaxValues != (err == nil) ||
					err != nil && !strings.HasSuffix(err.Error(), fmt.Sprintf("a session of more than %d values", MaxValues)) {
					t.Errorf("%d of them: %v", n, err)
				}
				if took > bound {
					t.Errorf("%d of them, in %d bytes, take %d bytes", n, len(record), took)
				}
				t.Logf("%d of them, in %d KiB, take %d KiB: %v", n, len(record)>>10, took>>10, err)
			}
		})
	}
}

// Sessions that shops have are read: a basket of seven thousand articles.
func TestRecordOfALargeBasket(t *testing.T) {
	const articles = 7000
	var php, text strings.Builder
	for i := range articles {
		fmt.Fprintf(&php, `i:%d;a:5:{s:3:"sku";i:%[1]d;s:3:"qty";i:1;s:5:"price";d:12.5;s:4:"name";s:4:"Sock";s:4:"size";s:2:"XL";}`, i)
		fmt.Fprintf(&text, `,{"sku":%d,"qty":1,"price":12.5,"name":"Sock","size":"XL"}`, i)
	}
	for name, record := range map[string]struct {
		parse Parser
		text  string
	}{
		"PHP":  {ParsePHPVariables, fmt.Sprintf(`user_id|i:42;cart|a:%d:{%s}`, articles, &php)},
		"JSON": {ParseJSON, `{"user_id":42,"cart":[` + text.String()[1:] + `]}`},
	} {
		tree, err := record.parse([]byte(record.text))
		if err != nil || len(record.text) > MaxRecord || TextAt(tree, "user_id") != "42" || TextAt(tree, "cart.6999.sku") != "6999" {
			t.Errorf("%s of %d bytes: %v", name, len(record.text), err)
		}
	}
}
