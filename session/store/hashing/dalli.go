package hashing

import (
	"crypto/sha1"
	"encoding/binary"
	"hash/crc32"
	"strconv"
)

// dalli is the ring of Ruby's dalli (dalli/ring.rb).
func dalli(places []Place) Chooser {
	const points = 160
	total := 0
	for _, at := range places {
		total += at.Weight
	}
	var r ring
	for server, at := range places {
		for i := range len(places) * points * at.Weight / total {
			sum := sha1.Sum([]byte(at.Name() + ":" + strconv.Itoa(i)))
			r = append(r, point{binary.BigEndian.Uint32(sum[:]), server})
		}
	}
	r = r.sorted()
	return func(key string) []int { return []int{r.upTo(crc32.ChecksumIEEE([]byte(key)))} }
}
