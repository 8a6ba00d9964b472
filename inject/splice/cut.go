package splice

// Insert puts bytes, in one or several parts, at an offset into the text that was decoded. From then on the stream is read with
// [Reader.Read]. The parts are not used after Insert returns. After an error nothing can be read.
func (z *Reader) Insert(offset int, parts ...[]byte) error {
	if z.writing || offset < 0 || offset > len(z.text) {
		return ErrOffset
	}
	cut, err := z.seek(offset)
	if err != nil {
		return ErrOffset
	}
	z.writing, z.near, z.offset, z.run = true, true, offset, 0
	z.sum = newChange(z.text[z.start:offset], parts)

	b := &z.block
	z.unended = z.state != atBlock && b.final
	switch z.state {
	case atBlock:
		z.pass()
	case inCodes:
		z.passTo(b.begin)
		z.writeHeader()
		z.out.copy(z.in, b.body, z.at)
		z.writeCode(z.literals.codes[endSymbol])
	case inStored:
		z.passTo(b.begin)
		z.out.stored(z.in[b.body>>3 : z.at>>3])
	}

	// The text of a token across the offset goes into the same block.
	around := [][]byte{z.text[z.pos:offset]}
	around = append(around, parts...)
	around = append(around, z.text[offset:max(offset, z.pos+cut.length)])
	z.out.stored(around...)
	z.at += cut.bits
	z.pos += cut.length
	z.run = z.at

	switch {
	case z.state == inCodes:
		z.writeHeader()
	case z.state == inStored && b.left > 0:
		z.out.storedHeader(b.left, false)
	}
	return nil
}

// seek goes back to an offset: to the token across it, which is returned, or to the first part of the stream that begins there.
func (z *Reader) seek(offset int) (cut token, err error) {
	if b := &z.block; z.tabled() && b.pos <= offset {
		z.at, z.pos, z.state = b.body, b.pos, inCodes
	} else {
		z.at, z.pos, z.start, z.state = 0, 0, 0, inHeader
	}
	for {
		switch {
		case z.pos == offset && (z.state == atBlock || z.state == inCodes || z.state == inStored):
			return token{}, nil
		case z.state == inStored:
			n := min(z.block.left, offset-z.pos)
			z.block.left -= n
			z.at += n * 8
			z.pos += n
			if z.block.left == 0 && z.pos < offset {
				z.endBlock()
			}
		case z.state == inCodes:
			z.skim(offset, nowhere)
			if z.pos == offset {
				continue
			}
			t, err := z.token()
			if err != nil {
				return t, err
			}
			if z.pos+t.length > offset {
				return t, nil
			}
			z.at += t.bits
			z.pos += t.length
			if t.end {
				z.endBlock()
			}
		default:
			if err := z.step(); err != nil {
				return token{}, err
			}
		}
	}
}

// tabled reports whether the table of the last block is that of its codes, and not overwritten by what may become another one.
func (z *Reader) tabled() bool {
	return z.state == inCodes || z.state >= inTrailer && z.block.kind != stored
}

// writeHeader writes the block's header, not as that of the last one.
func (z *Reader) writeHeader() {
	b := &z.block
	z.out.write(0, 1)
	z.out.copy(b.header, b.first+1, b.first+b.size)
}

func (z *Reader) writeCode(c code) { z.out.write(uint64(c.bits), int(c.size)) }
