package php

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// A record that is no older than phpFresh may be in the middle of a write. Then it is read again, after pauses that double from
// the first to the last of these, and where no page waits for it, until it is certain.
const (
	phpFresh      = time.Second
	phpFirstPause = time.Millisecond
	phpLastPause  = 16 * time.Millisecond
)

// phpRemembered is of how many sessions the last sight is remembered.
const phpRemembered = 4096

// A phpSight is what is remembered of a session.
type phpSight struct {
	filled bool      // there was something in it, and nothing is certain since
	torn   time.Time // since when it is empty or damaged; zero if it is not
}

// phpRecord is the step that reads a record and parses it. PHP empties a session's file before it writes it, at the end of a
// page: just when the page comes by here. So does Laravel. On ext4 the file may stay empty for many milliseconds, until what was
// written before is on the disk. PHP locks it, but as long as the page takes, which nobody can wait for.
//
// So an empty or damaged record that is fresh is not believed at once, and while there was something in the session before, it
// is unknown who is logged in. What stays so is believed, so that the many visitors of whom PHP keeps an empty session do not
// wait on every page. Many sites empty the session of whoever logs out, and the page after that comes at once: the script, which
// asks then, gets its answer when the record has stayed so.
func phpRecord(read recipe.Step, parse record.Parser) recipe.Step {
	seen := recipe.NewCache[phpSight](phpRemembered, recipe.RememberBytes, nil)
	return func(ctx context.Context, v *recipe.Visit, id recipe.State) (recipe.State, error) {
		sight, _ := seen.Get(string(id.Data))
		at, torn := v.Now, cmp.Or(sight.torn, v.Now)
		for pause := phpFirstPause; ; pause *= 2 {
			s, err := read(ctx, v, id)
			if err != nil {
				return s, err
			}
			s.Values, err = parse(s.Data)
			s.Issued = s.Modified
			whole := err == nil && len(s.Data) > 0
			certain := whole || at.Sub(torn) >= phpFresh || at.Sub(s.Modified) >= phpFresh
			if !certain && (pause <= phpLastPause || v.Patient && sight.filled) {
				pause = min(pause, 4*phpLastPause)
				if err := sleep(ctx, pause); err != nil {
					return s, err
				}
				at = at.Add(pause)
				continue
			}

			now := phpSight{filled: whole || sight.filled && !certain, torn: torn}
			if whole {
				now.torn = time.Time{}
			}
			if now != sight {
				seen.Put(string(id.Data), now)
			}
			switch {
			case !certain && sight.filled:
				return s, fmt.Errorf("session record: empty or damaged: %w", session.ErrUnsettled)
			case err != nil:
				return s, recipe.Unreadable(err)
			}
			return s, nil
		}
	}
}

// sleep waits, but no longer than ctx lasts.
func sleep(ctx context.Context, pause time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(pause):
		return nil
	}
}
