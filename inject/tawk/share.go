package tawk

import (
	"hash/maphash"
	"sync"

	"golang.org/x/time/rate"
)

// Each client may send so many reports, after some at once: a page of a visitor who cannot be logged in sends one or two, and
// behind one address there may be an office.
const (
	reportsPerSecond = 5
	reportsAtOnce    = 50
)

// shares gives each client its own allowance of reports, so that a flood from one does not silence the others. There is a fixed
// number of allowances, which clients share by a hash that nobody outside can foresee: memory stays bounded whoever comes.
type shares struct {
	seed maphash.Seed

	mu       sync.Mutex
	limiters [1 << 12]*rate.Limiter
}

func newShares() *shares { return &shares{seed: maphash.MakeSeed()} }

// allow takes one report out of the client's allowance, and tells whether there was one left.
func (s *shares) allow(client string) bool {
	place := maphash.String(s.seed, client) % uint64(len(s.limiters))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.limiters[place] == nil {
		s.limiters[place] = rate.NewLimiter(reportsPerSecond, reportsAtOnce)
	}
	return s.limiters[place].Allow()
}
