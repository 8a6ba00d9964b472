package record

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"tawkproxy/session/record/recordtest"
)

func encodeBSON(t testing.TB, members ...bson.E) []byte {
	t.Helper()
	document, err := bson.Marshal(bson.D(members))
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// The tree is the one that the same document has as JSON, but for what JSON does not have.
func TestBSON(t *testing.T) {
	id, err := bson.ObjectIDFromHex("5f1d7f3a9c8b7a6d5e4f3c2b")
	if err != nil {
		t.Fatal(err)
	}
	decimal, err := bson.ParseDecimal128("42.50")
	if err != nil {
		t.Fatal(err)
	}
	uuid := []byte("\x12\x3e\x45\x67\xe8\x9b\x12\xd3\xa4\x56\x42\x66\x14\x17\x40\x00")
	for name, test := range map[string]struct {
		value any
		want  any
		text  string // as a mapping takes it
	}{
		"text":             {"José", "José", "José"},
		"symbol":           {bson.Symbol("ada"), "ada", "ada"},
		"small":            {int32(42), json.Number("42"), "42"},
		"large":            {int64(math.MaxInt64), json.Number("9223372036854775807"), "9223372036854775807"},
		"double":           {42.0, json.Number("42"), "42"},
		"fraction":         {-1.5, json.Number("-1.5"), "-1.5"},
		"beyond exactness": {1e16, json.Number("1e+16"), ""},
		"no number":        {math.NaN(), nil, ""},
		"infinite":         {math.Inf(-1), nil, ""},
		"decimal":          {decimal, json.Number("42.50"), "42.5"},
		"true":             {true, true, "true"},
		"null":             {nil, nil, ""},
		"ObjectID":         {id, "5f1d7f3a9c8b7a6d5e4f3c2b", "5f1d7f3a9c8b7a6d5e4f3c2b"},
		"date":             {time.Date(2026, 11, 22, 14, 30, 0, 0, time.UTC), "2026-11-22T14:30:00.000Z", "2026-11-22T14:30:00.000Z"},
		"date before 1970": {bson.DateTime(-1), "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
		"date of no year":  {bson.DateTime(math.MaxInt64), nil, ""},
		"bytes":            {bson.Binary{Data: []byte("a\xff")}, []byte("a\xff"), "a\xff"},
		"old bytes":        {bson.Binary{Subtype: bson.TypeBinaryBinaryOld, Data: []byte("a\xff")}, []byte("a\xff"), "a\xff"},
		"UUID":             {bson.Binary{Subtype: bson.TypeBinaryUUID, Data: uuid}, "123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"},
		"list":             {bson.A{int32(1), "x", bson.D{}}, []any{json.Number("1"), "x", map[string]any{}}, ""},
		"document":         {bson.D{{Key: "id", Value: int32(7)}}, map[string]any{"id": json.Number("7")}, ""},
		"twice":            {bson.D{{Key: "id", Value: "a"}, {Key: "id", Value: "b"}}, map[string]any{"id": "b"}, ""},
		"code":             {bson.JavaScript("x()"), nil, ""},
		"regex":            {bson.Regex{Pattern: ".*"}, nil, ""},
		"timestamp":        {bson.Timestamp{T: 1}, nil, ""},
		"undefined":        {bson.Undefined{}, nil, ""},
		"least":            {bson.MinKey{}, nil, ""},
	} {
		tree, err := ParseBSON(encodeBSON(t, bson.E{Key: "v", Value: test.value}, bson.E{Key: "after", Value: "it"}))
		want := map[string]any{"v": test.want, "after": "it"}
		if err != nil || !reflect.DeepEqual(tree, want) {
			t.Errorf("%s: got %#v, %v, want %#v", name, tree, err, want)
		}
		if got := TextAt(tree, "v"); got != test.text {
			t.Errorf("%s: the text is %q, want %q", name, got, test.text)
		}
	}
}

func TestBSONByHand(t *testing.T) {
	deep := bson.D{}
	for range 200 {
		deep = bson.D{{Key: "a", Value: deep}}
	}
	many := make(bson.A, MaxValues)
	good := string(encodeBSON(t, bson.E{Key: "a", Value: "x"}))
	for name, document := range map[string]string{
		"nothing":                 "",
		"no document":             "{}",
		"cut off":                 good[:len(good)-1],
		"something after it":      good + "\x00",
		"longer than it is":       "\xff\xff\xff\x7f\x00",
		"shorter than nothing":    "\xff\xff\xff\xff\x00",
		"a type that is not":      "\x08\x00\x00\x00\x7ea\x00\x00",
		"a text beyond the end":   strings.Replace(good, "\x02\x00\x00\x00x", "\xff\xff\xff\x7fx", 1),
		"a key that is not UTF-8": strings.Replace(good, "a\x00", "\xff\x00", 1),
		"deep":                    string(encodeBSON(t, deep...)),
		"many":                    string(encodeBSON(t, bson.E{Key: "a", Value: many})),
	} {
		if tree, err := ParseBSON([]byte(document)); err == nil {
			t.Errorf("%s: got %#v", name, tree)
		}
	}
	tree, err := ParseBSON([]byte(strings.Replace(good, "x\x00", "\xff\x00", 1)))
	if want := map[string]any{"a": []byte("\xff")}; err != nil || !reflect.DeepEqual(tree, want) {
		t.Errorf("a text that is not UTF-8: got %#v, %v", tree, err)
	}
}

// FuzzBSON feeds the reader anything: it neither falls nor takes more memory than a multiple of the input.
func FuzzBSON(f *testing.F) {
	f.Add(encodeBSON(f, bson.E{Key: "_id", Value: bson.NewObjectID()}, bson.E{Key: "session", Value: bson.D{{Key: "user", Value: int64(42)},
		{Key: "list", Value: bson.A{1.5, "x", nil, true}}}}, bson.E{Key: "expires", Value: time.UnixMilli(1795357041000)}))
	f.Add(encodeBSON(f, bson.E{Key: "payload", Value: bson.Binary{Subtype: bson.TypeBinaryBinaryOld, Data: []byte("a:0:{}")}},
		bson.E{Key: "code", Value: bson.CodeWithScope{Code: "x", Scope: bson.D{}}}, bson.E{Key: "n", Value: bson.Decimal128{}}))
	f.Fuzz(func(t *testing.T, document []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		tree, err := ParseBSON(document)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(len(document))*1000+1<<16 {
			t.Errorf("%d bytes took %d", len(document), used)
		}
		if err == nil {
			recordtest.CheckPlain(t, tree, 0)
			if length := binary.LittleEndian.Uint32(document); int(length) != len(document) {
				t.Errorf("%d bytes are read as %d", len(document), length)
			}
		}
	})
}
