package session

import (
	"fmt"
	"testing"
	"time"
)

func TestRepliesAreBounded(t *testing.T) {
	now := time.Unix(1795357041, 0)
	m := newReplies(time.Second, time.Second)
	key := func(i int) (h keyedHash) {
		copy(h[:], fmt.Sprintf("%032d", i))
		return h
	}
	for i := range 5 * mostReplies {
		m.put(key(i), key(i), m.begin(), reply{user: User{ID: fmt.Sprint(i)}}, now)
		if known, _, fresh := m.get(key(i), key(i), now); !fresh || known.user.ID != fmt.Sprint(i) {
			t.Fatalf("%d: got %+v, %t", i, known, fresh)
		}
	}
	if n := len(m.young) + len(m.old); n > 2*mostReplies {
		t.Errorf("%d replies are remembered", n)
	}
}
