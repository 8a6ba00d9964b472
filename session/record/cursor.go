package record

import (
	"encoding/binary"
	"fmt"
)

// A Cursor reads a binary format from front to back. After the first error there is nothing left to read.
type Cursor struct {
	Format string // in the words of an error
	Rest   []byte
	values valueCount
	Err    error
}

func (c *Cursor) fail(format string, args ...any) {
	if c.Err == nil {
		c.Err = fmt.Errorf(c.Format+": "+format, args...)
	}
	c.Rest = nil
}

// counted counts n values that are about to be read.
func (c *Cursor) counted(n int) {
	if err := c.values.more(n); err != nil {
		c.fail("%w", err)
	}
}

// take consumes n bytes.
func (c *Cursor) take(n uint64) []byte {
	if n > uint64(len(c.Rest)) {
		c.fail("ends too soon")
		return nil
	}
	taken := c.Rest[:n]
	c.Rest = c.Rest[n:]
	return taken
}

// uint consumes an unsigned integer of n bytes, the highest first. A missing one is 0.
func (c *Cursor) uint(n uint64) uint64 {
	var wide [8]byte
	copy(wide[8-n:], c.take(n))
	return binary.BigEndian.Uint64(wide[:])
}
