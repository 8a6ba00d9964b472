package record

import (
	"bytes"
	"math"
	"math/bits"
	"time"
)

// Bounds of one gob record. Real sessions stay far below.
const (
	maxGobDepth = 64  // values within values
	maxGobTypes = 512 // type definitions
)

// ParseGob is the [Parser] of a value written by encoding/gob, whose package documentation defines the format. A stream
// describes its own types, so that values of types that this program has never seen are read as plain data:
//
//   - structs and maps are map[string]any. gob does not send a struct's zero fields: they are absent. An embedded struct is a
//     field by the name of its type. Keys of maps that are not strings stand as their text.
//   - slices and arrays are []any, byte slices []byte, complex numbers []any of two floats, nil interfaces nil.
//   - what types write by methods of their own (GobEncode, MarshalBinary) is []byte, but for time.Time, which is RFC 3339 text
//     in UTC, and UUIDs of 16 bytes, which are their usual text.
//
// The names under which interface values were registered are passed over.
func ParseGob(record []byte) (any, error) {
	r := &gobReader{Cursor: Cursor{Format: "gob", Rest: record}, types: make(map[int64]gobType)}
	r.count()
	value := r.typed(r.typeID())
	if len(r.Rest) > 0 {
		r.fail("%d bytes after the value", len(r.Rest))
	}
	if r.Err != nil {
		return nil, r.Err
	}
	return value, nil
}

// A gobReader consumes a stream. The first error sticks.
type gobReader struct {
	Cursor
	types map[int64]gobType
	depth int
}

// uint reads an unsigned integer: a small one in the first byte, or how many bytes follow.
func (r *gobReader) uint() uint64 {
	first := r.Cursor.uint(1)
	if first < 0x80 {
		return first
	}
	n := -int(int8(first))
	if n > 8 {
		r.fail("an integer of %d bytes", n)
		return 0
	}
	return r.Cursor.uint(uint64(n))
}

func (r *gobReader) int() int64 {
	u := r.uint()
	if u&1 != 0 {
		return ^int64(u >> 1)
	}
	return int64(u >> 1)
}

func (r *gobReader) float() float64 {
	return math.Float64frombits(bits.ReverseBytes64(r.uint()))
}

// count reads the number of bytes or elements that follow. No element takes less than a byte.
func (r *gobReader) count() int {
	n := r.uint()
	if n > uint64(len(r.Rest)) {
		r.fail("announces %d bytes or elements where %d bytes are left", n, len(r.Rest))
		return 0
	}
	return int(n)
}

func (r *gobReader) bytes() []byte { return r.take(uint64(r.count())) }

// typeID reads the definitions in front of a value, and the id of its type. A definition ends its message; the length of the
// next one follows, which matters only to who reads from a socket.
func (r *gobReader) typeID() int64 {
	for r.Err == nil {
		id := r.int()
		if id >= 0 {
			return id
		}
		r.define(-id)
		r.count()
	}
	return 0
}

// typed reads a value that stands alone: in a message, or in an interface. A zero byte precedes all but structs.
func (r *gobReader) typed(id int64) any {
	if r.lookup(id).kind != gobStruct && r.uint() != 0 {
		r.fail("a value that is neither a struct nor alone")
	}
	return r.value(id)
}

func (r *gobReader) value(id int64) any {
	r.depth++
	r.counted(1)
	defer func() { r.depth-- }()
	if r.depth > maxGobDepth {
		r.fail("nested deeper than %d", maxGobDepth)
	}
	t := r.lookup(id)
	if r.Err != nil {
		return nil
	}
	switch t.kind {
	case gobBool:
		return r.uint() != 0
	case gobInt:
		return r.int()
	case gobUint:
		return r.uint()
	case gobFloat:
		return r.float()
	case gobBytes:
		return bytes.Clone(r.bytes())
	case gobString:
		return string(r.bytes())
	case gobComplex:
		return []any{r.float(), r.float()}
	case gobInterface:
		return r.interfaceValue()
	case gobList:
		return r.list(t)
	case gobMap:
		return r.mapValue(t)
	case gobStruct:
		return r.structValue(t)
	}
	return opaqueGob(t.name, r.bytes())
}

func (r *gobReader) interfaceValue() any {
	if name := r.bytes(); len(name) == 0 {
		return nil
	}
	id := r.typeID()
	r.count()
	return r.typed(id)
}

func (r *gobReader) list(t gobType) any {
	n := r.count()
	list := make([]any, 0, min(n, 16)) // elements yet to be read earn no memory
	for len(list) < n && r.Err == nil {
		list = append(list, r.value(t.elem))
	}
	return list
}

func (r *gobReader) mapValue(t gobType) any {
	n := r.count()
	r.counted(mapValues - 1)
	values := make(map[string]any, min(n, 16))
	for ; n > 0 && r.Err == nil; n-- {
		key := r.value(t.key)
		putKey(values, key, r.value(t.elem))
	}
	return values
}

func (r *gobReader) structValue(t gobType) any {
	var values map[string]any
	for field := -1; ; {
		delta := r.uint()
		if delta == 0 || r.Err != nil {
			return values
		}
		if delta > uint64(len(t.fields)-1-field) {
			r.fail("a field that its struct does not have")
			return nil
		}
		if values == nil {
			r.counted(mapValues - 1)
			values = make(map[string]any)
		}
		field += int(delta)
		values[t.fields[field].name] = r.value(t.fields[field].id)
	}
}

// opaqueGob reads what a type of that name wrote by a method of its own.
func opaqueGob(name string, data []byte) any {
	var t time.Time
	switch {
	case name == "Time" && t.UnmarshalBinary(data) == nil:
		return t.UTC().Format(time.RFC3339Nano)
	case name == "UUID" && len(data) == 16:
		return uuidText([16]byte(data))
	}
	return bytes.Clone(data)
}
