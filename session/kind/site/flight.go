package site

import (
	"context"
	"sync"
)

// flights are the questions under way. Each is asked once for all who wait for the same answer, and ends with the last of them.
// The zero value has none.
type flights struct {
	mu    sync.Mutex
	under map[string]*flight
}

type flight struct {
	waiting int // how many
	cancel  context.CancelFunc
	landed  chan struct{} // closed when there is a reply
	reply   reply
}

// join waits for the reply to a question, and asks it if nobody has. Who joins must not wait longer than ctx, whose end is the
// error. What is asked has the values of the first one's context, and ends when all have gone.
func (f *flights) join(ctx context.Context, key string, ask func(context.Context) reply) (reply, error) {
	f.mu.Lock()
	question := f.under[key]
	if question == nil {
		asked, cancel := context.WithCancel(context.WithoutCancel(ctx))
		question = &flight{cancel: cancel, landed: make(chan struct{})}
		if f.under == nil {
			f.under = make(map[string]*flight)
		}
		f.under[key] = question
		go func() {
			defer cancel()
			question.reply = ask(asked)
			f.mu.Lock()
			f.forget(key, question)
			f.mu.Unlock()
			close(question.landed)
		}()
	}
	question.waiting++
	f.mu.Unlock()

	select {
	case <-question.landed:
		return question.reply, nil
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if question.waiting--; question.waiting == 0 {
		f.forget(key, question)
		question.cancel()
	}
	return reply{}, ctx.Err()
}

// forget lets nobody join a question any more. The lock is held.
func (f *flights) forget(key string, question *flight) {
	if f.under[key] == question {
		delete(f.under, key)
	}
}
