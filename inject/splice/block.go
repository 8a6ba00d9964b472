package splice

import "encoding/binary"

// A block is what is known of the one that is being read.
type block struct {
	final  bool   // no other follows in this member
	kind   int    // stored, fixed or dynamic
	left   int    // bytes of a stored one that are to come
	body   int    // the bit behind its header; counts until Insert
	begin  int    // the bit at which it begins; counts until Insert
	pos    int    // of its first byte in the text
	header []byte // of one with codes, as it came
	first  int    // bit of header where it begins
	size   int    // of it in bits
}

// Kinds of blocks (RFC 1951 section 3.2.3).
const (
	stored = iota
	fixed
	dynamic
)

// openBlock reads the header of a block. What it says is told only if all of it is there.
func (z *Reader) openBlock() error {
	at, have := z.at, len(z.in)*8-z.at
	if have < 3 {
		return errShort
	}
	x := load(z.in, at)
	kind := int(x >> 1 & 3)
	left := 0
	var err error
	switch kind {
	case stored:
		at = aligned(at + 3)
		if at+32 > len(z.in)*8 {
			return errShort
		}
		sizes := z.in[at>>3:]
		left = int(binary.LittleEndian.Uint16(sizes))
		if left != int(^binary.LittleEndian.Uint16(sizes[2:])) {
			return ErrCorrupt
		}
		at += 32
	case fixed:
		z.fixedCodes()
		at += 3
	case dynamic:
		if at, err = z.readCodes(at); err != nil {
			return err
		}
	default:
		return ErrCorrupt
	}
	b := &z.block
	b.final, b.kind, b.left, b.begin, b.body, b.pos = x&1 != 0, kind, left, z.at, at, z.pos
	b.first, b.size = z.at&7, at-z.at
	b.header = append(b.header[:0], z.in[z.at>>3:(at+7)>>3]...)
	z.at = at
	return nil
}

// fixedCodes makes the table that needs no description (RFC 1951 section 3.2.6).
func (z *Reader) fixedCodes() {
	if z.fixed { // encoders that flush in part write many blocks of a few bits
		return
	}
	var lengths [literalCodes]uint8
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	z.literals.build(lengths[:], literalSymbol)
	for i := range 32 {
		lengths[i] = 5
	}
	z.distances.build(lengths[:32], distanceSymbol)
	z.fixed = true
}

// lengthOrder is the order in which a header has the lengths of the codes for lengths of codes.
var lengthOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// readCodes makes the table that a header describes (RFC 1951 section 3.2.7), and returns where the header ends.
func (z *Reader) readCodes(at int) (int, error) {
	end := len(z.in) * 8
	x := load(z.in, at)
	literals, distances, described := int(x>>3&31)+257, int(x>>8&31)+1, int(x>>13&15)+4
	if at += 17; at+3*described > end {
		return 0, errShort
	}
	if literals > longest+1 || distances > 30 {
		return 0, ErrCorrupt
	}
	var lengths [longest + 1 + 30]uint8
	for i := range described {
		lengths[lengthOrder[i]] = uint8(load(z.in, at) & 7)
		at += 3
	}
	z.fixed = false
	table := &z.distances // lent until its own codes are known
	if !table.build(lengths[:len(lengthOrder)], func(i int) symbol { return newSymbol(i, 0) }) {
		return 0, ErrCorrupt
	}
	all := literals + distances
	for i := 0; i < all; {
		x := load(z.in, at)
		s := table.find(x)
		if s == 0 {
			return 0, badAt(at, maxCodeBits, end)
		}
		value, count, extra := uint8(s.value()), 1, 0
		x >>= s.bits()
		switch value {
		case 16:
			if extra = 2; i == 0 {
				return 0, badAt(at, s.bits(), end)
			}
			value, count = lengths[i-1], 3+int(x&3)
		case 17:
			extra = 3
			value, count = 0, 3+int(x&7)
		case 18:
			extra = 7
			value, count = 0, 11+int(x&127)
		}
		if at += s.bits() + extra; at > end {
			return 0, errShort
		}
		if i+count > all {
			return 0, ErrCorrupt
		}
		for range count {
			lengths[i] = value
			i++
		}
	}
	if lengths[endSymbol] == 0 || !z.literals.build(lengths[:literals], literalSymbol) ||
		!z.distances.build(lengths[literals:all], distanceSymbol) {
		return 0, ErrCorrupt
	}
	return at, nil
}

// badAt says what it means that size bits at a position make no sense: some of them may not have come yet.
func badAt(at, size, end int) error {
	if at+size > end {
		return errShort
	}
	return ErrCorrupt
}
