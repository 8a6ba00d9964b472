package record

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// step runs one opcode. Those that are not here are refused.
func (r *pickleReader) step() {
	opcode := r.take(1)
	if len(opcode) == 0 {
		return
	}
	switch op := opcode[0]; op {
	case 0x80: // PROTO
		if version := r.little(1); version > 5 {
			r.fail("protocol %d", version)
		}
	case 0x95: // FRAME
		r.take(8)
	case '.': // STOP
		r.done = true
	case 'N': // NONE
		r.push(nil)
	case 0x88, 0x89: // NEWTRUE, NEWFALSE
		r.push(op == 0x88)
	case 'K': // BININT1
		r.push(int64(r.little(1)))
	case 'M': // BININT2
		r.push(int64(r.little(2)))
	case 'J': // BININT
		r.push(int64(int32(r.little(4))))
	case 0x8a: // LONG1
		r.push(r.long(r.little(1)))
	case 0x8b: // LONG4
		r.push(r.long(r.little(4)))
	case 'I', 'L': // INT, LONG
		r.push(r.digits(r.line()))
	case 'G': // BINFLOAT
		if number := r.take(8); len(number) == 8 {
			r.push(math.Float64frombits(binary.BigEndian.Uint64(number)))
		}
	case 'F': // FLOAT
		number, err := strconv.ParseFloat(r.line(), 64)
		if err != nil {
			r.fail("a float that is none")
		}
		r.push(number)
	case 0x8c: // SHORT_BINUNICODE
		r.text(r.little(1))
	case 'X': // BINUNICODE
		r.text(r.little(4))
	case 0x8d: // BINUNICODE8
		r.text(r.little(8))
	case 'V': // UNICODE
		r.push(r.rawUnicode(r.line()))
	case 'C', 'U': // SHORT_BINBYTES, SHORT_BINSTRING
		r.push(slices.Clone(r.take(r.little(1))))
	case 'B', 'T': // BINBYTES, BINSTRING
		r.push(slices.Clone(r.take(r.little(4))))
	case 0x8e, 0x96: // BINBYTES8, BYTEARRAY8
		r.push(slices.Clone(r.take(r.little(8))))
	case 'S': // STRING
		r.push(r.quoted(r.line()))
	default:
		r.build(op)
	}
}

// build runs the opcodes that put values together.
func (r *pickleReader) build(op byte) {
	switch op {
	case '(': // MARK
		r.push(pickleMark{})
	case '0': // POP
		if n := len(r.stack); n > 0 {
			r.stack = r.stack[:n-1]
		}
	case '1': // POP_MARK
		r.popMark()
	case '2': // DUP
		r.push(r.top())
	case 'p', 'g': // PUT, GET
		n, err := strconv.Atoi(r.line())
		if err != nil {
			r.fail("a place in the memo that is none")
		}
		r.remember(op == 'g', n)
	case 'q', 'h': // BINPUT, BINGET
		r.remember(op == 'h', int(r.little(1)))
	case 'r', 'j': // LONG_BINPUT, LONG_BINGET
		r.remember(op == 'j', int(r.little(4)))
	case 0x94: // MEMOIZE
		r.remember(false, len(r.memo))
	case ']', ')', 0x8f: // EMPTY_LIST, EMPTY_TUPLE, EMPTY_SET
		r.push(&pickleList{})
	case 'l', 't', 0x91: // LIST, TUPLE, FROZENSET
		r.push(&pickleList{r.popMark()})
	case 0x85, 0x86, 0x87: // TUPLE1, TUPLE2, TUPLE3
		r.push(&pickleList{r.popN(int(op - 0x84))})
	case 'a': // APPEND
		r.extend(r.popN(1))
	case 'e', 0x90: // APPENDS, ADDITEMS
		r.extend(r.popMark())
	case '}': // EMPTY_DICT
		r.counted(mapValues - 1)
		r.push(&pickleDict{})
	case 'd': // DICT
		pairs := r.popMark()
		r.counted(mapValues - 1)
		r.push(&pickleDict{})
		r.set(pairs)
	case 's': // SETITEM
		r.set(r.popN(2))
	case 'u': // SETITEMS
		r.set(r.popMark())
	case 'c': // GLOBAL
		r.class(r.line() + " " + r.line())
	case 0x93: // STACK_GLOBAL
		names := r.popN(2)
		r.class(Text(names[0]) + " " + Text(names[1]))
	case 'R', 0x81: // REDUCE, NEWOBJ
		called := r.popN(2)
		r.call(called[0], called[1])
	case 'b': // BUILD
		state := r.pop()
		if uuid, ok := r.top().(*pickleUUID); ok {
			uuid.state = state
		}
	default:
		r.fail("the opcode %#x, which no plain data needs", op)
	}
}

// remember puts the topmost value at place n of the memo, or gets what is there.
func (r *pickleReader) remember(get bool, n int) {
	if !get {
		if r.memo[n] = r.top(); len(r.memo) > MaxValues {
			r.fail("a session of more than %d values", MaxValues)
		}
		return
	}
	value, ok := r.memo[n]
	if !ok {
		r.fail("a value from the memo that is not there")
	}
	r.push(value)
}

// text pushes n bytes of UTF-8. Python writes lone surrogates too; they are no text to us.
func (r *pickleReader) text(n uint64) {
	text := r.take(n)
	if !utf8.Valid(text) {
		r.fail("text that is not UTF-8")
	}
	r.push(string(text))
}

// long reads an integer of n bytes in two's complement, the lowest first.
func (r *pickleReader) long(n uint64) any {
	if n > maxPickleNumber {
		r.fail("an integer of %d bytes", n)
		return nil
	}
	digits := slices.Clone(r.take(n))
	slices.Reverse(digits)
	number := new(big.Int).SetBytes(digits)
	if len(digits) > 0 && digits[0] >= 0x80 {
		number.Sub(number, new(big.Int).Lsh(big.NewInt(1), uint(8*len(digits))))
	}
	return plainInteger(number)
}

// digits reads an integer in decimal. Protocol 0 writes true and false as 01 and 00, and an L behind longs.
func (r *pickleReader) digits(text string) any {
	if text == "00" || text == "01" {
		return text == "01"
	}
	number, ok := new(big.Int), false
	if len(text) <= 2*maxPickleNumber {
		number, ok = number.SetString(strings.TrimSuffix(text, "L"), 10)
	}
	if !ok {
		r.fail("an integer that is none")
		return nil
	}
	return plainInteger(number)
}

// plainInteger is an integer as parsers give it.
func plainInteger(n *big.Int) any {
	if n.IsInt64() {
		return n.Int64()
	}
	return json.Number(n.String())
}
