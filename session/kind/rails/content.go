package rails

import (
	"bytes"
	"context"
	"encoding/base64"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// railsEnvelope is the step out of the envelope that Rails 6.0 and later put around a cookie's content, if it is there: it names
// the cookie, so that the value of one does not count for another, and the end, if there is one (active_support's
// messages/metadata.rb).
func railsEnvelope(cookie string) recipe.Step {
	return func(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
		if !bytes.HasPrefix(s.Data, []byte(`{"_rails":`)) {
			return s, nil
		}
		tree, err := record.ParseJSON(s.Data)
		if err != nil {
			return s, session.Nobodyf(session.Malformed, "envelope: %w", err)
		}
		envelope := record.ValueAt(tree, "_rails")
		if purpose, given := record.At(envelope, "pur"); given && purpose != nil && purpose != "" && purpose != "cookie."+cookie {
			return s, session.Nobodyf(session.Forged, "the value of another cookie")
		}
		if end := record.TextAt(envelope, "exp"); end != "" {
			if s.Expires, err = time.Parse(time.RFC3339, end); err != nil {
				return s, session.Nobodyf(session.Malformed, "envelope: the end is not a time")
			}
		}
		message, ok := record.At(envelope, "message")
		if s.Data, err = base64.StdEncoding.DecodeString(record.Text(message)); !ok || err != nil {
			return s, session.Nobodyf(session.Malformed, "envelope: no message in it")
		}
		return s, nil
	}
}

// parseRails is the [record.Parser] of what cookies_serializer writes, by its looks: Marshal, MessagePack (since 7.1) or JSON. A
// cookie that holds a bare value is read as if it held {"value": …}.
func parseRails(content []byte) (tree any, err error) {
	switch {
	case bytes.HasPrefix(content, []byte("\x04\x08")):
		tree, err = record.ParseMarshal(content)
	case bytes.HasPrefix(content, []byte("\xcc\x80")):
		r := &record.MsgpackReader{Cursor: record.Cursor{Format: "msgpack", Rest: content[2:]}, Extension: railsExtension}
		tree, err = r.Whole()
	default:
		tree, err = record.ParseJSON(content)
	}
	if err != nil {
		return nil, err
	}
	if _, ok := tree.(map[string]any); !ok {
		tree = map[string]any{"value": tree}
	}
	return tree, nil
}

// railsExtension reads the extension types of active_support/message_pack/extensions.rb that a session is read for.
func railsExtension(r *record.MsgpackReader, code int8, data []byte) any {
	switch code {
	case 0: // Symbol
		return record.RubyText(data)
	case 12, 17: // Set, HashWithIndifferentAccess: a value within
		outer := r.Rest
		r.Rest = data
		value := r.Value()
		r.Rest = outer
		if r.Err != nil {
			r.Rest = nil
		}
		return value
	}
	return nil
}

// railsBase64 is the step to the records of activerecord-session_store, which are Marshal in base 64 broken into lines.
func railsBase64(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	if bytes.HasPrefix(s.Data, []byte("\x04\x08")) || bytes.HasPrefix(s.Data, []byte("{")) {
		return s, nil
	}
	decoded, err := base64.StdEncoding.DecodeString(string(s.Data))
	if err != nil {
		return s, session.Nobodyf(session.Malformed, "the record is not base 64")
	}
	s.Data = decoded
	return s, nil
}
