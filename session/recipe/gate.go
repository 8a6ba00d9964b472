package recipe

import "context"

// A gate lets only so many in at once as it has room for; the others wait. A nil gate lets everybody in.
type gate chan struct{}

// enter waits, but no longer than ctx lasts. Without an error, leave must follow.
func (g gate) enter(ctx context.Context) error {
	if g == nil {
		return nil
	}
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g gate) leave() {
	if g != nil {
		<-g
	}
}
