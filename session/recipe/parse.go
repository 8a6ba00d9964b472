package recipe

import (
	"context"
	"errors"
	"fmt"

	"tawkproxy/session"
	"tawkproxy/session/record"
)

// Unreadable is the error of a record that cannot be parsed: malformed, unless the parser knows better.
func Unreadable(err error) error {
	if _, known := session.NobodyReason(err); known {
		return err
	}
	if _, mistaken := errors.AsType[record.HandlerError](err); mistaken {
		return fmt.Errorf("session record: %w", err)
	}
	return session.Nobodyf(session.Malformed, "session record: %w", err)
}

// Parsed is the step that parses the record, unless a step before it did, for one after it that looks at the values.
func Parsed(parse record.Parser) Step {
	return func(_ context.Context, _ *Visit, s State) (State, error) {
		if s.Values != nil {
			return s, nil
		}
		values, err := parse(s.Data)
		if err != nil {
			return s, Unreadable(err)
		}
		s.Values = values
		return s, nil
	}
}
