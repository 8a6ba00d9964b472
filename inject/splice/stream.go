package splice

import (
	"io"
	"slices"
)

// A state is the part of the stream that comes next.
type state int

const (
	inHeader  state = iota // of a member
	atBlock                // the header of a block
	inCodes                // the body of a block with codes
	inStored               // the body of a stored block
	inTrailer              // of a member
	atMember               // another member, padding or nothing
	inPadding
)

// step goes on with the stream, at least to the next part of it, or returns errShort if more bytes are needed for that.
func (z *Reader) step() error {
	switch z.state {
	case inHeader:
		n, err := headerSize(z.in[z.at>>3:])
		if err != nil {
			return err
		}
		z.at += n * 8
		z.start = z.pos
		z.state = atBlock
	case atBlock:
		if err := z.openBlock(); err != nil {
			return err
		}
		z.state = inCodes
		if z.block.kind == stored {
			z.state = inStored
		}
		if z.writing {
			z.passHeader()
		}
	case inCodes:
		if z.writing {
			return z.passCodes()
		}
		return z.decodeCodes()
	case inStored:
		return z.passStored()
	case inTrailer:
		from := aligned(z.at) >> 3
		if len(z.in) < from+trailer {
			return errShort
		}
		if z.writing {
			z.pass()
			z.writeTrailer(z.in[from:])
		}
		z.at = (from + trailer) * 8
		z.run = z.at
		z.state = atMember
	case atMember:
		next := z.in[z.at>>3:]
		if len(next) < len(magic) {
			return errShort
		}
		z.state = inPadding
		if string(next[:len(magic)]) == magic {
			z.state = inHeader
		}
	case inPadding:
		z.at = len(z.in) * 8
		z.run = z.at
		return errShort
	}
	return nil
}

// passStored goes on with the body of a stored block.
func (z *Reader) passStored() error {
	from := z.at >> 3
	n := min(z.block.left, len(z.in)-from)
	body := z.in[from : from+n]
	if z.writing {
		z.out.bytes = append(z.out.bytes, body...)
	}
	if known := len(z.text) - z.pos; !z.writing || z.near && known < n && z.remembered() != everywhere {
		z.text = append(z.text, body[known:]...)
	}
	z.block.left -= n
	z.at += n * 8
	z.run = z.at
	z.pos += n
	z.settle()
	if z.block.left > 0 {
		return errShort
	}
	z.endBlock()
	return nil
}

// passHeader passes the header of a block in the result. While tokens may have to be rewritten, it is not written as the last
// one: to write stored bytes it must be possible to go on with another.
func (z *Reader) passHeader() {
	open := z.block.final && z.near
	switch {
	case z.block.kind == stored:
		z.passTo(z.block.begin)
		z.out.storedHeader(z.block.left, z.block.final && !open)
		z.run = z.at
	case open:
		z.passTo(z.block.begin)
		z.out.write(0, 1)
		z.run++
	}
	z.unended = open
}

// endBlock follows the last byte or token of a block.
func (z *Reader) endBlock() {
	z.state = atBlock
	if !z.block.final {
		return
	}
	z.state = inTrailer
	if z.writing && z.unended {
		z.pass()
		z.out.write(1|fixed<<1, 3)
		z.out.write(0, 7) // its end
	}
	z.near = false
}

// pass writes what was passed as it came.
func (z *Reader) pass() { z.passTo(z.at) }

// passTo writes what was passed up to a bit.
func (z *Reader) passTo(at int) {
	z.out.copy(z.in, z.run, at)
	z.run = at
}

// fill waits for more of the stream. At its end the error is [io.EOF] only if it is whole.
func (z *Reader) fill() error {
	if z.writing { // the beginning will not be needed again
		z.pass()
		n := z.at >> 3
		z.in = z.in[:copy(z.in, z.in[n:])]
		z.at &= 7
		z.run = z.at
	}
	if len(z.in) == cap(z.in) && len(z.in) < z.limit {
		z.in = slices.Grow(z.in, min(max(len(z.in), minRead), z.limit-len(z.in)))
	}
	room := z.in[len(z.in):min(cap(z.in), max(z.limit, len(z.in)))]
	if len(room) == 0 && z.srcErr == nil {
		return ErrTooLong
	}
	for range patience {
		switch {
		case z.srcErr == io.EOF && z.state < atMember:
			return io.ErrUnexpectedEOF
		case z.srcErr != nil:
			return z.srcErr
		}
		var n int
		n, z.srcErr = z.src.Read(room)
		if n > 0 {
			z.in = z.in[:len(z.in)+n]
			return nil
		}
	}
	return io.ErrNoProgress
}

const (
	minRead  = 16 << 10 // bytes for which there is room at first
	patience = 100      // reads in a row that may bring nothing: see [io.Reader]
)
