package splice

import (
	"encoding/binary"
	"io"
)

// headStep is how much text is decoded at once, in bytes: not much more than is needed, and not so little that the caller looks
// at the same text again and again.
const headStep = 4 << 10

// Decode decodes more of the text, waiting for it if it has to, and returns all that was decoded since Reset, up to the limit. At
// the text's end the error is [io.EOF], and the text is returned once more. The text must not be changed, and is gone with Reset.
func (z *Reader) Decode() ([]byte, error) {
	size := len(z.text)
	if size >= z.limit {
		return z.text[:z.limit], ErrTooLong
	}
	want := min(z.limit, size+max(size, headStep))
	for len(z.text) < want {
		err := z.step()
		if err != errShort {
			if err != nil {
				return z.text, err
			}
			continue
		}
		if len(z.text) > size {
			break
		}
		switch err := z.fill(); {
		case err == io.EOF:
			return z.text, io.EOF
		case err != nil:
			return z.text, err
		}
	}
	return z.text[:min(len(z.text), z.limit)], nil
}

// decodeCodes decodes tokens of a block: a number of them at once, then a single one with a closer look.
func (z *Reader) decodeCodes() error {
	z.expand(len(z.text) + headStep)
	t, err := z.token()
	if err != nil {
		return err
	}
	if t.distance > len(z.text)-z.start {
		return ErrCorrupt
	}
	z.at += t.bits
	if t.end {
		z.endBlock()
		return nil
	}
	z.remember(t)
	z.pos = len(z.text)
	return nil
}

// expand is [Reader.skim] with the text of the tokens, up to a length of it.
func (z *Reader) expand(until int) {
	const mask = 1<<fastBits - 1
	in, at, text := z.in, z.at, z.text
	literals, distances := &z.literals.fast, &z.distances.fast
	for at>>3+8 <= len(in) && len(text) < until {
		x := binary.LittleEndian.Uint64(in[at>>3:]) >> (at & 7)
		s := literals[x&mask]
		if s&literal != 0 {
			text = append(text, byte(s.value()))
			x >>= s.bits()
			at += s.bits()
			if s = literals[x&mask]; s&literal != 0 {
				text = append(text, byte(s.value()))
				x >>= s.bits()
				at += s.bits()
				if s = literals[x&mask]; s&literal != 0 {
					text = append(text, byte(s.value()))
					at += s.bits()
				}
				continue
			}
		}
		if s&(endOfBlock|unused) != 0 || s == 0 {
			break
		}
		length, n := s.match(x)
		d := distances[x>>n&mask]
		if d&unused != 0 || d == 0 {
			break
		}
		distance, m := d.match(x >> n)
		if distance > len(text)-z.start {
			break
		}
		at += n + m
		text = appendMatch(text, length, distance)
	}
	z.at, z.text, z.pos = at, text, len(text)
}

// remember adds the text of a token to that decoded before it.
func (z *Reader) remember(t token) {
	if t.distance == 0 {
		z.text = append(z.text, t.literal)
		return
	}
	z.text = appendMatch(z.text, t.length, t.distance)
}

// appendMatch copies from text to its end. It may copy what it has just written.
func appendMatch(text []byte, length, distance int) []byte {
	for length > distance {
		text = append(text, text[len(text)-distance:]...)
		length -= distance
		distance *= 2
	}
	from := len(text) - distance
	return append(text, text[from:from+length]...)
}
