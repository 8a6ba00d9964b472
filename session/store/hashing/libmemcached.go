package hashing

import (
	"crypto/md5"
	"encoding/binary"
	"math"
	"strconv"
)

// modula is the distribution of that name of libmemcached (libmemcached/hash.cc, dispatch_host). It knows no weights.
func modula(places []Place) Chooser {
	return func(key string) []int { return []int{int(oneAtATime(key) % uint32(len(places)))} }
}

// ketama is libmemcached's MEMCACHED_BEHAVIOR_KETAMA (libmemcached/hosts.cc, update_continuum): a ring by the same hash. It knows no
// weights either.
func ketama(places []Place) Chooser {
	const points = 100 // MEMCACHED_POINTS_PER_SERVER
	var r ring
	for server, at := range places {
		for i := range points {
			r = append(r, point{oneAtATime(at.ketama(i)), server})
		}
	}
	r = r.sorted()
	return func(key string) []int { return []int{r.from(oneAtATime(key))} }
}

// ketamaWeighted is MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED, the ring of the library libketama: four points of each hash, as many as
// the weight says. The number is computed in float as it is there.
func ketamaWeighted(places []Place) Chooser {
	const points = 160 // MEMCACHED_POINTS_PER_SERVER_KETAMA
	total := 0
	for _, at := range places {
		total += at.Weight
	}
	var r ring
	for server, at := range places {
		share := float32(at.Weight) / float32(total)
		part := float32(float32(float32(share*points)/4) * float32(len(places)))
		for i := range int(math.Floor(float64(float32(part + 0.0000000001)))) {
			sum := md5.Sum([]byte(at.ketama(i)))
			for n := range 4 {
				r = append(r, point{binary.LittleEndian.Uint32(sum[4*n:]), server})
			}
		}
	}
	r = r.sorted()
	return func(key string) []int {
		sum := md5.Sum([]byte(key))
		return []int{r.from(binary.LittleEndian.Uint32(sum[:]))}
	}
}

// ketama is the name of a point: the usual port is left out.
func (p Place) ketama(i int) string {
	number := "-" + strconv.Itoa(i)
	if p.Port == memcachedPort {
		return p.Host + number
	}
	return p.Host + ":" + strconv.Itoa(p.Port) + number
}

// oneAtATime is the hash by Bob Jenkins of that name (libhashkit/one_at_a_time.cc), in which bytes have a sign.
func oneAtATime(key string) uint32 {
	var h uint32
	for _, c := range []byte(key) {
		h += uint32(int32(int8(c)))
		h += h << 10
		h ^= h >> 6
	}
	h += h << 3
	h ^= h >> 11
	h += h << 15
	return h
}
