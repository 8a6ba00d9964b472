package splice

import (
	"encoding/binary"
	"slices"
)

// A bitWriter appends bits to bytes.
type bitWriter struct {
	bytes []byte
	rest  uint64 // bits that are not yet a whole byte
	size  int    // how many, less than 8
}

func (w *bitWriter) reset() { w.bytes, w.rest, w.size = w.bytes[:0], 0, 0 }

// write appends the lowest n bits of v, at most 56; the others are zero.
func (w *bitWriter) write(v uint64, n int) {
	w.rest |= v << w.size
	w.size += n
	for w.size >= 8 {
		w.bytes = append(w.bytes, byte(w.rest))
		w.rest >>= 8
		w.size -= 8
	}
}

// align fills a byte that was begun with zeros.
func (w *bitWriter) align() {
	if w.size > 0 {
		w.write(0, 8-w.size)
	}
}

// copy appends the bits of b between two positions.
func (w *bitWriter) copy(b []byte, from, to int) {
	if edge := min(aligned(from), to); from < edge {
		n := edge - from
		w.write(load(b, from)&(1<<n-1), n)
		from = edge
	}
	if from >= to {
		return
	}
	whole := b[from>>3 : to>>3]
	w.bytes = slices.Grow(w.bytes, len(whole)+8)
	if w.size == 0 {
		w.bytes = append(w.bytes, whole...)
	} else {
		for len(whole) >= 8 {
			v := binary.LittleEndian.Uint64(whole)
			w.bytes = binary.LittleEndian.AppendUint64(w.bytes, w.rest|v<<w.size)
			w.rest = v >> (64 - w.size)
			whole = whole[8:]
		}
		for _, v := range whole {
			w.write(uint64(v), 8)
		}
	}
	if n := to & 7; n > 0 {
		w.write(load(b, to&^7)&(1<<n-1), n)
	}
}

const maxStored = 1<<16 - 1 // bytes in a stored block

// storedHeader begins a stored block of n bytes.
func (w *bitWriter) storedHeader(n int, final bool) {
	kind := uint64(stored << 1)
	if final {
		kind |= 1
	}
	w.write(kind, 3)
	w.align()
	w.bytes = binary.LittleEndian.AppendUint16(w.bytes, uint16(n))
	w.bytes = binary.LittleEndian.AppendUint16(w.bytes, ^uint16(n))
}

// stored appends the parts in as few stored blocks as will do, none of them the last one of a member.
func (w *bitWriter) stored(parts ...[]byte) {
	total, room := 0, 0
	for _, part := range parts {
		total += len(part)
	}
	for _, part := range parts {
		for len(part) > 0 {
			if room == 0 {
				room = min(total, maxStored)
				total -= room
				w.storedHeader(room, false)
			}
			n := min(len(part), room)
			w.bytes = append(w.bytes, part[:n]...)
			part = part[n:]
			room -= n
		}
	}
}
