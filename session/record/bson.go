package record

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// maxBSONDepth bounds documents within documents, as MongoDB itself does.
const maxBSONDepth = 100

// ParseBSON is the [Parser] of BSON (bsonspec.org), the documents of MongoDB. The tree is that of the JSON which JavaScript makes of
// such a document (JSON.stringify): numbers are [json.Number], an ObjectID is its 24 hex digits, a date is a text such as
// 2026-11-22T14:30:00.000Z. Binary data is []byte, but for UUIDs, which are text. What is no data, such as code and regular expressions,
// is nil. Of two members of one name the last counts.
func ParseBSON(document []byte) (any, error) {
	r := bsonReader{Cursor: Cursor{Format: "BSON", Rest: document}}
	tree := r.document()
	if r.Err == nil && len(r.Rest) > 0 {
		r.fail("something after the document")
	}
	if r.Err != nil {
		return nil, r.Err
	}
	return tree, nil
}

// A bsonReader consumes a document. The first error sticks. The driver's own reader trusts the lengths that a document announces.
type bsonReader struct {
	Cursor
	depth int
}

// int32 and int64 consume a number, the lowest byte first.
func (r *bsonReader) int32() int32 {
	var wide [4]byte
	copy(wide[:], r.take(4))
	return int32(binary.LittleEndian.Uint32(wide[:]))
}

func (r *bsonReader) int64() int64 {
	var wide [8]byte
	copy(wide[:], r.take(8))
	return int64(binary.LittleEndian.Uint64(wide[:]))
}

// name consumes bytes up to a zero, and the zero.
func (r *bsonReader) name() []byte {
	end := bytes.IndexByte(r.Rest, 0)
	if end < 0 {
		r.fail("ends too soon")
		return nil
	}
	name := r.take(uint64(end))
	r.take(1)
	return name
}

// elements consumes a document or an array, and hands over each of its elements once its type and name are consumed.
func (r *bsonReader) elements(each func(kind byte, name []byte)) {
	before := len(r.Rest)
	length := int(r.int32())
	if r.depth++; r.depth > maxBSONDepth {
		r.fail("nested deeper than %d", maxBSONDepth)
	}
	for r.Err == nil {
		kind := r.take(1)
		if r.Err != nil || kind[0] == 0 {
			break
		}
		r.counted(1)
		each(kind[0], r.name())
	}
	r.depth--
	if r.Err == nil && before-len(r.Rest) != length {
		r.fail("a document of another length than it says")
	}
}

func (r *bsonReader) document() any {
	r.counted(mapValues)
	values := map[string]any{}
	r.elements(func(kind byte, name []byte) {
		if !utf8.Valid(name) {
			r.fail("a name that is not UTF-8")
		}
		values[string(name)] = r.value(kind)
	})
	return values
}

func (r *bsonReader) array() any {
	values := []any{}
	r.elements(func(kind byte, _ []byte) { values = append(values, r.value(kind)) })
	return values
}

// value reads a value of a type, by the numbers of the specification.
func (r *bsonReader) value(kind byte) any {
	switch bson.Type(kind) {
	case bson.TypeEmbeddedDocument:
		return r.document()
	case bson.TypeArray:
		return r.array()
	case bson.TypeString, bson.TypeSymbol:
		return r.text()
	case bson.TypeBoolean:
		return slices.Equal(r.take(1), []byte{1})
	case bson.TypeInt32:
		return json.Number(strconv.FormatInt(int64(r.int32()), 10))
	case bson.TypeInt64:
		return json.Number(strconv.FormatInt(r.int64(), 10))
	case bson.TypeDouble:
		return bsonDouble(math.Float64frombits(uint64(r.int64())))
	case bson.TypeDecimal128:
		low, high := uint64(r.int64()), uint64(r.int64())
		return bsonDecimal(bson.NewDecimal128(high, low))
	case bson.TypeObjectID:
		return hex.EncodeToString(r.take(12))
	case bson.TypeDateTime:
		return bsonDate(r.int64())
	case bson.TypeBinary:
		return r.binary()
	}
	r.skip(bson.Type(kind))
	return nil
}

// skip consumes what is no data.
func (r *bsonReader) skip(kind bson.Type) {
	switch kind {
	case bson.TypeNull, bson.TypeUndefined, bson.TypeMinKey, bson.TypeMaxKey:
	case bson.TypeTimestamp:
		r.take(8)
	case bson.TypeRegex:
		r.name()
		r.name()
	case bson.TypeJavaScript:
		r.text()
	case bson.TypeDBPointer:
		r.text()
		r.take(12)
	case bson.TypeCodeWithScope:
		r.take(4)
		r.text()
		r.document()
	default:
		r.fail("a type that does not exist")
	}
}

// text is a string, which has a zero behind it. Bytes that are not UTF-8 stay bytes.
func (r *bsonReader) text() any {
	length := r.int32()
	if length < 1 {
		r.fail("a text of no length")
		return nil
	}
	text := r.take(uint64(length))
	if r.Err != nil || text[length-1] != 0 {
		r.fail("a text without an end")
		return nil
	}
	if text = text[:length-1]; !utf8.Valid(text) {
		return slices.Clone(text)
	}
	return string(text)
}

func (r *bsonReader) binary() any {
	length, subtype := r.int32(), r.take(1)
	if r.Err != nil || length < 0 {
		r.fail("binary data of no length")
		return nil
	}
	data := r.take(uint64(length))
	switch {
	case r.Err != nil:
		return nil
	case subtype[0] == bson.TypeBinaryUUID && len(data) == 16:
		return uuidText([16]byte(data))
	case subtype[0] == bson.TypeBinaryBinaryOld: // has its length once more
		if len(data) < 4 || int(binary.LittleEndian.Uint32(data)) != len(data)-4 {
			r.fail("binary data of another length than it says")
			return nil
		}
		data = data[4:]
	}
	return append([]byte{}, data...)
}

// bsonDouble writes a number that may have lost digits with an exponent, so that it is the [Text] of no id.
func bsonDouble(f float64) any {
	switch {
	case math.IsNaN(f), math.IsInf(f, 0):
		return nil
	case math.Abs(f) > MaxExact:
		return json.Number(strconv.FormatFloat(f, 'e', -1, 64))
	}
	return json.Number(strconv.FormatFloat(f, 'f', -1, 64))
}

func bsonDecimal(n bson.Decimal128) any {
	if n.IsNaN() || n.IsInf() != 0 {
		return nil
	}
	return json.Number(n.String())
}

// bsonDate writes a date as JavaScript does, nil if it is none between the years 0 and 9999.
func bsonDate(milliseconds int64) any {
	date := time.UnixMilli(milliseconds).UTC()
	if year := date.Year(); year < 0 || year > 9999 {
		return nil
	}
	return date.Format("2006-01-02T15:04:05.000Z")
}

// Date reads what [ParseBSON] makes of a date; ok is false if it is none.
func Date(value any) (date time.Time, ok bool) {
	text, _ := value.(string)
	date, err := time.Parse(time.RFC3339, text)
	return date, err == nil
}
