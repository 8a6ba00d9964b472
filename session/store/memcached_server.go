package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/bradfitz/gomemcache/memcache"
	"golang.org/x/sync/semaphore"

	"tawkproxy/session"
	"tawkproxy/session/store/hashing"
)

// A memcachedServer is one of those between which items are divided.
type memcachedServer struct {
	place  hashing.Place
	client *memcache.Client
	free   *semaphore.Weighted // bounds the connections
	failed atomic.Int64        // when it last did not answer, in Unix nanoseconds

	secure         *tls.Config // nil: no TLS
	user, password string
	timeout        time.Duration
}

const (
	mostConversations = 64               // to one server
	firstConnection   = time.Second      // may take that long
	moved             = 60 * time.Second // is how long clients leave a server alone that did not answer: pymemcache longest (dead_timeout)
	unbounded         = 10 * time.Second // bounds questions that nothing else does
)

func newMemcachedServer(at hashing.Place, secure *tls.Config, user, password string, timeout time.Duration) *memcachedServer {
	if timeout <= 0 {
		timeout = unbounded
	}
	s := &memcachedServer{place: at, free: semaphore.NewWeighted(mostConversations), user: user, password: password, timeout: timeout}
	if secure != nil {
		s.secure = secure.Clone()
		s.secure.ServerName = at.Host
	}
	s.client = memcache.NewFromSelector(onlyServer{at})
	s.client.Timeout, s.client.MaxIdleConns = timeout, mostConversations/2
	s.client.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), max(timeout, firstConnection))
		defer cancel()
		return s.dial(ctx)
	}
	return s
}

// An onlyServer is the one that the library is told of, by a name which is looked up whenever it is dialled.
type onlyServer struct{ hashing.Place }

func (o onlyServer) PickServer(string) (net.Addr, error)   { return o, nil }
func (o onlyServer) Each(visit func(net.Addr) error) error { return visit(o) }
func (o onlyServer) Network() string                       { return o.Place.Network() }
func (o onlyServer) String() string                        { return o.Place.Address() }

// get asks for an item. The library takes no context, so it is asked beside the request.
func (s *memcachedServer) get(ctx context.Context, key string) (Record, error) {
	if err := s.free.Acquire(ctx, 1); err != nil {
		return Record{}, fmt.Errorf("memcached: %w", err)
	}
	type answer struct {
		item *memcache.Item
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		defer s.free.Release(1)
		item, err := s.client.Get(key)
		if isStale(err) { // once more, at once: kept connections may have died since
			_ = s.client.Close()
			item, err = s.client.Get(key)
		}
		answered <- answer{item, err}
	}()
	select {
	case a := <-answered:
		switch record, err := s.record(key, a.item, a.err); {
		case err == nil:
			return record, nil
		default:
			if _, certain := session.NobodyReason(err); !certain {
				s.failed.Store(time.Now().UnixNano())
			}
			return Record{}, err
		}
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			s.failed.Store(time.Now().UnixNano())
		}
		return Record{}, fmt.Errorf("memcached: %w", ctx.Err())
	}
}

// record judges the library's answer. Its errors quote what the server said, where a session may stand.
func (s *memcachedServer) record(key string, item *memcache.Item, err error) (Record, error) {
	var network net.Error
	var known memcachedError
	_, certain := session.NobodyReason(err)
	switch {
	case errors.Is(err, memcache.ErrCacheMiss):
		return Record{}, &session.Nobody{Reason: session.NoRecord}
	case certain, errors.As(err, &known):
		return Record{}, err
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, context.DeadlineExceeded):
		return Record{}, fmt.Errorf("memcached: %w", err)
	case err != nil, item.Key != key:
		_ = s.client.Close()
		return Record{}, errNotMemcached
	}
	return memcachedRecord(item.Value, item.Flags)
}

// wasAway tells whether the server did not answer a moment ago, so that the site's client may still leave it alone.
func (s *memcachedServer) wasAway(now time.Time) bool {
	return now.UnixNano()-s.failed.Load() < int64(moved)
}

// isStale tells whether an error is that of a connection which the other side has ended.
func isStale(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed)
}
