package php

import (
	"context"
	"errors"
	"time"

	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// A record that is no older than phpFresh may be in the middle of a write. Then it is read again, after pauses that double from
// the first to the last of these.
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
// wait on every page.
func phpRecord(read recipe.Step, parse record.Parser) recipe.Step {
	seen := recipe.NewCache[phpSight](phpRemembered, recipe.RememberBytes, nil)
	return func(ctx context.Context, v *recipe.Visit, id recipe.State) (recipe.State, error) {
		sight, _ := seen.Get(string(id.Data))
		for pause := phpFirstPause; ; pause *= 2 {
			s, err := read(ctx, v, id)
			if err != nil {
				return s, err
			}
			s.Values, err = parse(s.Data)
			s.Issued = s.Modified
			whole := err == nil && len(s.Data) > 0
			stays := !sight.torn.IsZero() && v.Now.Sub(sight.torn) >= phpFresh
			certain := whole || stays || v.Now.Sub(s.Modified) >= phpFresh
			if !certain && pause <= phpLastPause {
				if err := sleep(ctx, pause); err != nil {
					return s, err
				}
				continue
			}

			now := phpSight{filled: whole || sight.filled && !certain, torn: sight.torn}
			switch {
			case whole:
				now.torn = time.Time{}
			case now.torn.IsZero():
				now.torn = v.Now
			}
			if now != sight {
				seen.Put(string(id.Data), now)
			}
			switch {
			case !certain && sight.filled:
				return s, errors.New("session record: empty or damaged, perhaps in the middle of a write")
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
