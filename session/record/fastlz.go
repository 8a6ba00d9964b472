package record

import "errors"

var errFastLZ = errors.New("fastlz: damaged")

// FastLZ opens what FastLZ (fastlz.c) has compressed, at either of its levels, which is to be of that size.
func FastLZ(data []byte, size int) ([]byte, error) {
	if len(data) == 0 || data[0]>>5 > 1 || size < 0 {
		return nil, errFastLZ
	}
	second := data[0]>>5 == 1
	c := &Cursor{Format: "fastlz", Rest: data}
	var out []byte
	for first := true; len(c.Rest) > 0; first = false {
		control := int(c.uint(1))
		if first {
			control &= 31 // the rest is the level
		}
		if control < 32 { // as many bytes as they are, and one
			out = append(out, c.take(uint64(control)+1)...)
		} else {
			length, back := fastMatch(c, control, second)
			if c.Err != nil || back > len(out) || length > size-len(out) {
				return nil, errFastLZ
			}
			for ; length > 0; length-- { // it may reach into itself
				out = append(out, out[len(out)-back])
			}
		}
		if c.Err != nil || len(out) > size {
			return nil, errFastLZ
		}
	}
	if len(out) != size {
		return nil, errFastLZ
	}
	return out, nil
}

// fastMatch reads how many bytes to repeat, and from how far back.
func fastMatch(c *Cursor, control int, second bool) (length, back int) {
	const long, far = 7, 8191 // MAX_DISTANCE of the second level
	length, high := control>>5, control&31
	if length == long {
		for {
			more := int(c.uint(1))
			length += more
			if !second || more < 255 || c.Err != nil {
				break
			}
		}
	}
	low := int(c.uint(1))
	if second && low == 255 && high == 31 {
		return length + 2, int(c.uint(2)) + far + 1
	}
	return length + 2, high<<8 + low + 1
}
