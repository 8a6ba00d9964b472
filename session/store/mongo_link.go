package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/sync/singleflight"
)

// A mongoLink is the way to the servers of one URL. It begins with the first question, beside it: DNS may take longer than a question may
// last, and the connections are then the next one's.
type mongoLink struct {
	at      mongoAddress
	timeout time.Duration
	opening singleflight.Group

	mu     sync.Mutex
	opened *mongo.Client
	closed bool
	last   error // what the servers' watchers met last; nil: a server
}

// client is that of all questions.
func (l *mongoLink) client(ctx context.Context) (*mongo.Client, error) {
	l.mu.Lock()
	opened := l.opened
	l.mu.Unlock()
	if opened != nil {
		return opened, nil
	}
	select {
	case result := <-l.opening.DoChan("", l.open):
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(*mongo.Client), nil
	case <-ctx.Done():
		return nil, fmt.Errorf("mongodb: the servers are not known yet: %w", ctx.Err())
	}
}

// open makes the client, which then looks for its servers by itself.
func (l *mongoLink) open() (any, error) {
	l.mu.Lock()
	opened, closed := l.opened, l.closed
	l.mu.Unlock()
	switch {
	case closed:
		return nil, mongo.ErrClientDisconnected
	case opened != nil:
		return opened, nil
	}
	o := l.at.options(l.timeout)
	o.SetServerMonitor(&event.ServerMonitor{
		ServerHeartbeatFailed:    func(e *event.ServerHeartbeatFailedEvent) { l.met(e.Failure) },
		ServerHeartbeatSucceeded: func(*event.ServerHeartbeatSucceededEvent) { l.met(nil) },
	})
	// The driver would log what it is asked, ids of sessions among it, if a variable of its own said so.
	o.SetLoggerOptions(options.Logger().SetSink(silence{}))
	client, err := mongo.Connect(o)
	if err != nil {
		return nil, fmt.Errorf("mongodb: %w", withoutURL(err))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		go disconnect(client)
		return nil, mongo.ErrClientDisconnected
	}
	l.opened = client
	return client, nil
}

// withoutURL leaves of an error what cannot hold the URL, in which there is a password.
func withoutURL(err error) error {
	if name, ok := errors.AsType[*net.DNSError](err); ok {
		return name
	}
	return errors.New("what DNS says of the servers cannot be used, or the way of signing in is not known")
}

func (l *mongoLink) met(failure error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = failure
}

// failure is the error of a question. When the driver has found no server it says so at length, but not always why.
func (l *mongoLink) failure(err error) error {
	l.mu.Lock()
	last := l.last
	l.mu.Unlock()
	switch {
	case last != nil && mongo.IsTimeout(err):
		return fmt.Errorf("mongodb: no server answers: %w", core(last))
	case strings.HasPrefix(err.Error(), "server selection"):
		return fmt.Errorf("mongodb: no server is known yet, or none as replicaSet and readPreference in the address want it: %w", context.DeadlineExceeded)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("mongodb: no answer in time: %w", context.DeadlineExceeded)
	case mongo.IsNetworkError(err):
		return fmt.Errorf("mongodb: the connection broke: %w", core(err))
	}
	return fmt.Errorf("mongodb: %w", err)
}

// core is what an error of the driver is about, which it says again and again.
func core(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op
	}
	for within := errors.Unwrap(err); within != nil; within = errors.Unwrap(err) {
		err = within
	}
	return err
}

func (l *mongoLink) close() error {
	l.mu.Lock()
	opened := l.opened
	l.opened, l.closed = nil, true
	l.mu.Unlock()
	if opened == nil {
		return nil
	}
	return disconnect(opened)
}

// disconnect waits a moment for questions that are under way.
func disconnect(client *mongo.Client) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return client.Disconnect(ctx)
}

// silence is a log that keeps nothing.
type silence struct{}

func (silence) Info(int, string, ...any)    {}
func (silence) Error(error, string, ...any) {}
