package hashing

import (
	"encoding/binary"
	"hash/crc32"
	"math/bits"
	"slices"
)

// pymemcache is the hasher of pymemcache's HashClient (pymemcache/client/rendezvous.py): the server whose name makes the highest hash
// with the key.
func pymemcache(places []Place) Chooser {
	return func(key string) []int {
		best, score := 0, uint32(0)
		for server, at := range places {
			h := murmur3(at.Name() + "-" + key)
			if server == 0 || h > score || h == score && at.Name() > places[best].Name() {
				best, score = server, h
			}
		}
		return []int{best}
	}
}

// pythonMemcached is cmemcache_hash of python-memcached (memcache.py). Up to 1.59 nought stands for one there.
func pythonMemcached(places []Place) Chooser {
	var servers []int
	for server, at := range places {
		servers = append(servers, slices.Repeat([]int{server}, at.Weight)...)
	}
	return func(key string) []int {
		h := int(crc32.ChecksumIEEE([]byte(key)) >> 16 & 0x7fff)
		if h == 0 {
			return slices.Compact([]int{servers[0], servers[1%len(servers)]})
		}
		return []int{servers[h%len(servers)]}
	}
}

// murmur3 is MurmurHash3 by Austin Appleby, of 32 bits and seed 0.
func murmur3(text string) uint32 {
	const c1, c2 = 0xcc9e2d51, 0x1b873593
	data, h := []byte(text), uint32(0)
	for ; len(data) >= 4; data = data[4:] {
		h ^= bits.RotateLeft32(binary.LittleEndian.Uint32(data)*c1, 15) * c2
		h = bits.RotateLeft32(h, 13)*5 + 0xe6546b64
	}
	if len(data) > 0 {
		var rest [4]byte
		copy(rest[:], data)
		h ^= bits.RotateLeft32(binary.LittleEndian.Uint32(rest[:])*c1, 15) * c2
	}
	h ^= uint32(len(text))
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}
