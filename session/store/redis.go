package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"tawkproxy/session"
	"tawkproxy/session/record"
)

// Redis is the [Store] that keeps each session as a string in Redis, or in a server that speaks its protocol. It needs the
// right to GETRANGE and no other: the part of a value that fits is all that is ever read.
type Redis struct {
	client  redis.UniversalClient
	address string // for the log
	timeout time.Duration
}

// NewRedis makes the store of a URL. Each question to it is bounded by timeout; the first connection may take longer, and
// serves the visitors after. The URLs are those of the go-redis library:
//
//	redis://user:password@host:6379/0             one server; rediss:// for TLS
//	unix://user:password@/run/redis.sock?db=0     the same on a socket
//	redis+sentinel://host:26379/0?master_name=m   the master that sentinels name, also rediss+sentinel://
//	redis+cluster://host:6379                     a cluster, also rediss+cluster://
//
// The last two take further hosts as &addr=host:port.
func NewRedis(rawURL string, timeout time.Duration) (*Redis, error) {
	options, err := redisOptions(rawURL)
	if err != nil {
		// The error of the library may quote the password.
		return nil, errors.New("not a Redis URL like redis://user:password@host:6379/0; " +
			"characters such as / and @ in a password are written %2F and %40")
	}
	redis.SetLogger(&logging.VoidLogger{}) // what fails is returned to the caller, who logs it once
	options.ContextTimeoutEnabled = true
	options.MaxRetries, options.MinRetryBackoff = 1, -1 // once, at once: a kept connection may have died since
	options.DialerRetries = 1
	options.DialTimeout = time.Second
	options.DisableIdentity = true // an account that may only read need not be allowed CLIENT SETINFO
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	address := strings.Join(options.Addrs, ", ")
	if !options.IsClusterMode {
		address += ", database " + strconv.Itoa(options.DB)
	}
	return &Redis{client: redis.NewUniversalClient(options), address: address, timeout: timeout}, nil
}

func redisOptions(rawURL string) (*redis.UniversalOptions, error) {
	scheme, rest, _ := strings.Cut(rawURL, "://")
	scheme, topology, _ := strings.Cut(scheme, "+")
	plain := scheme + "://" + rest
	switch topology {
	case "":
		o, err := redis.ParseURL(plain)
		if err != nil {
			return nil, err
		}
		return &redis.UniversalOptions{Addrs: []string{o.Addr}, Username: o.Username, Password: o.Password, DB: o.DB,
			TLSConfig: o.TLSConfig, Protocol: o.Protocol}, nil
	case "cluster":
		o, err := redis.ParseClusterURL(plain)
		if err != nil {
			return nil, err
		}
		return &redis.UniversalOptions{Addrs: o.Addrs, Username: o.Username, Password: o.Password,
			TLSConfig: o.TLSConfig, Protocol: o.Protocol, IsClusterMode: true}, nil
	case "sentinel":
		o, err := redis.ParseFailoverURL(plain)
		if err != nil || o.MasterName == "" {
			return nil, errors.Join(err, errors.New("no master_name"))
		}
		return &redis.UniversalOptions{Addrs: o.SentinelAddrs, MasterName: o.MasterName, Username: o.Username,
			Password: o.Password, SentinelUsername: o.SentinelUsername, SentinelPassword: o.SentinelPassword, DB: o.DB,
			TLSConfig: o.TLSConfig, Protocol: o.Protocol}, nil
	}
	return nil, errors.New("unknown scheme")
}

// Get implements [Store]. Redis itself forgets sessions that ended, so a missing key is a session that ended.
func (r *Redis) Get(ctx context.Context, key string) (Record, error) {
	ctx, cancel := within(ctx, r.timeout)
	defer cancel()
	data, err := r.client.GetRange(ctx, key, 0, record.MaxRecord).Bytes()
	switch {
	case err != nil:
		return Record{}, fmt.Errorf("redis: %w", err)
	case len(data) == 0: // GETRANGE does not tell a missing value from an empty one, and neither has a user
		return Record{}, &session.Nobody{Reason: session.NoRecord}
	case len(data) > record.MaxRecord:
		return Record{}, session.Nobodyf(session.Malformed, "a session of more than %d bytes", record.MaxRecord)
	}
	return Record{Data: data}, nil
}

// Close ends the connections.
func (r *Redis) Close() error { return r.client.Close() }
