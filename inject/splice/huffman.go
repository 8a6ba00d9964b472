package splice

import "math/bits"

// A symbol is what a code means, ready to be used: the length of the code in bits, how many extra bits follow it, a value to which
// these are added, and how many bits code and extra are together. Zero means that there is no such code.
type symbol uint32

const (
	literal    symbol = 1 << 31 // the value is a byte of text
	endOfBlock symbol = 1 << 30
	unused     symbol = 1 << 29 // a code that may be in the table, but not in the text
)

func newSymbol(value, extra int) symbol { return symbol(value<<8 | extra<<4) }

// coded returns the symbol with the length of its code.
func (s symbol) coded(n int) symbol { return s | symbol(n) | symbol(n+s.extra())<<24 }

func (s symbol) bits() int  { return int(s & 15) }
func (s symbol) extra() int { return int(s >> 4 & 15) }
func (s symbol) value() int { return int(s >> 8 & 0xffff) }
func (s symbol) total() int { return int(s >> 24 & 31) }

// match returns what is said of a match by the bits of x, which begin with the symbol's code, and how many they are.
func (s symbol) match(x uint64) (value, size int) {
	return s.value() + int(x>>s.bits()&(1<<s.extra()-1)), s.total()
}

const (
	endSymbol    = 256
	literalCodes = 288 // bytes, the end, lengths of matches
	lengthSymbol = 257
	longest      = 285 // the symbol of the longest match

	maxCodeBits = 15
	fastBits    = 10 // codes up to this length are found at once
)

// literalSymbol returns what the i-th code means that begins a token (RFC 1951 section 3.2.5).
func literalSymbol(i int) symbol {
	switch k := i - 261; {
	case i < endSymbol:
		return newSymbol(i, 0) | literal
	case i == endSymbol:
		return endOfBlock
	case i > longest:
		return unused
	case i == longest:
		return newSymbol(258, 0)
	case k < 4:
		return newSymbol(i-lengthSymbol+3, 0)
	default:
		extra := k >> 2
		return newSymbol(3+(4+k&3)<<extra, extra)
	}
}

// lengthCode returns which code and extra bits say the length of a match.
func lengthCode(length int) (i, extra, bitsOfExtra int) {
	switch v := length - 3; {
	case length == 258:
		return longest, 0, 0
	case v < 8:
		return lengthSymbol + v, 0, 0
	default:
		n := bits.Len(uint(v)) - 3
		return 261 + 4*n + v>>n&3, v & (1<<n - 1), n
	}
}

// distanceSymbol returns what the i-th code means behind the length of a match.
func distanceSymbol(i int) symbol {
	switch extra := i>>1 - 1; {
	case i < 2:
		return newSymbol(i+1, 0)
	case i > 29:
		return unused
	default:
		return newSymbol(1+(2+i&1)<<extra, extra)
	}
}

// distanceCode returns which code and extra bits say how far back a match begins.
func distanceCode(distance int) (i, extra, bitsOfExtra int) {
	v := distance - 1
	if v < 4 {
		return v, 0, 0
	}
	n := bits.Len(uint(v)) - 2
	return 2*n + v>>n, v & (1<<n - 1), n
}

// A code as it is written.
type code struct {
	bits uint16
	size uint8 // 0: there is none
}

// A huffman is a table of codes, none of which begins with another. They follow from their lengths (RFC 1951 section 3.2.2).
type huffman struct {
	fast  [1 << fastBits]symbol // by the next bits
	count [maxCodeBits + 1]int  // of codes of each length
	slow  [literalCodes]symbol  // in the order of their codes
	codes [literalCodes]code    // in the order of their symbols
}

// build makes the table of codes of these lengths, 0 for none. It reports false if they are no table.
func (h *huffman) build(lengths []uint8, meaning func(int) symbol) bool {
	h.count = [maxCodeBits + 1]int{}
	for _, n := range lengths {
		h.count[n]++
	}
	all := len(lengths) - h.count[0]
	h.count[0] = 0
	var next, place [maxCodeBits + 2]int
	room := 1
	for n := 1; n <= maxCodeBits; n++ {
		room = room<<1 - h.count[n]
		if room < 0 {
			return false
		}
		next[n+1] = (next[n] + h.count[n]) << 1
		place[n+1] = place[n] + h.count[n]
	}
	if room > 0 && all > 0 && (all != 1 || h.count[1] != 1) { // one code alone may have one bit
		return false
	}
	clear(h.codes[len(lengths):])
	for i, n := range lengths {
		if n == 0 {
			h.codes[i] = code{}
			continue
		}
		h.codes[i] = code{bits.Reverse16(uint16(next[n])) >> (16 - n), n}
		h.slow[place[n]] = meaning(i).coded(int(n))
		next[n]++
		place[n]++
	}
	h.hasten()
	return true
}

// hasten makes fast of slow: what is known of the first n bits is true whatever follows.
func (h *huffman) hasten() {
	h.fast[0] = 0
	slow := h.slow[:]
	for n, next := 1, 0; n <= fastBits; n, next = n+1, next<<1 {
		copy(h.fast[1<<(n-1):1<<n], h.fast[:])
		for i := range h.count[n] {
			h.fast[bits.Reverse16(uint16(next+i))>>(16-n)] = slow[i]
		}
		slow = slow[h.count[n]:]
		next += h.count[n]
	}
}

// find returns what the code means with which x begins.
func (h *huffman) find(x uint64) symbol {
	if s := h.fast[x&(1<<fastBits-1)]; s != 0 {
		return s
	}
	code, first, place := 0, 0, 0
	for n := 1; n <= maxCodeBits; n++ {
		code = code<<1 | int(x&1)
		x >>= 1
		first <<= 1
		if i := code - first; i < h.count[n] {
			return h.slow[place+i]
		}
		first += h.count[n]
		place += h.count[n]
	}
	return 0
}
