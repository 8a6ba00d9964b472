package site

import (
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"tawkproxy/session"
)

// A reply is what the site answered.
type reply struct {
	user    session.User
	err     error
	cookies []string  // Set-Cookie lines of the answer, for the visitor who asked
	goes    keyedHash // the session with which the visitor goes then
}

// guest tells whether the site has said, by an answer made for this visitor, that nobody is logged in.
func (r reply) guest() bool {
	reason, _ := session.NobodyReason(r.err)
	return reason == session.NoUser || reason == session.Malformed || reason == session.Unmet
}

const (
	mostReplies = 8192
	keepUnknown = time.Second      // so that a site in trouble is not asked about the same visitor again and again
	keepMember  = 30 * time.Minute // how long it counts that somebody was logged in
)

// replies remembers what the site answered, by session: a user for seconds, nobody for minutes.
type replies struct {
	keep time.Duration // of a user

	mu       sync.Mutex
	sessions *simplelru.LRU[keyedHash, remembered]
	order    uint64 // counts questions and changes
	lost     uint64 // place of the last change that is forgotten
}

// remembered is what is known about one session.
type remembered struct {
	content   keyedHash // of the last question; zero: none since the session changed
	guest     keyedHash // the same for a guest
	reply     reply
	until     time.Time // the reply counts for the same content
	nobody    time.Time // until then the session is nobody's
	member    time.Time // until then the session counts as one that was a user's
	form      bool      // the visitor's last page has a field for a password
	postponed time.Time // since when there are questions that were not asked

	changed uint64 // place of the session's last change in the order of things
	doubted uint64 // the same of the last event that can be a login, and no more
}

// known is what replies say of a question.
type known struct {
	reply   reply
	fresh   bool   // the reply counts
	form    bool   // the visitor has a form to log in before their eyes, as far as that can be seen from here
	member  bool   // a user was logged in, as far as that is remembered
	changed uint64 // differs after each change of the session
}

func newReplies(keep time.Duration) *replies {
	m := &replies{keep: keep}
	m.sessions, _ = simplelru.NewLRU(mostReplies, func(_ keyedHash, last remembered) { // fails for no size only
		m.lost = max(m.lost, last.changed, last.doubted)
	})
	return m
}

// get returns what is known to answer the question.
func (m *replies) get(q question, now time.Time) known {
	m.mu.Lock()
	defer m.mu.Unlock()
	last, _ := m.sessions.Get(q.session)
	return known{
		reply:   last.reply,
		fresh:   last.content == q.content && now.Before(last.until) || last.guest == q.guest && now.Before(last.nobody),
		form:    last.form,
		member:  now.Before(last.member),
		changed: last.changed,
	}
}

// begin returns the place of a question in the order of things.
func (m *replies) begin() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.order++
	return m.order
}

// put remembers the reply to a question that began at that place, unless the session has changed since.
func (m *replies) put(q question, began uint64, r reply, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last, _ := m.sessions.Peek(q.session)
	if max(last.changed, m.lost) > began {
		return
	}
	_, certain := session.NobodyReason(r.err)
	next := remembered{content: q.content, guest: q.guest, reply: r, until: now.Add(m.keep), changed: last.changed,
		doubted: last.doubted, member: last.member, form: last.form, postponed: last.postponed}
	next.reply.cookies = nil // the visitor has them
	next.reply.user = r.user.Clone()
	switch {
	case r.err == nil:
		next.member, next.postponed = now.Add(keepMember), time.Time{}
	case !certain:
		next.until = now.Add(min(m.keep, keepUnknown))
	case r.guest() && now.Before(last.member):
		// Not by a logout here. The next answer counts for longer.
		next.member = time.Time{}
	case r.guest() && last.doubted < began:
		next.nobody = now.Add(keepGuest)
	}
	m.sessions.Add(q.session, next)
	for range 2 { // faster than they come
		if session, last, ok := m.sessions.GetOldest(); ok && last.over(now) {
			m.sessions.Remove(session)
		}
	}
}

// over tells whether nothing is known any more.
func (r remembered) over(now time.Time) bool {
	for _, end := range []time.Time{r.until, r.nobody, r.member, r.postponed.Add(2 * keepGuest)} {
		if now.Before(end) {
			return false
		}
	}
	return true
}

// change forgets what is known about a session, and what is being asked.
func (m *replies) change(session keyedHash, member bool, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last, _ := m.sessions.Peek(session)
	m.order++
	next := remembered{changed: m.order, member: last.member, form: last.form}
	if member {
		next.member = now.Add(keepMember)
	}
	m.sessions.Add(session, next)
}

// doubt lets nobody be asked about again, and no longer stay nobody by what is being asked.
func (m *replies) doubt(session keyedHash) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last, _ := m.sessions.Peek(session)
	m.order++
	last.doubted = m.order
	if last.reply.err != nil {
		last.nobody, last.until = time.Time{}, time.Time{}
	}
	m.sessions.Add(session, last)
}

// member tells whether a user was logged in with the session.
func (m *replies) member(session keyedHash, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	last, _ := m.sessions.Peek(session)
	return now.Before(last.member)
}

// form takes whether the visitor's last page has a field for a password.
func (m *replies) form(session keyedHash, there bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last, ok := m.sessions.Peek(session)
	if last.form == there && (ok || !there) {
		return
	}
	last.form = there
	m.sessions.Add(session, last)
}

// postpone tells whether a question may wait. It may for minutes: on some sites every page has a form to log in.
func (m *replies) postpone(session keyedHash, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	last, _ := m.sessions.Get(session)
	if last.postponed.IsZero() {
		last.postponed = now
		m.sessions.Add(session, last)
	}
	return now.Sub(last.postponed) < keepGuest
}
