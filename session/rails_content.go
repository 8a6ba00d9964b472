package session

import (
	"bytes"
	"context"
	"encoding/base64"
	"time"
)

// railsEnvelope is the step out of the envelope that Rails 6.0 and later put around a cookie's content, if it is there: it names
// the cookie, so that the value of one does not count for another, and the end, if there is one (active_support's
// messages/metadata.rb).
func railsEnvelope(cookie string) Step {
	return func(_ context.Context, _ *Visit, s State) (State, error) {
		if !bytes.HasPrefix(s.Data, []byte(`{"_rails":`)) {
			return s, nil
		}
		tree, err := parseJSON(s.Data)
		if err != nil {
			return s, nobody(Malformed, "envelope: %w", err)
		}
		envelope := at(tree, "_rails")
		if purpose, given := At(envelope, "pur"); given && purpose != nil && purpose != "" && purpose != "cookie."+cookie {
			return s, nobody(Forged, "the value of another cookie")
		}
		if end := textAt(envelope, "exp"); end != "" {
			if s.Expires, err = time.Parse(time.RFC3339, end); err != nil {
				return s, nobody(Malformed, "envelope: the end is not a time")
			}
		}
		message, ok := At(envelope, "message")
		if s.Data, err = base64.StdEncoding.DecodeString(Text(message)); !ok || err != nil {
			return s, nobody(Malformed, "envelope: no message in it")
		}
		return s, nil
	}
}

// parseRails is the [Parser] of what cookies_serializer writes, by its looks: Marshal, MessagePack (since 7.1) or JSON. A
// cookie that holds a bare value is read as if it held {"value": …}.
func parseRails(record []byte) (tree any, err error) {
	switch {
	case bytes.HasPrefix(record, []byte("\x04\x08")):
		tree, err = parseMarshal(record)
	case bytes.HasPrefix(record, []byte("\xcc\x80")):
		r := &msgpackReader{cursor: cursor{format: "msgpack", rest: record[2:]}, extension: railsExtension}
		tree, err = r.whole()
	default:
		tree, err = parseJSON(record)
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
func railsExtension(r *msgpackReader, code int8, data []byte) any {
	switch code {
	case 0: // Symbol
		return rubyText(data)
	case 12, 17: // Set, HashWithIndifferentAccess: a value within
		outer := r.rest
		r.rest = data
		value := r.value()
		r.rest = outer
		if r.err != nil {
			r.rest = nil
		}
		return value
	}
	return nil
}

// railsBase64 is the step to the records of activerecord-session_store, which are Marshal in base 64 broken into lines.
func railsBase64(_ context.Context, _ *Visit, s State) (State, error) {
	if bytes.HasPrefix(s.Data, []byte("\x04\x08")) || bytes.HasPrefix(s.Data, []byte("{")) {
		return s, nil
	}
	decoded, err := base64.StdEncoding.DecodeString(string(s.Data))
	if err != nil {
		return s, nobody(Malformed, "the record is not base 64")
	}
	s.Data = decoded
	return s, nil
}
