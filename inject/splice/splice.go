// Package splice puts bytes into a gzip stream without decompressing it and compressing it again.
//
// A gzip file (RFC 1952) is a header, compressed text, and a trailer with a checksum of the text, CRC-32, and its length. The
// compressed text (RFC 1951, "deflate") is a row of bits in blocks. A block either holds bytes as they are ("stored"), or begins
// with a table of codes, each of a few bits, and goes on with codes of this table: for a byte ("literal"), for the end of the
// block, or for a match, which says "go back so many bytes and copy so many", up to 32,768 back and 258 long. A block can begin
// at any bit, and a match can reach back into blocks before its own. So, to insert S behind the text A and in front of B:
//
//	|<- header ->|<------------- A ------------->|<----------- B ----------->|<- trailer ->|
//	             | block | block: table, codes, codes   ...| block | block   |
//	                                             ^ offset
//
//	 1. From the start to the block with the offset, every bit stays.
//	 2. That block ends before the code at the offset, with a code for its end. S follows as stored blocks. Then the block's
//	    table is written a second time and the other codes go on. A match across the offset becomes stored bytes around S.
//	 3. In the next 32,768 bytes of text a match can reach back to A: it goes further by the length of S. One that begins in A
//	    and goes on in B becomes two, with S between what they copy. Where the table has no code for that, or it is too far,
//	    the bytes themselves are written. Every other code keeps its bits, only shifted.
//	 4. Behind that no match can reach across S, and every bit stays. The codes are still read: only from them it is known at
//	    which bit of its last byte the text ends, by which the trailer is found again once all is shifted, whether another
//	    member or padding follows, and that nothing is damaged.
//	 5. Length and checksum of the whole follow from the old ones and from A and S. B need not be known for that: see crc.go.
//
// The text itself is decoded only as far as the offset has to be looked for. In one line each:
//
//	splice.go   the entry point          rewrite.go   step 3: matches that reach across
//	head.go     the text, while looking  crc.go       step 5: a checksum changed without the text
//	cut.go      step 2: the cut          writer.go    bits out
//	stream.go   from part to part        bits.go      bits in
//	member.go   header and trailer       huffman.go   tables of codes
//	block.go    how a block begins       token.go     codes: literals and matches
//
// S is never matched against the text, nor is the text against S: how long the result is tells nothing about what both have in
// common (the BREACH attack compares such lengths).
//
// Damage stays damage: of a stream that a decoder would refuse, the result is refused too, or reading it ends in an error.
package splice

import (
	"errors"
	"io"
)

var (
	// ErrCorrupt is returned for a stream that is not gzip, or is damaged where it had to be looked at.
	ErrCorrupt = errors.New("splice: not a valid gzip stream")

	// ErrTooLong is returned if a stream's beginning, or the header of one of its members, does not fit into the limit.
	ErrTooLong = errors.New("splice: too many compressed bytes")

	// ErrOffset is returned for an offset that is not in the text decoded so far.
	ErrOffset = errors.New("splice: no such offset in the text")

	errShort = errors.New("splice: more bytes are needed") // never leaves the package
)

// A Reader inserts into one gzip stream at a time. Use it as follows:
//
//	z := new(splice.Reader)              // or one that is done: its memory is used again
//	z.Reset(response.Body, 64<<10)
//	text, err := z.Decode()              // again, until the text shows where to insert
//	err = z.Insert(offset, []byte("…"))
//	io.Copy(w, z)                        // the stream from its first byte, with the insertion
//
// Until Insert nothing is lost: what was taken from the source is the beginning of the stream, as it came.
type Reader struct {
	src    io.Reader
	srcErr error // how it ended, if it has
	limit  int

	in    []byte // of the stream: all of it until Insert, then what is not yet through
	at    int    // the next bit of in
	state state  // what comes next
	block block  // the one begun last
	text  []byte // decoded: until Insert, and then only a little behind the offset
	pos   int    // where in the text the next token belongs
	start int    // where in the text the member begins

	literals, distances huffman // of the block
	fixed               bool    // these are the ones that need no description

	// After Insert.
	writing bool
	offset  int    // in the text
	near    bool   // matches may reach across the insertion
	sum     change // for the trailer of this member
	unended bool   // the last block was written as if another came
	run     int    // bits of in from here to at go out as they are
	out     bitWriter
	given   int   // how much of out was read
	end     error // how the result ends, if it does
}

// Reset begins with a stream. No more than limit bytes of it are held, and as many of its text, while the offset is looked for.
func (z *Reader) Reset(src io.Reader, limit int) {
	z.src, z.srcErr, z.limit = src, nil, limit
	z.in, z.at, z.run, z.state = z.in[:0], 0, 0, inHeader
	z.text, z.pos, z.start = z.text[:0], 0, 0
	z.writing, z.near, z.unended = false, false, false
	if cap(z.out.bytes) > 4*limit {
		z.out.bytes = nil // such results are rare
	}
	z.out.reset()
	z.given, z.end = 0, nil
}

// Read reads the stream with the insertion. Whatever has come and can be decoded is given at once. If the source ends too soon
// the error is [io.ErrUnexpectedEOF]; then, as after [ErrCorrupt], what was read is not to be taken for the whole.
func (z *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for z.given == len(z.out.bytes) {
		if z.end != nil {
			return 0, z.end
		}
		z.out.bytes, z.given = z.out.bytes[:0], 0
		z.end = z.produce(false)
	}
	n := copy(p, z.out.bytes[z.given:])
	z.given += n
	return n, nil
}

// Finish makes the rest of the result at once and returns the length of what is to be read. It waits for the source's end: use it
// when all is at hand.
func (z *Reader) Finish() (int, error) {
	for z.end == nil {
		z.end = z.produce(true)
	}
	if z.end != io.EOF {
		return 0, z.end
	}
	return len(z.out.bytes) - z.given, nil
}

// produce adds to the result. It waits for the source if it has to, and if there is nothing to be read before or wait is set.
func (z *Reader) produce(wait bool) error {
	if !z.writing {
		return ErrOffset
	}
	if err := z.step(); err != errShort {
		return err
	}
	if z.pass(); !wait && len(z.out.bytes) > 0 {
		return nil
	}
	return z.fill()
}
