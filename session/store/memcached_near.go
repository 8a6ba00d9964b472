package store

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tawkproxy/session"
)

// try asks each server for a key that it does not have.
func (m *Memcached) try(ctx context.Context, key string) (doubt string, err error) {
	if !legalKey(key) {
		return "", memcachedError{"", "it takes no key that begins as these do"}
	}
	for _, server := range m.servers {
		asked, cancel := within(ctx, m.timeout)
		_, err = server.get(asked, key)
		cancel()
		if _, certain := session.NobodyReason(err); !certain && err != nil {
			if len(m.servers) > 1 {
				err = fmt.Errorf("%s: %w", server.place.Name(), err)
			}
			return "", err
		}
	}
	return "", nil
}

// itemBeginning is what stands before an id by the custom of those who use memcached: words with dots or colons behind, and the number of
// a version before them.
var itemBeginning = regexp.MustCompile(`\A(?:[A-Za-z]{0,40}:[0-9]{0,3}:)?(?:[A-Za-z][A-Za-z_-]{0,40}[.:]+){1,5}`)

// near looks whether a key begins as this one does, and else names how others begin. Memcached lists keys for those who look after it, since
// 1.4.31 and unless it is told not to; many proxies in front of it do not.
func (m *Memcached) near(ctx context.Context, key string) string {
	beginning, _, _ := strings.Cut(key, NoID)
	ctx, cancel := within(ctx, nearTime)
	defer cancel()
	others, all := map[string]bool{}, 0
	for _, server := range m.servers {
		keys, err := server.keys(ctx)
		if err != nil {
			return ""
		}
		for _, key := range keys {
			if beginning != "" && strings.HasPrefix(key, beginning) {
				return ""
			}
			if other := itemBeginning.FindString(key); other != "" && len(others) < mostNear {
				others[other+"…"] = true
			}
		}
		all += len(keys)
	}
	if all == 0 {
		return "nothing at all"
	}
	return strings.Join(slices.Sorted(maps.Keys(others)), ", ")
}

// keys lists some of the keys on a server. If there are more than can be looked at, it is an error.
func (s *memcachedServer) keys(ctx context.Context) ([]string, error) {
	conn, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	_ = conn.SetDeadline(deadline)
	c := conn.(*memcachedConn)
	var keys []string
	line, err := c.exchange("lru_crawler metadump all\r\n")
	for ; err == nil && len(keys) < mostScans*scannedEach; line, err = c.readLine() {
		if line == "END\r\n" {
			return keys, nil
		}
		escaped, found := strings.CutPrefix(line, "key=")
		if !found {
			return nil, errNotMemcached
		}
		name, _, _ := strings.Cut(escaped, " ")
		if key, err := url.PathUnescape(name); err == nil {
			keys = append(keys, key)
		}
	}
	if err == nil {
		err = memcachedError{"", "more than " + strconv.Itoa(len(keys)) + " keys"}
	}
	return nil, err
}
