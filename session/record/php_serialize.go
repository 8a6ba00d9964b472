package record

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// maxPHPDepth bounds values within values. Form fields and JSON reach 64 and 512 by PHP's own defaults.
const maxPHPDepth = 512

// ParsePHP is the [Parser] of a value written by PHP's serialize() (php-src, ext/standard/var.c and var_unserializer.re):
//
//   - arrays are map[string]any, lists too: integer keys stand as their text.
//   - objects are map[string]any by the names of their properties, private and protected ones included, with the class under
//     [phpClass]. An enum case is an object with the property name. See [setProperty] and [PHPReader.selfWritten].
//   - strings are string, whatever their bytes, integers int64, floats float64.
//   - a reference (R or r) is what it refers to, or nil if that contains the reference itself.
func ParsePHP(record []byte) (any, error) {
	r := &PHPReader{Rest: record}
	value := r.Value()
	r.End()
	if r.Err != nil {
		return nil, r.Err
	}
	return value, nil
}

// A PHPReader consumes serialize() text. The first error sticks; from then on there is nothing left to read.
type PHPReader struct {
	Rest   []byte
	Slots  []any // the values begun so far, which references count from 1
	depth  int
	values valueCount
	Err    error
}

// Unfinished stands in a slot whose value is still being read.
type Unfinished struct{}

func (r *PHPReader) fail(format string, args ...any) {
	if r.Err == nil {
		r.Err = fmt.Errorf("php: "+format, args...)
	}
	r.Rest = nil
}

func (r *PHPReader) End() {
	if len(r.Rest) > 0 {
		r.fail("%d bytes after the value", len(r.Rest))
	}
}

// Value reads one value. Each takes a slot, but for R, which is another name of the slot it refers to.
func (r *PHPReader) Value() any {
	r.depth++
	r.counted(1)
	defer func() { r.depth-- }()
	if r.depth > maxPHPDepth {
		r.fail("values more than %d deep", maxPHPDepth)
	}
	kind := r.take(1)
	if string(kind) == "R" {
		return r.reference()
	}
	slot := len(r.Slots)
	r.Slots = append(r.Slots, Unfinished{})
	value := r.ofKind(string(kind))
	r.Slots[slot] = value
	return value
}

func (r *PHPReader) ofKind(kind string) any {
	switch kind {
	case "N":
		r.expect(";")
		return nil
	case "b":
		return r.boolean()
	case "i":
		return r.integer()
	case "d":
		return r.float()
	case "s", "S":
		s := r.text(kind)
		r.expect(";")
		return s
	case "a":
		return r.array()
	case "O":
		return r.object()
	case "C":
		return r.custom()
	case "E":
		return r.enum()
	case "r":
		return r.reference()
	}
	r.fail("a value of an unknown kind")
	return nil
}

// counted counts n values that are about to be read.
func (r *PHPReader) counted(n int) {
	if err := r.values.more(n); err != nil {
		r.fail("%w", err)
	}
}

// take consumes n bytes.
func (r *PHPReader) take(n int) []byte {
	if n > len(r.Rest) {
		r.fail("ends too soon")
		return nil
	}
	taken := r.Rest[:n]
	r.Rest = r.Rest[n:]
	return taken
}

func (r *PHPReader) expect(token string) {
	if string(r.take(len(token))) != token {
		r.fail("%q is missing", token)
	}
}

// word reads a colon and what stands between it and the mark.
func (r *PHPReader) word(mark byte) string {
	r.expect(":")
	i := bytes.IndexByte(r.Rest, mark)
	if i < 0 {
		r.fail("%q is missing", mark)
		return ""
	}
	word := r.take(i + 1)
	return string(word[:i])
}

func (r *PHPReader) boolean() bool {
	word := r.word(';')
	if word != "0" && word != "1" {
		r.fail("not a boolean")
	}
	return word == "1"
}

func (r *PHPReader) integer() int64 {
	i, err := strconv.ParseInt(r.word(';'), 10, 64)
	if err != nil {
		r.fail("not an integer")
	}
	return i
}

func (r *PHPReader) float() float64 {
	switch word := r.word(';'); {
	case word == "NAN":
		return math.NaN()
	case word == "INF":
		return math.Inf(1)
	case word == "-INF":
		return math.Inf(-1)
	case strings.Trim(word, "+-.0123456789eE") == "": // ParseFloat would read more than PHP writes
		f, err := strconv.ParseFloat(word, 64)
		if err == nil || errors.Is(err, strconv.ErrRange) {
			return f
		}
	}
	r.fail("not a float")
	return 0
}

// count reads a number of things that take at least size bytes each.
func (r *PHPReader) count(size int) int {
	n, err := strconv.ParseUint(r.word(':'), 10, 64)
	if err != nil || n > uint64(len(r.Rest)/size) {
		r.fail("announces more than the %d bytes left", len(r.Rest))
		return 0
	}
	return int(n)
}

// text reads a counted string between quotes. In an S string, which counts as 1, a byte may be written \xx.
func (r *PHPReader) text(kind string) string {
	n := r.count(1)
	r.expect(`"`)
	if kind != "S" {
		s := string(r.take(n))
		r.expect(`"`)
		return s
	}
	s := make([]byte, 0, n)
	for i := 0; i < n && r.Err == nil; i++ {
		c := r.take(1)
		if string(c) == `\` {
			escaped, err := hex.DecodeString(string(r.take(2)))
			if err != nil {
				r.fail("not an escape")
			}
			c = escaped
		}
		s = append(s, c...)
	}
	r.expect(`"`)
	return string(s)
}

// minEntry is the size of the smallest key and value, "i:0;N;".
const minEntry = 6

func (r *PHPReader) array() map[string]any {
	r.counted(mapValues - 1)
	array := map[string]any{} // grows with what is read, not with what is announced
	n := r.count(minEntry)
	r.expect("{")
	for i := 0; i < n && r.Err == nil; i++ {
		key := r.key()
		array[key] = r.Value()
	}
	r.expect("}")
	return array
}

// key reads the key of an array or the name of a property. It takes no slot.
func (r *PHPReader) key() string {
	switch kind := string(r.take(1)); kind {
	case "i":
		return strconv.FormatInt(r.integer(), 10)
	case "s", "S":
		key := r.text(kind)
		r.expect(";")
		return key
	}
	r.fail("a key that is neither an integer nor a string")
	return ""
}

// reference reads the number of a slot.
func (r *PHPReader) reference() any {
	n, err := strconv.ParseUint(r.word(';'), 10, 64)
	if err != nil || n == 0 || n > uint64(len(r.Slots)) {
		r.fail("a reference to nothing")
		return nil
	}
	return finished(r.Slots[n-1])
}

// finished is the value in a slot, or nil if that is still being read and so would contain itself.
func finished(slot any) any {
	if _, open := slot.(Unfinished); open {
		return nil
	}
	return slot
}
