package record

import (
	"errors"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of one Marshal record. Real sessions stay far below.
const (
	maxMarshalDepth  = 64
	maxMarshalNumber = 64 // bytes of an integer
)

// ParseMarshal is the [Parser] of Ruby's Marshal, format 4.8 (Ruby's doc/marshal.rdoc). Objects are data here, whatever their
// class:
//
//   - Hash is map[string]any, keys that are not strings or symbols stand as their text; Array is []any.
//   - Objects and Structs are map[string]any of their attributes, @name as name.
//   - String and Symbol are string, or []byte if they are not UTF-8; Integer is int64, a larger one json.Number; Float float64.
//   - What a class writes by a method of its own is what marshal_dump gave; the bytes of _dump, such as a Time's, are nil.
//
// A value that holds itself is refused; no session does.
func ParseMarshal(record []byte) (any, error) {
	if len(record) < 2 || record[0] != 4 || record[1] > 8 {
		return nil, errors.New("marshal: not of version 4")
	}
	r := &marshalReader{Cursor: Cursor{Format: "marshal", Rest: record[2:]}}
	value := r.value()
	if r.Err == nil && len(r.Rest) > 0 {
		r.fail("something after the value")
	}
	if r.Err != nil {
		return nil, r.Err
	}
	return value, nil
}

// A marshalReader consumes a record. The first error sticks.
type marshalReader struct {
	Cursor
	symbols []string
	objects []any // what was read before, by number, since it may come again; marshalOpen while it is being read
	depth   int
}

// marshalOpen stands for an object of which only the beginning is read.
type marshalOpen struct{}

// int reads a number as lengths and small integers are written: small ones in the first byte, or how many bytes follow.
func (r *marshalReader) int() int {
	first := int(int8(r.uint(1)))
	switch {
	case first == 0:
		return 0
	case first > 4:
		return first - 5
	case first < -4:
		return first + 5
	}
	n, size := 0, max(first, -first)
	if first < 0 {
		n = -1 << (8 * size)
	}
	for i, b := range r.take(uint64(size)) {
		n += int(b) << (8 * i)
	}
	return n
}

// count reads the number of bytes or elements that follow. No element takes less than a byte.
func (r *marshalReader) count() int {
	n := r.int()
	if n < 0 || n > len(r.Rest) {
		r.fail("announces %d bytes or elements where %d bytes are left", n, len(r.Rest))
		return 0
	}
	return n
}

func (r *marshalReader) bytes() []byte { return r.take(uint64(r.count())) }

// symbol reads a name: a new symbol, one that came before, or a new one with its encoding.
func (r *marshalReader) symbol() string {
	r.depth++
	defer func() { r.depth-- }()
	if r.depth > maxMarshalDepth {
		r.fail("nested deeper than %d", maxMarshalDepth)
	}
	switch r.uint(1) {
	case ':':
		name := string(r.bytes())
		r.symbols = append(r.symbols, name)
		return name
	case ';':
		n := r.int()
		if n < 0 || n >= len(r.symbols) {
			r.fail("a symbol that did not come before")
			return ""
		}
		return r.symbols[n]
	case 'I':
		name := r.symbol()
		r.attributes()
		return name
	}
	r.fail("a name that is no symbol")
	return ""
}

// open gives the next object its number; done is to be called with what it is.
func (r *marshalReader) open() (done func(any) any) {
	n := len(r.objects)
	r.objects = append(r.objects, marshalOpen{})
	return func(value any) any {
		r.objects[n] = value
		return value
	}
}

// attributes reads instance variables, or the encoding of a text, which is written as one.
func (r *marshalReader) attributes() map[string]any {
	n := r.count()
	r.counted(mapValues - 1)
	values := make(map[string]any, min(n, 16))
	for ; n > 0 && r.Err == nil; n-- {
		name := strings.TrimPrefix(r.symbol(), "@")
		putKey(values, name, r.value())
	}
	return values
}

// hash reads pairs.
func (r *marshalReader) hash() map[string]any {
	n := r.count()
	r.counted(mapValues - 1)
	values := make(map[string]any, min(n, 16))
	for ; n > 0 && r.Err == nil; n-- {
		key := r.value()
		putKey(values, key, r.value())
	}
	return values
}

func (r *marshalReader) array() []any {
	n := r.count()
	list := make([]any, 0, min(n, 16)) // elements yet to be read earn no memory
	for len(list) < n && r.Err == nil {
		list = append(list, r.value())
	}
	return list
}

// bignum reads an integer of any size.
func (r *marshalReader) bignum() any {
	sign := r.uint(1)
	n := r.int()
	if n < 0 || 2*n > maxMarshalNumber {
		r.fail("an integer of %d bytes", 2*n)
		return nil
	}
	digits := slices.Clone(r.take(uint64(2 * n)))
	slices.Reverse(digits)
	number := new(big.Int).SetBytes(digits)
	if sign == '-' {
		number.Neg(number)
	}
	return plainInteger(number)
}

// float reads a number in decimal; old Rubies write a zero and further bits behind it.
func (r *marshalReader) float() any {
	text, _, _ := strings.Cut(string(r.bytes()), "\x00")
	number, err := strconv.ParseFloat(text, 64)
	if err != nil {
		r.fail("a float that is none")
	}
	return number
}

// RubyText is text, or bytes that are none.
func RubyText(data []byte) any {
	if utf8.Valid(data) {
		return string(data)
	}
	return slices.Clone(data)
}
