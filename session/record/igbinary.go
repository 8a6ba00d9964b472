package record

import (
	"math"
	"strconv"
)

// parseIgbinary is the [Parser] of a value written by PHP's extension igbinary (src/php7/igbinary.c), in its formats 1 and 2.
// What it makes of values is what [ParsePHP] makes of them.
func parseIgbinary(record []byte) (any, error) {
	r := &igbinaryReader{Cursor: Cursor{Format: "igbinary", Rest: record}}
	if version := r.uint(4); version != 1 && version != 2 {
		r.fail("neither format 1 nor 2")
	}
	value := r.value()
	if len(r.Rest) > 0 {
		r.fail("%d bytes after the value", len(r.Rest))
	}
	if r.Err != nil {
		return nil, r.Err
	}
	return value, nil
}

// The kinds of values, as their first byte. Where kinds differ by the size of a number only, this is the first of them.
const (
	igNull        = 0x00
	igArrayRef    = 0x01 // number of 1, 2 or 4 bytes
	igFalse       = 0x04
	igTrue        = 0x05
	igLong        = 0x06 // 1 byte positive, 1 byte negative, and so on with 2 and 4
	igDouble      = 0x0c
	igEmptyString = 0x0d
	igStringID    = 0x0e // number of 1, 2 or 4 bytes, and so all that follow
	igString      = 0x11
	igArray       = 0x14
	igObject      = 0x17
	igObjectID    = 0x1a
	igCustom      = 0x1d
	igLong64      = 0x20 // positive, negative
	igObjectRef   = 0x22
	igReference   = 0x25
	igEnum        = 0x27
)

// An igbinaryReader consumes a record. The first error sticks; from then on there is nothing left to read.
type igbinaryReader struct {
	Cursor
	strings []string // those read so far, for later ones to refer to
	slots   []any    // the arrays, objects and shared scalars begun so far, likewise
	depth   int
}

func (r *igbinaryReader) kind() byte { return byte(r.uint(1)) }

// number reads the number of a kind that has 1, 2 or 4 bytes for it.
func (r *igbinaryReader) number(kind, first byte) uint64 { return r.uint(1 << (kind - first)) }

func (r *igbinaryReader) value() any {
	r.depth++
	r.counted(1)
	defer func() { r.depth-- }()
	if r.depth > maxPHPDepth {
		r.fail("values more than %d deep", maxPHPDepth)
	}
	switch kind := r.kind(); {
	case kind == igNull:
		return nil
	case kind == igFalse, kind == igTrue:
		return kind == igTrue
	case isIgInteger(kind):
		return r.integer(kind)
	case kind == igDouble:
		return math.Float64frombits(r.uint(8))
	case kind >= igEmptyString && kind < igArray:
		return r.text(kind)
	case kind >= igArray && kind < igObject:
		return r.array(kind)
	case kind >= igObject && kind < igCustom:
		return r.object(kind)
	case kind >= igArrayRef && kind < igFalse:
		return r.reference(r.number(kind, igArrayRef))
	case kind >= igObjectRef && kind < igReference:
		return r.reference(r.number(kind, igObjectRef))
	case kind == igReference:
		return r.shared()
	}
	r.fail("a value of an unknown kind")
	return nil
}

func isIgInteger(kind byte) bool { return kind >= igLong && kind < igDouble || isIgLong64(kind) }

func isIgLong64(kind byte) bool { return kind == igLong64 || kind == igLong64+1 }

// integer reads the size of an integer, in 1, 2, 4 or 8 bytes. The odd kinds are the negative ones.
func (r *igbinaryReader) integer(kind byte) int64 {
	size := 8
	if kind < igDouble {
		size = 1 << ((kind - igLong) / 2)
	}
	i := int64(r.uint(uint64(size)))
	if kind%2 == 1 {
		i = -i
	}
	return i
}

// text reads a string, the key of an array or the name of a class: in full, or as the number of one that stood there before.
func (r *igbinaryReader) text(kind byte) string {
	var id uint64
	switch {
	case kind == igEmptyString:
		return ""
	case kind >= igStringID && kind < igString:
		id = r.number(kind, igStringID)
	case kind >= igObjectID && kind < igCustom:
		id = r.number(kind, igObjectID)
	case kind >= igString && kind < igArray:
		return r.newText(r.number(kind, igString))
	case kind >= igObject && kind < igObjectID:
		return r.newText(r.number(kind, igObject))
	default:
		r.fail("not a string")
		return ""
	}
	if id >= uint64(len(r.strings)) {
		r.fail("a reference to no string")
		return ""
	}
	return r.strings[id]
}

func (r *igbinaryReader) newText(size uint64) string {
	text := string(r.take(size))
	r.strings = append(r.strings, text)
	return text
}

func (r *igbinaryReader) array(kind byte) map[string]any {
	slot := r.begin()
	array := map[string]any{}
	r.members(kind, func(key string) { array[key] = r.value() })
	r.slots[slot] = array
	return array
}

// members reads keys, and lets value read the value of each. An entry without a value has the key null.
func (r *igbinaryReader) members(kind byte, value func(key string)) {
	r.counted(mapValues - 1)
	n := r.number(kind, igArray)
	if n > uint64(len(r.Rest)) {
		r.fail("announces %d values where %d bytes are left", n, len(r.Rest))
	}
	for ; n > 0 && r.Err == nil; n-- {
		switch kind := r.kind(); {
		case kind == igNull:
		case isIgInteger(kind):
			value(strconv.FormatInt(r.integer(kind), 10))
		default:
			value(r.text(kind))
		}
	}
}

// object reads an object of any sort: by its properties, as it writes itself, or a case of an enum.
func (r *igbinaryReader) object(kind byte) map[string]any {
	class := r.text(kind)
	slot := r.begin()
	var object map[string]any
	switch kind := r.kind(); {
	case kind >= igArray && kind < igObject:
		object = map[string]any{}
		r.members(kind, func(name string) { setProperty(object, class, name, r.value()) })
		object[phpClass] = class
	case kind >= igCustom && kind < igLong64:
		inner := &PHPReader{depth: r.depth, values: r.values}
		object = inner.selfWritten(class, r.take(r.number(kind, igCustom)))
		r.values = inner.values
		r.counted(0)
	case kind == igEnum:
		r.counted(mapValues - 1)
		object = map[string]any{phpClass: class, "name": r.text(r.kind())}
	default:
		r.fail("an object of an unknown kind")
	}
	r.slots[slot] = object
	return object
}

// begin takes the slot of a value that is about to be read.
func (r *igbinaryReader) begin() int {
	r.slots = append(r.slots, Unfinished{})
	return len(r.slots) - 1
}

// shared reads a value that PHP holds in several places by reference. A scalar takes a slot nowhere else.
func (r *igbinaryReader) shared() any {
	kind := byte(igReference)
	if len(r.Rest) > 0 {
		kind = r.Rest[0]
	}
	value := r.value()
	if kind == igNull || kind >= igFalse && kind < igArray || isIgLong64(kind) {
		r.slots = append(r.slots, value)
	}
	return value
}

func (r *igbinaryReader) reference(n uint64) any {
	if n >= uint64(len(r.slots)) {
		r.fail("a reference to nothing")
		return nil
	}
	return finished(r.slots[n])
}
