package python

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// djangoFileEnd is the step that reads when a session of the engine file ends (contrib/sessions/backends/file.py, load): at the
// date that the site has set by set_expiry; else age after the file was written. A number of seconds that the site has set is, there,
// what is left of the session whenever it is read, so that it ends nothing. Age 0 stands for no limit.
func djangoFileEnd(age time.Duration) recipe.Step {
	return func(_ context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
		values, _ := s.Values.(map[string]any)
		expiry, set := values["_session_expiry"]
		switch expiry := expiry.(type) {
		case string:
			if expiry == "" {
				break
			}
			return djangoDate(s, expiry, v.Now)
		case json.Number, int64, float64:
			if n, _ := record.Decimal(expiry); n < 0 {
				return s, session.Nobodyf(session.Expired, "the site has given it less than no time")
			} else if n > 0 {
				return s, nil
			}
		case bool:
			if expiry {
				return s, nil
			}
		case nil:
			if set && !bytes.HasPrefix(s.Data, []byte("{")) { // in a pickle that was an object, since set_expiry(None) leaves nothing
				return s, errors.New("django record: _session_expiry is a date in a pickle, which is not read")
			}
		default:
			return s, session.Nobodyf(session.Malformed, "django record: _session_expiry is not a time")
		}
		if age > 0 {
			s.Expires = djangoEnd(s.Modified.Add(age))
		}
		return s, nil
	}
}

// djangoEnd is when a session counts no more that ends at a date: Django counts whole seconds until then, and nought is too few.
func djangoEnd(date time.Time) time.Time { return date.Add(time.Microsecond - time.Second) }

// djangoDate reads a date as isoformat of Python writes it. One without a zone is in that of the site: while it is past in some zones
// and not in others, it is unknown whether the session has ended.
func djangoDate(s recipe.State, date string, now time.Time) (recipe.State, error) {
	if end, err := time.Parse(time.RFC3339, date); err == nil {
		s.Expires = djangoEnd(end)
		return s, nil
	}
	end, err := time.Parse("2006-01-02T15:04:05", date)
	const easternmost, westernmost = 14 * time.Hour, 12 * time.Hour
	switch end = djangoEnd(end); {
	case err != nil:
		return s, session.Nobodyf(session.Malformed, "django record: _session_expiry is not a date")
	case !now.Before(end.Add(westernmost)):
		s.Expires = end.Add(westernmost)
	case !now.Before(end.Add(-easternmost)):
		return s, errors.New("django record: _session_expiry is a date of today without a zone")
	}
	return s, nil
}
