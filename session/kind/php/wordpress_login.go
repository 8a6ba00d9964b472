package php

import (
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/seal"
	"tawkproxy/session/store"
)

// signed tells whether the site signed the login, with its secret and a fragment of the user's password hash. Which
// fragment depends on the hash's kind and, since 6.8 takes another one of kinds it does not know, on the release.
func (l wordPressLogin) signed(secret, passwordHash string) bool {
	known := strings.HasPrefix(passwordHash, "$P$") || strings.HasPrefix(passwordHash, "$2y$")
	var fits bool
	if known || !strings.HasPrefix(passwordHash, "$wp") {
		fits = l.signedWith(secret, passwordHash[min(8, len(passwordHash)):min(12, len(passwordHash))])
	}
	if !known {
		fits = fits || l.signedWith(secret, passwordHash[max(0, len(passwordHash)-4):])
	}
	return fits
}

func (l wordPressLogin) signedWith(secret, fragment string) bool {
	key := seal.HexMAC(md5.New, secret, l.user+"|"+fragment+"|"+l.expiration+"|"+l.token)
	return hmac.Equal([]byte(l.mac), []byte(seal.HexMAC(sha256.New, key, l.user+"|"+l.expiration+"|"+l.token)))
}

// A wordPressToken is the site's own record of one login.
type wordPressToken struct{ issued, ends time.Time }

// findToken finds a login among a user's session_tokens (wp-includes/class-wp-user-meta-session-tokens.php): PHP's serialize()
// text of an array by the hash of the token. Logging out takes the entry away.
func findToken(sessions, token string) (t wordPressToken, err error) {
	ended := session.Nobodyf(session.Expired, "the site does not remember the login any more")
	if sessions == "" {
		return t, ended
	}
	tree, err := record.ParsePHP([]byte(sessions))
	if err != nil {
		return t, session.Nobodyf(session.Malformed, "session_tokens: %w", err)
	}
	hashed := sha256.Sum256([]byte(token))
	all, _ := tree.(map[string]any)
	entry, found := all[hex.EncodeToString(hashed[:])]
	if !found {
		return t, ended
	}
	if end, ok := entry.(int64); ok { // as 4.0 wrote it
		return wordPressToken{ends: recipe.LastSecond(end)}, nil
	}
	members, _ := entry.(map[string]any)
	if t.ends, found = recipe.LastOf(members["expiration"]); !found {
		return t, session.Nobodyf(session.Malformed, "session_tokens: an entry without an end")
	}
	if login, ok := record.Decimal(members["login"]); ok && math.Abs(login) < record.MaxExact {
		t.issued = time.Unix(int64(login), 0)
	}
	return t, nil
}

// secret returns LOGGED_IN_KEY and LOGGED_IN_SALT together (wp_salt in wp-includes/pluggable.php): of each half the constant, unless
// it is missing, was never changed, or is used twice.
func (w *wordPress) secret(ctx context.Context, at time.Time) (string, error) {
	const unchanged = "put your unique phrase here"
	key, salt := w.LoggedInKey.Reveal(), w.LoggedInSalt.Reveal()
	if key == unchanged || key == salt {
		key = ""
	}
	if salt == unchanged || salt == w.LoggedInKey.Reveal() {
		salt = ""
	}
	if key != "" && salt != "" {
		return key + salt, nil
	}
	stored, err := w.stored.get(ctx, w, at)
	if err != nil {
		return "", err
	}
	if key == "" {
		key = strings.Join(stored["logged_in_key"], "")
	}
	if salt == "" {
		salt = strings.Join(stored["logged_in_salt"], "")
	}
	if key == "" || salt == "" {
		return "", errors.New("wordpress: logged_in_key or logged_in_salt is neither set nor in the database")
	}
	return key + salt, nil
}

// wordPressStored is what WordPress keeps of itself in the database. It is asked for anew once a minute.
type wordPressStored struct {
	mu     sync.Mutex
	values map[string][]string // by name; several only where several networks share the tables
	until  time.Time
}

const wordPressStoredAge = time.Minute

func (s *wordPressStored) get(ctx context.Context, w *wordPress, at time.Time) (map[string][]string, error) {
	s.mu.Lock()
	values, until := s.values, s.until
	s.mu.Unlock()
	if at.Before(until) {
		return values, nil
	}
	values, err := w.readStored(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.values, s.until = values, at.Add(wordPressStoredAge)
	s.mu.Unlock()
	return values, nil
}

// readStored reads the halves of the secret that WordPress made up itself, and the address of the site, or of each network.
func (w *wordPress) readStored(ctx context.Context) (map[string][]string, error) {
	query := "SELECT option_name AS name, option_value AS value FROM %soptions WHERE option_name IN (?, ?, ?)"
	if w.Multisite {
		query = `SELECT meta_key AS name, meta_value AS value FROM %ssitemeta
			WHERE site_id = 1 AND meta_key IN (?, ?) OR meta_key = ?`
	}
	rows, err := w.Database.Query(ctx, fmt.Sprintf(query, w.TablePrefix), "logged_in_key", "logged_in_salt", "siteurl")
	if err != nil {
		return nil, &store.TableError{Table: w.TablePrefix + "options", Err: err}
	}
	stored := map[string][]string{}
	for _, row := range rows {
		name, value := record.Text(row["name"]), record.Text(row["value"])
		if name == "siteurl" && !w.Multisite {
			value = strings.TrimRight(value, `/\`) // get_option in wp-includes/option.php
		}
		stored[name] = append(stored[name], value)
	}
	return stored, nil
}
