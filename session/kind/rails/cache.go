package rails

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
)

// A rackStore finds records by the id in the cookie. Since Rack 2.0.8 a record's key is not the id but a hash of it; records
// from before are still found by the id, as Rack itself does (rack/session/abstract/id.rb).
type rackStore struct {
	store.Store
	prefix string
}

// String names the store for the log, and the keys in it.
func (r rackStore) String() string { return fmt.Sprintf("%s under %s2::…", r.Store, r.prefix) }

// Get implements [store.Store].
func (r rackStore) Get(ctx context.Context, id string) (store.Record, error) {
	sum := sha256.Sum256([]byte(id))
	record, err := r.Store.Get(ctx, r.prefix+"2::"+hex.EncodeToString(sum[:]))
	if reason, _ := session.NobodyReason(err); reason == session.NoRecord {
		return r.Store.Get(ctx, r.prefix+id)
	}
	return record, err
}

// railsCached is the step out of the entry that ActiveSupport's cache stores put around a value (active_support/cache/coder.rb
// and entry.rb), if it is there.
func railsCached(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	switch {
	case bytes.HasPrefix(s.Data, []byte("\x00\x11")): // format 7.1
		return railsPacked(s)
	case bytes.HasPrefix(s.Data, []byte("\x00\x04\x08")): // format 7.0
		s.Data = s.Data[1:]
		return railsMembers(s)
	case bytes.HasPrefix(s.Data, []byte("\x01")): // the same, deflated
		data, err := record.Inflate(s.Data[1:])
		if err != nil {
			return s, session.Nobodyf(session.Malformed, "cache entry: %w", err)
		}
		s.Data = data
		return railsMembers(s)
	case bytes.HasPrefix(s.Data, []byte("\x04\bo: ActiveSupport::Cache::Entry")):
		return railsEntry(s)
	}
	return s, nil
}

// railsMembers reads an entry of format 7.0: an array of value, end and version.
func railsMembers(s recipe.State) (recipe.State, error) {
	tree, err := record.ParseMarshal(s.Data)
	if err != nil {
		return s, session.Nobodyf(session.Malformed, "cache entry: %w", err)
	}
	s.Values = record.ValueAt(tree, "0")
	s.Expires = rubyTime(record.ValueAt(tree, "1"))
	return s, nil
}

// railsEntry reads the object of a Rails before 7.0. Its value may be deflated, and before 4.0 always was Marshal itself.
func railsEntry(s recipe.State) (recipe.State, error) {
	entry, err := record.ParseMarshal(s.Data)
	if err != nil {
		return s, session.Nobodyf(session.Malformed, "cache entry: %w", err)
	}
	if lifetime, ok := record.ValueAt(entry, "expires_in").(float64); ok {
		start, _ := record.ValueAt(entry, "created_at").(float64)
		s.Expires = rubyTime(start + lifetime)
	}
	value := record.ValueAt(entry, "value")
	text := record.Text(value)
	if text == "" {
		s.Values = value
		return s, nil
	}
	s.Data = []byte(text)
	if record.ValueAt(entry, "compressed") == true {
		if s.Data, err = record.Inflate(s.Data); err != nil {
			return s, session.Nobodyf(session.Malformed, "cache entry: %w", err)
		}
	}
	return s, nil
}

// railsPacked reads an entry of format 7.1: a type, the end or a negative number, the length of a version or a negative number,
// the version, the value.
func railsPacked(s recipe.State) (recipe.State, error) {
	const header = 2 + 1 + 8 + 4
	if len(s.Data) < header {
		return s, session.Nobodyf(session.Malformed, "cache entry: ends too soon")
	}
	kind := s.Data[2]
	s.Expires = rubyTime(math.Float64frombits(binary.LittleEndian.Uint64(s.Data[3:])))
	version := int32(binary.LittleEndian.Uint32(s.Data[11:]))
	s.Data = s.Data[header:]
	if int(max(version, 0)) > len(s.Data) {
		return s, session.Nobodyf(session.Malformed, "cache entry: ends too soon")
	}
	s.Data = s.Data[max(version, 0):]
	if kind&0x80 == 0 {
		return s, nil
	}
	data, err := record.Inflate(s.Data)
	if err != nil {
		return s, session.Nobodyf(session.Malformed, "cache entry: %w", err)
	}
	s.Data = data
	return s, nil
}

// rubyTime is the time of so many seconds; a negative number, or none, stands for no time.
func rubyTime(seconds any) time.Time {
	s, ok := seconds.(float64)
	if !ok || !(s > 0 && s < record.MaxExact) {
		return time.Time{}
	}
	return time.UnixMilli(int64(s * 1000))
}
