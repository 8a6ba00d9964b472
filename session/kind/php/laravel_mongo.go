package php

import (
	"context"
	"encoding/json"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// laravelDocument is the step from a document in MongoDB to the record in it, and to when that ends. There are three forms:
//
//	payload, last_activity, expires_at   mongodb/laravel-mongodb since 5.4, 1ff/laravel-mongodb-session: binary data and dates
//	data, time, expires_at               mongodb/laravel-mongodb before, by Symfony's MongoDbSessionHandler
//	payload, last_activity               Laravel's own driver database: a text in base 64, and seconds
//
// With the first two a session counts while expires_at is not before now, in seconds there (MongoDbSessionHandler.php, read), and one
// without it never; with the last, as in any table.
func laravelDocument(lifetime time.Duration) recipe.Step {
	return func(ctx context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
		document, _ := s.Values.(map[string]any)
		s.Values = nil
		payload, at := document["payload"], document["last_activity"]
		if data, there := document["data"]; payload == nil && there {
			payload, at = data, document["time"]
		}
		switch data := payload.(type) {
		case []byte:
			s.Data = data
			s.Issued, _ = record.Date(at)
			end, ok := record.Date(document["expires_at"])
			if !ok {
				return s, session.Nobodyf(session.Expired, "the document's expires_at is no date")
			}
			s.Expires = recipe.LastSecond(end.Unix())
			return s, nil
		case string:
			s.Data = []byte(data)
			if seconds, ok := at.(json.Number); ok {
				s.Modified = time.Unix(int64(record.JsNumber(seconds)), 0)
			}
			s, _ = idle(lifetime)(ctx, v, s)
			return fromBase64(ctx, v, s)
		}
		return s, session.Nobodyf(session.Malformed, "the document has no session of Laravel")
	}
}
