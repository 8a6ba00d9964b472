package store

import (
	"crypto/sha1"
	"encoding/binary"
	"hash/crc32"
	"strconv"
)

// dalli is the ring of Ruby's dalli (dalli/ring.rb).
func dalli(places []place) chooser {
	const points = 160
	total := 0
	for _, at := range places {
		total += at.weight
	}
	var r ring
	for server, at := range places {
		for i := range len(places) * points * at.weight / total {
			sum := sha1.Sum([]byte(at.name() + ":" + strconv.Itoa(i)))
			r = append(r, point{binary.BigEndian.Uint32(sum[:]), server})
		}
	}
	r = r.sorted()
	return func(key string) []int { return []int{r.upTo(crc32.ChecksumIEEE([]byte(key)))} }
}
