package setting

import (
	"strconv"
	"strings"
)

// Bytes is a size.
type Bytes int64

// ParseBytes reads a size such as 65536, 64KiB or 1MiB. Its errors are a [Mistake].
func ParseBytes(text string) (any, error) {
	digits := strings.TrimRight(text, "KMGiB")
	unit, known := map[string]Bytes{"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}[text[len(digits):]]
	n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 32)
	if err != nil || !known {
		return nil, Wrong("write bytes such as 65536, or 64KiB or 1MiB", "%s is not a size", Quote(text))
	}
	return Bytes(n) * unit, nil
}
