package splice

import "encoding/binary"

// Bits are counted from the lowest of each byte up (RFC 1951 section 3.1.1).

// loadable is how many bits [load] returns at least.
const loadable = 57

// load returns the bits of b from a position on, the first one lowest. Behind the end there are zeros: what is made of them
// counts only if it lies before.
func load(b []byte, at int) uint64 {
	i := at >> 3
	if i+8 <= len(b) {
		return binary.LittleEndian.Uint64(b[i:]) >> (at & 7)
	}
	var last [8]byte
	copy(last[:], b[min(i, len(b)):])
	return binary.LittleEndian.Uint64(last[:]) >> (at & 7)
}

// aligned returns the first position from at on where a byte begins.
func aligned(at int) int { return (at + 7) &^ 7 }
