package session

import (
	"encoding/binary"
	"fmt"
)

// A cursor reads a binary format from front to back. After the first error there is nothing left to read.
type cursor struct {
	format string // in the words of an error
	rest   []byte
	values valueCount
	err    error
}

func (c *cursor) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(c.format+": "+format, args...)
	}
	c.rest = nil
}

// counted counts n values that are about to be read.
func (c *cursor) counted(n int) {
	if err := c.values.more(n); err != nil {
		c.fail("%w", err)
	}
}

// take consumes n bytes.
func (c *cursor) take(n uint64) []byte {
	if n > uint64(len(c.rest)) {
		c.fail("ends too soon")
		return nil
	}
	taken := c.rest[:n]
	c.rest = c.rest[n:]
	return taken
}

// uint consumes an unsigned integer of n bytes, the highest first. A missing one is 0.
func (c *cursor) uint(n uint64) uint64 {
	var wide [8]byte
	copy(wide[8-n:], c.take(n))
	return binary.BigEndian.Uint64(wide[:])
}
