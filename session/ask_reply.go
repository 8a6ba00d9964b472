package session

import (
	"sync"
	"time"
)

// A reply is what the site answered.
type reply struct {
	user    User
	err     error
	cookies []string // Set-Cookie lines of the answer, for the visitor who asked
}

const (
	mostReplies = 4096        // of each generation
	keepUnknown = time.Second // so that a site in trouble is not asked about the same visitor again and again
)

// replies remembers what the site answered, by session and for seconds, in two generations: the older is forgotten when the
// younger is full or has its age.
type replies struct {
	keep time.Duration
	age  time.Duration // of a generation: longer than an answer is on its way, or is kept

	mu         sync.Mutex
	young, old map[keyedHash]remembered
	since      time.Time // beginning of the younger generation
	order      uint64    // counts questions and changes
}

// remembered is what is known about one session.
type remembered struct {
	question keyedHash // the last one; zero: none since the session changed
	reply    reply
	until    time.Time
	changed  uint64 // place of the session's last change in the order of things
}

func newReplies(keep, timeout time.Duration) *replies {
	return &replies{keep: keep, age: keep + timeout, young: map[keyedHash]remembered{}}
}

// get returns the reply to that question about the session, if it still counts. Changed differs after each change.
func (m *replies) get(session, question keyedHash, now time.Time) (known reply, changed uint64, fresh bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last := m.last(session)
	return last.reply, last.changed, last.question == question && now.Before(last.until)
}

// begin returns the place of a question in the order of things.
func (m *replies) begin() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.order++
	return m.order
}

// put remembers the reply to a question that began at that place, unless the session has changed since.
func (m *replies) put(session, question keyedHash, began uint64, r reply, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	changed := m.last(session).changed
	if changed > began {
		return
	}
	keep := m.keep
	if _, certain := NobodyReason(r.err); r.err != nil && !certain {
		keep = min(keep, keepUnknown)
	}
	r.cookies = nil // the visitor has them
	m.set(session, remembered{question, r, now.Add(keep), changed}, now)
}

// change forgets what is known about a session, and what is being asked.
func (m *replies) change(session keyedHash, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.order++
	m.set(session, remembered{changed: m.order}, now)
}

func (m *replies) last(session keyedHash) remembered {
	if last, ok := m.young[session]; ok {
		return last
	}
	return m.old[session]
}

func (m *replies) set(session keyedHash, r remembered, now time.Time) {
	if len(m.young) >= mostReplies || now.Sub(m.since) > m.age {
		m.old, m.young, m.since = m.young, map[keyedHash]remembered{}, now
	}
	m.young[session] = r
}
