package recipe

import (
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
