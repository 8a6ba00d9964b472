package record

import (
	"errors"
	"math"
	"slices"
	"unicode/utf8"
)

// maxMsgpackDepth bounds values within values. Real sessions stay far below.
const maxMsgpackDepth = 64

// parseMsgpack is the [Parser] of MessagePack (msgpack/spec.md). Keys of maps that are not strings stand as their text.
// Extension types, such as timestamps, are nil.
func parseMsgpack(record []byte) (any, error) {
	r := &MsgpackReader{Cursor: Cursor{Format: "msgpack", Rest: record}}
	return r.Whole()
}

// A MsgpackReader consumes a record. The first error sticks. The libraries at hand allocate by the counts that a record
// announces, and follow it to any depth.
type MsgpackReader struct {
	Cursor
	depth int

	// extension reads an extension type; nil reads none.
	Extension func(r *MsgpackReader, code int8, data []byte) any
}

// Whole reads the value, after which there is nothing.
func (r *MsgpackReader) Whole() (any, error) {
	value := r.Value()
	if r.Err == nil && len(r.Rest) > 0 {
		r.Err = errors.New("msgpack: something after the value")
	}
	if r.Err != nil {
		return nil, r.Err
	}
	return value, nil
}

func (r *MsgpackReader) Value() any {
	r.depth++
	r.counted(1)
	defer func() { r.depth-- }()
	if r.depth > maxMsgpackDepth {
		r.fail("nested deeper than %d", maxMsgpackDepth)
	}
	switch first := byte(r.uint(1)); {
	case r.Err != nil:
		return nil
	case first < 0x80: // positive fixint
		return int64(first)
	case first < 0x90: // fixmap
		return r.mapOf(uint64(first & 0x0f))
	case first < 0xa0: // fixarray
		return r.list(uint64(first & 0x0f))
	case first < 0xc0: // fixstr
		return r.text(uint64(first & 0x1f))
	case first >= 0xe0: // negative fixint
		return int64(int8(first))
	default:
		return r.typed(first)
	}
}

// typed reads a value whose first byte says nothing but its type. Most come in sizes of 1, 2, 4 and 8 bytes.
func (r *MsgpackReader) typed(first byte) any {
	switch first {
	case 0xc0: // nil
		return nil
	case 0xc2, 0xc3: // false, true
		return first == 0xc3
	case 0xc4, 0xc5, 0xc6: // bin
		return slices.Clone(r.take(r.uint(1 << (first - 0xc4))))
	case 0xc7, 0xc8, 0xc9: // ext
		return r.ext(r.uint(1 << (first - 0xc7)))
	case 0xca: // float 32
		return float64(math.Float32frombits(uint32(r.uint(4))))
	case 0xcb: // float 64
		return math.Float64frombits(r.uint(8))
	case 0xcc, 0xcd, 0xce, 0xcf: // uint
		return r.uint(1 << (first - 0xcc))
	case 0xd0: // int
		return int64(int8(r.uint(1)))
	case 0xd1:
		return int64(int16(r.uint(2)))
	case 0xd2:
		return int64(int32(r.uint(4)))
	case 0xd3:
		return int64(r.uint(8))
	case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8: // fixext
		return r.ext(1 << (first - 0xd4))
	case 0xd9, 0xda, 0xdb: // str
		return r.text(r.uint(1 << (first - 0xd9)))
	case 0xdc, 0xdd: // array
		return r.list(r.uint(2 << (first - 0xdc)))
	case 0xde, 0xdf: // map
		return r.mapOf(r.uint(2 << (first - 0xde)))
	}
	r.fail("a type that does not exist")
	return nil
}

// text reads a string of n bytes; bytes that are not UTF-8 stay bytes.
func (r *MsgpackReader) text(n uint64) any {
	text := r.take(n)
	if !utf8.Valid(text) {
		return slices.Clone(text)
	}
	return string(text)
}

func (r *MsgpackReader) ext(n uint64) any {
	code := int8(r.uint(1))
	data := r.take(n)
	if r.Err != nil || r.Extension == nil {
		return nil
	}
	return r.Extension(r, code, data)
}

func (r *MsgpackReader) list(n uint64) any {
	if n > uint64(len(r.Rest)) {
		r.fail("announces %d elements where %d bytes are left", n, len(r.Rest))
		return nil
	}
	list := make([]any, 0, min(n, 16)) // elements yet to be read earn no memory
	for uint64(len(list)) < n && r.Err == nil {
		list = append(list, r.Value())
	}
	return list
}

func (r *MsgpackReader) mapOf(n uint64) any {
	if n > uint64(len(r.Rest))/2 {
		r.fail("announces %d entries where %d bytes are left", n, len(r.Rest))
		return nil
	}
	r.counted(mapValues - 1)
	values := make(map[string]any, min(n, 16))
	for ; n > 0 && r.Err == nil; n-- {
		key := r.Value()
		putKey(values, key, r.Value())
	}
	return values
}
