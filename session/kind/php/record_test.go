package php

import (
	"context"
	"strings"
	"testing"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// A record that is just being written is read again; one that stays as it is, is what it is.
func TestPHPTornRecord(t *testing.T) {
	const short, long = `id|i:42;`, `cart|s:3:"a|b";id|i:42;`
	const unknown session.Reason = "unknown"
	empty, damaged := make([]string, 6), strings.Split("xxxxxx", "")
	type sight struct {
		after    time.Duration // the one before
		contents []string      // of one reading after the other
		age      time.Duration
		id       string
		reason   session.Reason
	}
	tests := map[string][]sight{
		"whole":                            {{0, []string{long}, 0, "42", ""}},
		"emptied":                          {{0, []string{"", short}, 0, "42", ""}},
		"cut off":                          {{0, []string{long[:12], long}, 0, "42", ""}},
		"emptied, then cut off":            {{0, []string{"", "", long[:3], long}, 0, "42", ""}},
		"written after the clock was read": {{0, []string{"", short}, -time.Minute, "42", ""}},
		"empty":                            {{0, empty, 0, "", session.NoUser}},
		"damaged":                          {{0, damaged, 0, "", session.Malformed}},
		"empty for long":                   {{0, empty[:1], time.Minute, "", session.NoUser}},
		"damaged for long":                 {{0, damaged[:1], time.Minute, "", session.Malformed}},
		"no longer empty": {
			{0, empty, 0, "", session.NoUser}, {time.Minute, []string{short}, 0, "42", ""}, {0, []string{"", "", short}, 0, "42", ""}},
		"always empty": {
			{0, empty, 0, "", session.NoUser}, {time.Second / 2, empty, 0, "", session.NoUser}, {time.Second / 2, empty[:1], 0, "", session.NoUser},
			{time.Minute, empty[:1], 0, "", session.NoUser}},
		"emptied for good": {
			{0, []string{short}, 0, "42", ""}, {0, empty, 0, "", unknown}, {time.Second / 2, empty, 0, "", unknown},
			{time.Second / 2, empty[:1], 0, "", session.NoUser}, {0, empty[:1], 0, "", session.NoUser}},
		"emptied for good, some time ago": {{0, []string{short}, 0, "42", ""}, {time.Minute, empty[:1], time.Second, "", session.NoUser}},
		"damaged for good": {
			{0, []string{short}, 0, "42", ""}, {0, damaged, 0, "", unknown}, {time.Second, damaged[:1], 0, "", session.Malformed}},
		"a long write": {
			{0, []string{short}, 0, "42", ""}, {0, empty, 0, "", unknown},
			{0, []string{short}, 0, "42", ""}, {0, empty, 0, "", unknown}},
	}
	for name, sights := range tests {
		store := &torn{}
		read, visit := phpRecord(store.fetch, record.ParsePHPVariables), &recipe.Visit{Now: time.Now()}
		for n, sight := range sights {
			visit.Now = visit.Now.Add(sight.after)
			*store = torn{contents: sight.contents, modified: visit.Now.Add(-sight.age)}
			s, err := read(t.Context(), visit, recipe.State{Data: []byte("id")})
			reason, certain := session.NobodyReason(err)
			if id, _ := record.At(s.Values, "id"); err == nil && id == nil {
				reason = session.NoUser
			} else if err != nil && !certain {
				reason = unknown
			} else if record.Text(id) != sight.id {
				t.Errorf("%s, sight %d: got %v", name, n, id)
			}
			if reason != sight.reason || store.reads != len(sight.contents) {
				t.Errorf("%s, sight %d: got %v after %d reads", name, n, err, store.reads)
			}
		}
	}

	gone, leave := context.WithCancel(t.Context())
	leave()
	store := &torn{contents: []string{"x", short}, modified: time.Now()}
	_, err := phpRecord(store.fetch, record.ParsePHPVariables)(gone, &recipe.Visit{Now: time.Now()}, recipe.State{})
	if _, certain := session.NobodyReason(err); err == nil || certain {
		t.Errorf("with nobody waiting: got %v", err)
	}
}

// Where no page waits, an emptied record is looked at until it is certain. Who never had anything in the session waits no longer
// than on a page.
func TestPHPTornRecordPatiently(t *testing.T) {
	const whole = `id|i:42;`
	tests := map[string]struct {
		filled   bool
		contents []string
		id       string
	}{
		"emptied for good": {filled: true, contents: make([]string, 8)},
		"a long write":     {filled: true, contents: append(make([]string, 7), whole), id: "42"},
		"always empty":     {contents: make([]string, 6)},
	}
	for name, c := range tests {
		visit, id := &recipe.Visit{Now: time.Now()}, recipe.State{Data: []byte("id")}
		store := &torn{contents: []string{whole}, modified: visit.Now}
		read := phpRecord(store.fetch, record.ParsePHPVariables)
		if c.filled {
			if _, err := read(t.Context(), visit, id); err != nil {
				t.Fatal(err)
			}
		}
		visit.Patient = true
		*store = torn{contents: c.contents, modified: visit.Now.Add(100*time.Millisecond - phpFresh)}
		s, err := read(t.Context(), visit, id)
		if found, _ := record.At(s.Values, "id"); err != nil || found != nil && record.Text(found) != c.id || found == nil && c.id != "" {
			t.Errorf("%s: got %v, %v", name, found, err)
		}
		if store.reads != len(c.contents) {
			t.Errorf("%s: %d reads, want %d", name, store.reads, len(c.contents))
		}
	}
}

// torn gives out its contents one after the other.
type torn struct {
	contents []string
	modified time.Time
	reads    int
}

func (f *torn) fetch(context.Context, *recipe.Visit, recipe.State) (recipe.State, error) {
	f.reads++
	return recipe.State{Data: []byte(f.contents[f.reads-1]), Modified: f.modified}, nil
}
