package splice

import (
	"encoding/binary"
	"math"
)

// A token is a literal, a match, or the end of a block.
type token struct {
	bits     int
	length   int // of its text
	distance int // 0: not a match
	literal  byte
	end      bool
}

// token reads the next one without passing it.
func (z *Reader) token() (token, error) {
	end := len(z.in) * 8
	x := load(z.in, z.at)
	s := z.literals.find(x)
	t := token{bits: s.total()}
	switch {
	case s == 0:
		return t, badAt(z.at, maxCodeBits, end)
	case s&unused != 0:
		return t, badAt(z.at, t.bits, end)
	case s&literal != 0:
		t.length, t.literal = 1, byte(s.value())
	case s&endOfBlock != 0:
		t.end = true
	default:
		t.length, _ = s.match(x)
		x >>= t.bits
		s = z.distances.find(x)
		switch {
		case s == 0:
			return t, badAt(z.at, t.bits+maxCodeBits, end)
		case s&unused != 0:
			return t, badAt(z.at, t.bits+s.bits(), end)
		}
		t.bits += s.total()
		t.distance, _ = s.match(x)
	}
	if z.at+t.bits > end {
		return t, errShort
	}
	return t, nil
}

// everywhere and nowhere are positions for [Reader.skim].
const (
	everywhere = math.MaxInt - 1<<16
	nowhere    = math.MinInt
)

// skim passes the tokens whose text ends at or before until, and does not come from before reach. It stops where a look is needed
// that is closer, as near the end of what is at hand, and may stop anywhere.
func (z *Reader) skim(until, reach int) {
	const mask = 1<<fastBits - 1
	in, at, pos := z.in, z.at, z.pos
	literals, distances := &z.literals.fast, &z.distances.fast
	for at>>3+8 <= len(in) {
		x := binary.LittleEndian.Uint64(in[at>>3:]) >> (at & 7)
		s := literals[x&mask]
		if s&literal != 0 {
			if pos+2 > until {
				break
			}
			x >>= s.bits()
			at += s.bits()
			pos++
			if s = literals[x&mask]; s&literal != 0 {
				at += s.bits()
				pos++
				continue
			}
		}
		// At most 10 bits of 57 were used. A match with codes of at most 10 bits has 38.
		if s&(endOfBlock|unused) != 0 || s == 0 {
			break
		}
		length, n := s.match(x)
		d := distances[x>>n&mask]
		if d&unused != 0 || d == 0 {
			break
		}
		distance, m := d.match(x >> n)
		if pos+length > until || pos-distance < reach {
			break
		}
		at += n + m
		pos += length
	}
	z.at, z.pos = at, pos
}

// skipAhead is skim where it does not matter what tokens mean.
func (z *Reader) skipAhead() {
	const mask = 1<<fastBits - 1
	in, at := z.in, z.at
	literals, distances := &z.literals.fast, &z.distances.fast
	for at>>3+9 <= len(in) { // two literals and a match have up to 58 bits
		x := binary.LittleEndian.Uint64(in[at>>3:]) >> (at & 7)
		s := literals[x&mask]
		if s&literal != 0 {
			x >>= s.bits()
			at += s.bits()
			if s = literals[x&mask]; s&literal != 0 {
				x >>= s.bits()
				at += s.bits()
				if s = literals[x&mask]; s&literal != 0 {
					at += s.bits()
					continue
				}
			}
		}
		if s&(endOfBlock|unused) != 0 || s == 0 {
			break
		}
		n := s.total()
		d := distances[x>>n&mask]
		if d&unused != 0 || d == 0 {
			break
		}
		at += n + d.total()
	}
	z.at = at
}
