package splice

// reach is how far back a match can go, in bytes.
const reach = 32 << 10

const (
	shortestMatch = 3
	longestMatch  = 258
)

// passCodes goes on with the body of a block, rewriting what has to be.
func (z *Reader) passCodes() error {
	for {
		if z.near {
			z.skim(min(z.offset+reach, z.remembered()), z.offset)
		} else {
			z.pos = 0 // counts no more
			z.skipAhead()
		}
		t, err := z.token()
		if err != nil {
			return err
		}
		before := z.at
		z.at += t.bits
		if t.end {
			z.endBlock()
			return nil
		}
		if z.near {
			if t.distance > z.pos-z.start {
				return ErrCorrupt
			}
			if z.pos == z.remembered() {
				z.remember(t)
			}
			if t.distance > z.pos-z.offset {
				z.passTo(before)
				z.rewrite(t)
				z.run = z.at
			}
		}
		z.pos += t.length
		z.settle()
		if z.near && len(z.out.bytes) > z.limit {
			return nil // to be read before there is more
		}
	}
}

// remembered returns up to where tokens need not be remembered: single bytes behind the offset may be needed in place of a match.
func (z *Reader) remembered() int {
	if len(z.text) >= z.offset+longestMatch {
		return everywhere
	}
	return len(z.text)
}

// settle notes when no match can reach across the insertion any more.
func (z *Reader) settle() { z.near = z.near && z.pos < z.offset+reach }

// rewrite writes a match that begins before the insertion.
func (z *Reader) rewrite(t token) {
	from := z.pos - t.distance
	size := min(t.length, z.offset-from)
	z.writeMatch(z.text[from:from+size], t.distance+int(z.sum.added))
	if rest := t.length - size; rest > 0 {
		z.writeMatch(z.text[z.offset:z.offset+rest], t.distance)
	}
}

// writeMatch writes text that is to be had at a distance: as a match, or as literals, or else as a block of its own.
func (z *Reader) writeMatch(text []byte, distance int) {
	if len(text) >= shortestMatch && distance <= reach {
		i, extra, size := lengthCode(len(text))
		length := z.literals.codes[i]
		i, extraDistance, sizeDistance := distanceCode(distance)
		back := z.distances.codes[i]
		if length.size > 0 && back.size > 0 {
			z.writeCode(length)
			z.out.write(uint64(extra), size)
			z.writeCode(back)
			z.out.write(uint64(extraDistance), sizeDistance)
			return
		}
	}
	for _, c := range text {
		if z.literals.codes[c].size == 0 {
			z.writeCode(z.literals.codes[endSymbol])
			z.out.stored(text)
			z.writeHeader()
			return
		}
	}
	for _, c := range text {
		z.writeCode(z.literals.codes[c])
	}
}
