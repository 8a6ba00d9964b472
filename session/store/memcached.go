package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/record"
	"tawkproxy/session/store/hashing"
)

// Memcached is the [Store] that keeps each session as an item in memcached, on one server or divided between several as the site's
// client divides them. It sends nothing but gets, which put off no session's end.
type Memcached struct {
	servers  []*memcachedServer
	method   hashing.Method // "": none is said
	unhashed string         // stands before keys, and does not count when a server is chosen
	choose   hashing.Chooser
	timeout  time.Duration
}

// NewMemcached makes the store of a URL. Each question to it is bounded by timeout; a first connection may take longer, and serves the
// visitors after.
//
//	memcached://host:11211                    one server; memcacheds:// for TLS, with ?skip_verify=true for a certificate of nobody's
//	memcached:///run/memcached.sock           the same on a socket
//	memcached://user:password@host            one that is started with -Y, which asks for a password in the text protocol
//	memcached://a,b:11212:2?hash=dalli        several, in the order and by the names that the site has; the last number is a weight
//
// The hash is one of [hashing.Names]. Servers that want SASL speak the binary protocol alone, which is not spoken here.
func NewMemcached(rawURL string, timeout time.Duration) (*Memcached, error) {
	scheme, rest, _ := strings.Cut(rawURL, "://")
	rest, rawQuery, _ := strings.Cut(rest, "?")
	query, err := url.ParseQuery(rawQuery)
	account, list, hasAccount := cutLast(rest, "@")
	if !hasAccount {
		account, list = "", rest
	}
	// The error of the library may quote the password.
	wrong := errors.New("not an address of memcached like memcached://host:11211 or memcached://a:11211,b:11211?hash=ketama; " +
		"characters such as / and @ in a password are written %2F and %40")
	if err != nil || scheme != "memcached" && scheme != "memcacheds" {
		return nil, wrong
	}
	user, password, ok := unescapedAccount(account)
	places, err := hashing.ParsePlaces(list)
	if !ok || err != nil {
		return nil, wrong
	}
	m := &Memcached{timeout: timeout}
	var secure *tls.Config
	for name, values := range query {
		switch value := values[len(values)-1]; {
		case name == "hash":
			m.method = hashing.Method(value)
		case name == "skip_verify" && scheme == "memcacheds":
			secure = &tls.Config{InsecureSkipVerify: value == "true"}
		default:
			return nil, errors.New("the address of memcached knows ?hash= alone, and with memcacheds:// ?skip_verify=true")
		}
	}
	if scheme == "memcacheds" && secure == nil {
		secure = &tls.Config{}
	}
	for _, place := range places {
		m.servers = append(m.servers, newMemcachedServer(place, secure, user, password, timeout))
	}
	if m.method == "" {
		m.choose = hashing.First
		return m, nil
	}
	return m, m.divide()
}

// divide prepares the choice of servers.
func (m *Memcached) divide() error {
	places := make([]hashing.Place, len(m.servers))
	for i, server := range m.servers {
		places[i] = server.place
	}
	m.choose = m.method.Chooser(places)
	if m.choose == nil {
		return fmt.Errorf("it knows no hash of that name, but %s", strings.Join(hashing.Names(), ", "))
	}
	return nil
}

// Divided tells whether it is said how items are divided between servers, or there is but one.
func (m *Memcached) Divided() bool { return m.method != "" || len(m.servers) == 1 }

// Or divides items as the usual client does, unless the address says how.
func (m *Memcached) Or(usual hashing.Method) *Memcached {
	if m.Divided() {
		return m
	}
	other := *m
	other.method = usual
	_ = other.divide() // the usual ones are known
	return &other
}

// Under is the same store for a client that chooses servers by what stands behind a prefix of its keys.
func (m *Memcached) Under(prefix string) *Memcached {
	other := *m
	other.unhashed = prefix
	return &other
}

// Get implements [Store]. Memcached itself forgets sessions that ended, and others when it is full.
func (m *Memcached) Get(ctx context.Context, key string) (Record, error) {
	if !legalKey(key) {
		return Record{}, session.Nobodyf(session.Malformed, "a key that memcached does not take")
	}
	ctx, cancel := within(ctx, m.timeout)
	defer cancel()
	var unknown error
	for _, at := range m.choose(strings.TrimPrefix(key, m.unhashed)) {
		record, err := m.servers[at].get(ctx, key)
		reason, certain := session.NobodyReason(err)
		switch {
		case err == nil, certain && reason != session.NoRecord:
			return record, err
		case !certain:
			unknown = err
		case len(m.servers) > 1 && m.method.Moves() && m.servers[at].wasAway(time.Now()):
			unknown = errMoved
		}
	}
	if unknown != nil {
		return Record{}, unknown
	}
	return Record{}, &session.Nobody{Reason: session.NoRecord}
}

// errMoved is of clients that turn to another server for a while when one does not answer.
var errMoved = errors.New("memcached: a server that was away a moment ago does not know the session, which the site may have on another for now")

// legalKey tells whether memcached takes a key: 250 bytes without blanks and controls (its protocol.txt).
func legalKey(key string) bool {
	const most = 250
	return key != "" && len(key) <= most && !strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

// memcachedRecord makes an item the record that it holds.
func memcachedRecord(data []byte, flags uint32) (Record, error) {
	switch {
	case len(data) == 0: // a session that has just begun, or was emptied
		return Record{}, session.Nobodyf(session.NoUser, "an empty session")
	case len(data) > record.MaxRecord:
		return Record{}, errItemSize
	}
	return Record{Data: data, Flags: flags}, nil
}

var errItemSize = session.Nobodyf(session.Malformed, "a session of more than %d bytes", record.MaxRecord)

// Close ends the connections.
func (m *Memcached) Close() error {
	for _, server := range m.servers {
		_ = server.client.Close()
	}
	return nil
}
