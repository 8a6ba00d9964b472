package splice

import (
	"bytes"
	"encoding/binary"
)

const (
	magic    = "\x1f\x8b"
	trailer  = 8 // bytes
	deflated = 8
)

// Flags of a header (RFC 1952 section 2.3.1): what follows its ten bytes.
const (
	hasCRC = 1 << (iota + 1)
	hasExtra
	hasName
	hasComment
)

// headerSize returns how long the header is with which a member begins.
func headerSize(b []byte) (int, error) {
	if n := min(len(b), len(magic)); string(b[:n]) != magic[:n] {
		return 0, ErrCorrupt
	}
	if len(b) < 10 {
		return 0, errShort
	}
	if b[2] != deflated {
		return 0, ErrCorrupt
	}
	flags, n := b[3], 10
	if flags&hasExtra != 0 {
		if len(b) < n+2 {
			return 0, errShort
		}
		n += 2 + int(binary.LittleEndian.Uint16(b[n:]))
	}
	for _, has := range []byte{hasName, hasComment} {
		if flags&has == 0 {
			continue
		}
		size := bytes.IndexByte(b[min(n, len(b)):], 0)
		if size < 0 {
			return 0, errShort
		}
		n += size + 1
	}
	if flags&hasCRC != 0 {
		n += 2
	}
	if len(b) < n {
		return 0, errShort
	}
	return n, nil
}

// writeTrailer ends a member of the result.
func (z *Reader) writeTrailer(b []byte) {
	crc, length := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
	crc, length = z.sum.apply(crc, length)
	z.sum = change{} // members that follow stay as they are
	z.out.align()
	z.out.bytes = binary.LittleEndian.AppendUint32(z.out.bytes, crc)
	z.out.bytes = binary.LittleEndian.AppendUint32(z.out.bytes, length)
}
