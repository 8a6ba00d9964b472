package site

import (
	"fmt"
	"testing"
	"time"

	"tawkproxy/session"
)

func TestRepliesAreBounded(t *testing.T) {
	now := time.Unix(1795357041, 0)
	m := newReplies(time.Second)
	about := func(i int) (q question) {
		copy(q.session[:], fmt.Sprintf("%032d", i))
		q.content = q.session
		return q
	}
	for i := range 3 * mostReplies {
		m.put(about(i), m.begin(), reply{user: session.User{ID: fmt.Sprint(i)}}, now)
		if known := m.get(about(i), now); !known.fresh || known.reply.user.ID != fmt.Sprint(i) {
			t.Fatalf("%d: got %+v", i, known)
		}
	}
	if n := m.sessions.Len(); n > mostReplies {
		t.Errorf("%d replies are remembered", n)
	}
}

// A reply of before a change is not remembered, even if so many sessions came that the change is forgotten.
func TestRepliesRememberWhatTheyForget(t *testing.T) {
	now := time.Unix(1795357041, 0)
	m := newReplies(time.Second)
	q, began := question{content: keyedHash{1}}, m.begin()
	m.change(q.session, false, now)
	for i := range 2 * mostReplies {
		other := question{}
		copy(other.session[:], fmt.Sprintf("%032d", i))
		m.put(other, m.begin(), reply{}, now)
	}
	if m.put(q, began, reply{user: session.User{ID: "42"}}, now); m.get(q, now).fresh {
		t.Error("a reply of before the change counts")
	}
}
