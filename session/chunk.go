package session

import (
	"strconv"
	"strings"
)

// mostChunks bounds into how many cookies a value may have been cut.
const mostChunks = 64

// chunked lists the values of the cookies of these names, and those that were cut into name.0, name.1 and so on because
// browsers keep no cookie over 4 KiB (Auth.js, packages/core/src/lib/utils/cookie.ts). Where the sequence breaks, it ends.
func chunked(names ...string) func(Cookies) []string {
	return func(c Cookies) []string {
		var values []string
		for _, name := range names {
			values = append(values, c.Values(name)...)
			var whole strings.Builder
			for i := range mostChunks {
				chunks := c.Values(name + "." + strconv.Itoa(i))
				if len(chunks) == 0 {
					break
				}
				whole.WriteString(chunks[0])
			}
			values = append(values, whole.String())
		}
		return values
	}
}
