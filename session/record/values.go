package record

import "fmt"

// MaxValues bounds how many values a record may hold, of all kinds and at all depths: a cookie of a kilobyte can stand for hundreds
// of thousands. It is a full basket of seven thousand articles with five details each.
const MaxValues = 1 << 16

// mapValues is for how many values a map counts, since a small one takes that much more memory than the bytes that make it.
const mapValues = 4

// A valueCount counts the values of a record while it is read.
type valueCount int

// more counts n values. The error says that they are too many.
func (c *valueCount) more(n int) error {
	if *c += valueCount(n); *c > MaxValues {
		return fmt.Errorf("a session of more than %d values", MaxValues)
	}
	return nil
}
