package hashing

import (
	"hash/crc32"
	"slices"
	"strconv"
)

// A phpHash is memcache.hash_function of PHP's extension memcache (memcache_pool.c).
type phpHash func(text string) uint32

func phpCRC32(text string) uint32 { return crc32.ChecksumIEEE([]byte(text)) }

// phpFNV is FNV-1a, in which bytes have a sign.
func phpFNV(text string) uint32 {
	h := uint32(0x811c9dc5)
	for _, c := range []byte(text) {
		h = (h ^ uint32(int32(int8(c)))) * 0x01000193
	}
	return h
}

// consistent is memcache.hash_strategy=consistent (memcache_consistent_hash.c): a ring, looked up beforehand for each of 1024 hashes.
func consistent(places []Place, hash phpHash) func(hash uint32) int {
	const points, buckets = 160, 1024
	var r ring
	for server, at := range places {
		name := at.Host
		if at.Port == 0 {
			name = "unix://" + name
		}
		for i := range at.Weight * points {
			r = append(r, point{hash(name + ":" + strconv.Itoa(at.Port) + "-" + strconv.Itoa(i)), server})
		}
	}
	r = r.sorted()
	var servers [buckets]int
	for i := range servers {
		servers[i] = r.from(0xffffffff / buckets * uint32(i))
	}
	return func(hash uint32) int { return servers[hash%buckets] }
}

// standard is memcache.hash_strategy=standard (memcache_standard_hash.c).
func standard(places []Place) func(hash uint32) int {
	var servers []int
	for server, at := range places {
		servers = append(servers, slices.Repeat([]int{server}, at.Weight)...)
	}
	return func(hash uint32) int { return servers[max(hash>>16&0x7fff, 1)%uint32(len(servers))] }
}

// phpMemcache chooses for sessions, of which there is one more copy (memcache.session_redundancy). They are hashed with a number behind
// the id, until two servers are found (memcache_session.c, and memcache_pool.c, mmc_pool_find_next).
func phpMemcache(server func(hash uint32) int, hash phpHash) Chooser {
	const attempts = 20 // memcache.max_failover_attempts
	return func(key string) []int {
		var chosen []int
		for i := 0; i < attempts && len(chosen) < 2; i++ {
			if at := server(hash(key + "-" + strconv.Itoa(i))); !slices.Contains(chosen, at) {
				chosen = append(chosen, at)
			}
		}
		return chosen
	}
}
