package splice

import "hash/crc32"

// A change is what an insertion does to checksum and length of a text.
//
// CRC-32 is linear: a text is a polynomial over bits, and its checksum the remainder of a division. The checksum of A+B is that of
// A, moved by the length of B, combined (xor) with that of B. In that of A+S+B only the part moved is another one. So
//
//	crc(A+S+B) = crc(A+B) xor move(crc(A) xor crc(A+S), length of B)
//
// The length of B follows from that of the whole, which the trailer has. If trailer and text do not agree before, they do not
// agree after.
type change struct {
	before uint32 // length of A
	added  uint32 // length of S
	crc    uint32 // crc(A) xor crc(A+S)
}

// newChange is for inserting the parts behind before.
func newChange(before []byte, parts [][]byte) change {
	old := crc32.ChecksumIEEE(before)
	crc, added := old, 0
	for _, part := range parts {
		crc = crc32.Update(crc, crc32.IEEETable, part)
		added += len(part)
	}
	return change{uint32(len(before)), uint32(added), old ^ crc}
}

// apply returns checksum and length, modulo 2^32, with the insertion.
func (c change) apply(crc, length uint32) (uint32, uint32) {
	return crc ^ move(c.crc, length-c.before), length + c.added
}

// move multiplies a remainder by x^(8*n): so does dividing a text with n more bytes, all zero.
func move(crc, n uint32) uint32 {
	for power := uint32(1 << 23); n > 0; n >>= 1 { // x^8; the highest bit is x^0
		if n&1 != 0 {
			crc = multiply(crc, power)
		}
		power = multiply(power, power)
	}
	return crc
}

// multiply multiplies two remainders.
func multiply(a, b uint32) uint32 {
	var product uint32
	for ; a != 0; a <<= 1 {
		if a>>31 != 0 {
			product ^= b
		}
		b = b>>1 ^ crc32.IEEE&-(b&1)
	}
	return product
}
