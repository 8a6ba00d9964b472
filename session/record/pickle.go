package record

import (
	"encoding/binary"
	"errors"
)

// Bounds of one pickle. Real sessions stay far below.
const (
	maxPickleDepth  = 64 // values within values
	maxPickleNumber = 64 // bytes of an integer
)

// ParsePickle is the [Parser] of a Python pickle, protocols 0 to 5; Lib/pickletools.py of CPython defines the opcodes. A pickle
// is a program: this reader runs the opcodes that build plain data, and refuses all that would import or call, but for the
// classes of [pickleClasses], which are data themselves.
//
//   - dict is map[string]any, keys that are not strings stand as their text; list, tuple, set and frozenset are []any.
//   - str is string; bytes, bytearray and the str of Python 2 are []byte.
//   - int is int64, a larger one json.Number; None is nil, UUID and Decimal are their text.
func ParsePickle(record []byte) (any, error) {
	r := &pickleReader{Cursor: Cursor{Format: "pickle", Rest: record}, memo: map[int]any{}}
	for !r.done && r.Err == nil {
		r.step()
	}
	built := r.pop()
	if r.Err == nil && (len(r.Rest) > 0 || len(r.stack) > 0) {
		r.fail("something beside the value")
	}
	if r.Err != nil {
		return nil, r.Err
	}
	plain := &picklePlain{lists: map[*pickleList][]any{}, dicts: map[*pickleDict]map[string]any{}}
	value := plain.value(built, 0)
	return value, plain.err
}

// A pickleReader is Python's machine: a stack, and a memo of values that come again. The first error sticks.
type pickleReader struct {
	Cursor
	stack []any
	memo  map[int]any
	done  bool
}

// What lies on the stack besides values. Lists and dicts are pointers, because opcodes add to those that the memo knows.
type (
	pickleMark struct{}
	pickleList struct{ items []any }
	pickleDict struct{ keys, values []any }
	pickleUUID struct{ state any }
)

// little consumes an unsigned integer of n bytes, the lowest first. A missing one is 0.
func (r *pickleReader) little(n uint64) uint64 {
	var wide [8]byte
	copy(wide[:], r.take(n))
	return binary.LittleEndian.Uint64(wide[:])
}

// line consumes text to the end of the line.
func (r *pickleReader) line() string {
	for i, b := range r.Rest {
		if b == '\n' {
			return string(r.take(uint64(i + 1))[:i])
		}
	}
	r.fail("ends too soon")
	return ""
}

func (r *pickleReader) push(value any) {
	if r.counted(1); r.Err == nil {
		r.stack = append(r.stack, value)
	}
}

// pop takes the topmost value.
func (r *pickleReader) pop() any {
	if len(r.stack) == 0 {
		r.fail("takes a value that is not there")
		return nil
	}
	value := r.stack[len(r.stack)-1]
	if value == (pickleMark{}) {
		r.fail("takes a mark for a value")
		return nil
	}
	r.stack = r.stack[:len(r.stack)-1]
	return value
}

// popN takes the topmost n values, the lowest first.
func (r *pickleReader) popN(n int) []any {
	taken := make([]any, n)
	for i := range taken {
		taken[n-1-i] = r.pop()
	}
	return taken
}

// popMark takes the values above the topmost mark, and the mark.
func (r *pickleReader) popMark() []any {
	for i := len(r.stack) - 1; i >= 0; i-- {
		if r.stack[i] == (pickleMark{}) {
			taken := append([]any(nil), r.stack[i+1:]...)
			r.stack = r.stack[:i]
			return taken
		}
	}
	r.fail("no mark where there must be one")
	return nil
}

// top is the topmost value, which stays.
func (r *pickleReader) top() any {
	value := r.pop()
	if r.Err == nil {
		r.stack = append(r.stack, value)
	}
	return value
}

// extend adds items to the list or set on top.
func (r *pickleReader) extend(items []any) {
	list, ok := r.top().(*pickleList)
	if !ok {
		r.fail("adds to what is not a list")
		return
	}
	list.items = append(list.items, items...)
}

// set adds pairs, given as key, value, key, value, to the dict on top.
func (r *pickleReader) set(pairs []any) {
	dict, ok := r.top().(*pickleDict)
	if !ok || len(pairs)%2 != 0 {
		r.fail("adds to what is not a dict")
		return
	}
	for i := 0; i < len(pairs); i += 2 {
		dict.keys, dict.values = append(dict.keys, pairs[i]), append(dict.values, pairs[i+1])
	}
}

// A picklePlain turns what the machine has built into plain values. A list that the memo repeats becomes one slice, so that the
// result takes no more memory than the pickle did.
type picklePlain struct {
	lists map[*pickleList][]any
	dicts map[*pickleDict]map[string]any
	err   error
}

func (p *picklePlain) value(v any, depth int) any {
	if depth > maxPickleDepth {
		p.err = errors.New("pickle: nested too deep, or in itself")
	}
	if p.err != nil {
		return nil
	}
	switch v := v.(type) {
	case *pickleList:
		if plain, ok := p.lists[v]; ok {
			return plain
		}
		plain := make([]any, len(v.items))
		for i, item := range v.items {
			plain[i] = p.value(item, depth+1)
		}
		p.lists[v] = plain
		return plain
	case *pickleDict:
		if plain, ok := p.dicts[v]; ok {
			return plain
		}
		plain := make(map[string]any, len(v.keys))
		for i, key := range v.keys {
			putKey(plain, key, p.value(v.values[i], depth+1))
		}
		p.dicts[v] = plain
		return plain
	case *pickleUUID:
		return v.text()
	case pickleClass:
		return nil
	}
	return v
}
