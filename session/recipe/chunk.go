package recipe

import (
	"strconv"
	"strings"

	"tawkproxy/session/cookie"
)

// mostChunks bounds into how many cookies a value may have been cut. Whoever cuts one makes each as long as fits, but for the last: a
// short one in pieces was put there by somebody who hopes that the site does not look for pieces.
const (
	mostChunks = 64
	LeastChunk = 2000 // bytes
)

// Chunked lists the cookie of this name, and the one that was cut into name.0, name.1 and so on because browsers keep no cookie
// over 4 KiB. Where the sequence breaks, it ends.
func Chunked(name string) func(cookie.Cookies) []cookie.Cookie {
	return func(c cookie.Cookies) []cookie.Cookie {
		values := map[string]string{}
		for _, cookie := range c {
			if strings.HasPrefix(cookie.Name, name) {
				values[cookie.Name] = cookie.Value
			}
		}
		var whole strings.Builder
		last := 0
		for i := range mostChunks {
			chunk, there := values[name+"."+strconv.Itoa(i)]
			if !there {
				break
			}
			if whole.Len() < i*LeastChunk {
				return []cookie.Cookie{{Name: name, Value: values[name]}}
			}
			whole.WriteString(chunk)
			last = i
		}
		if last < 1 {
			return []cookie.Cookie{{Name: name, Value: values[name]}}
		}
		return []cookie.Cookie{{Name: name, Value: values[name]}, {Name: name, Value: whole.String()}}
	}
}
