package session

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// ExpressOptions describe a site that keeps its sessions with express-session, in Redis (connect-redis), in files
// (session-file-store), or in a table by the session's id: sess and expire of connect-pg-simple, in MySQL data and expires of
// express-mysql-session. What its own MemoryStore holds nobody can read but the site's own process.
//
// Cookie "" stands for connect.sid. Without Mapping.ID the user is the one of passport: passport.user, which is an id or an
// object that has one. MaxAge 0 stands for the hour of session-file-store, for sessions that have no end of their own.
type ExpressOptions struct {
	Setup
	Secrets   [][]byte // secret, newest first
	KeyPrefix string   // prefix of connect-redis, sess: unless the site has another
}

// expressID is the form of a session's id: 24 random bytes in base 64, unless the site makes its own (genid).
const expressID = `[A-Za-z0-9_-][A-Za-z0-9_.:~-]{7,199}`

// Express makes the recipe. Errors name the option that is wrong.
func Express(o ExpressOptions) (*Recipe, error) {
	switch {
	case o.Store == nil:
		return nil, errors.New("a MemoryStore is in the memory of the site, where only the site itself can read it")
	case len(o.Secrets) == 0:
		return nil, errors.New("the secret is missing")
	}
	for i, secret := range o.Secrets {
		if len(secret) == 0 {
			return nil, fmt.Errorf("secret %d is empty", i+1)
		}
	}
	o.Cookie = cmp.Or(o.Cookie, "connect.sid")
	key, idle := prefixed(""), time.Duration(0)
	switch store := o.Store.(type) {
	case *Table:
		names := Table{Name: "session", Key: "sid", Data: "sess", Expires: "expire", Local: true}
		if store.Database.dialect == mysqlDialect {
			names = Table{Name: "sessions", Key: "session_id", Data: "data", Expires: "expires"}
		}
		o.Store = store.or(names)
	case *Redis:
		key = prefixed(o.KeyPrefix)
	case *Files:
		key, idle = func(id string) string { return id + ".json" }, cmp.Or(o.MaxAge, time.Hour)
	}
	steps := []Step{expressSecrets(o.Secrets).unsign, fetch(o.Store, expressID, key), parsed(parseJSON), expressEnd(idle)}
	if o.Mapping.ID == "" {
		o.Mapping.ID = "passport.user.id"
		o.Mapping.Name = cmp.Or(o.Mapping.Name, "passport.user.name")
		o.Mapping.Email = cmp.Or(o.Mapping.Email, "passport.user.email")
		steps = append(steps, passport)
	}
	return o.recipe("express", parseJSON, steps...)
}

// expressSecrets are the secrets of a site, newest first.
type expressSecrets [][]byte

// unsign is the step from the cookie to the id, which cookie-signature has signed: s:id.signature.
func (secrets expressSecrets) unsign(_ context.Context, _ *Visit, s State) (State, error) {
	value, ok := bytes.CutPrefix(unescapeComponent(s.Data), []byte("s:"))
	at := bytes.LastIndexByte(value, '.')
	if !ok || at < 0 {
		return s, nobody(Forged, "the session's id is not signed")
	}
	id, signature := value[:at], value[at+1:]
	genuine := false
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, secret)
		mac.Write(id)
		genuine = hmac.Equal(signature, []byte(base64.RawStdEncoding.EncodeToString(mac.Sum(nil)))) || genuine
	}
	if !genuine {
		return s, nobody(Forged, "no secret fits")
	}
	s.Data = id
	return s, nil
}

// expressEnd is the step that reads when the session ends: in files at cookie.expires or, if it has no end of its own, some idle
// time after the visitor's last request. In other stores cookie.expires is of no account, nor is it to Express: when a visitor
// returns, they put off the end of the record, but do not write it anew.
func expressEnd(idle time.Duration) Step {
	return func(_ context.Context, _ *Visit, s State) (State, error) {
		if text := textAt(at(s.Values, "cookie"), "expires"); text != "" {
			end, err := time.Parse(time.RFC3339, text)
			if err != nil {
				return s, nobody(Malformed, "express record: cookie.expires is not a time")
			}
			if idle > 0 {
				s.Expires = end
			}
			if age, ok := milliseconds(at(s.Values, "cookie"), "originalMaxAge"); ok {
				s.Issued = end.Add(-time.Duration(age) * time.Millisecond)
			}
		} else if last, ok := milliseconds(s.Values, "__lastAccess"); ok && idle > 0 {
			s.Expires = time.UnixMilli(last).Add(idle)
		}
		return s, nil
	}
}

// milliseconds reads a whole number.
func milliseconds(tree any, path string) (int64, bool) {
	n, err := strconv.ParseInt(textAt(tree, path), 10, 64)
	return n, err == nil
}

// passport is the step that makes passport.user, which is what the site's serializeUser chose, an object with id, name and
// email: the id alone, a user as the site has it, or a profile as passport's strategies make it.
func passport(_ context.Context, _ *Visit, s State) (State, error) {
	values, _ := s.Values.(map[string]any)
	login, _ := values["passport"].(map[string]any)
	user, ok := login["user"].(map[string]any)
	if !ok {
		if id, ok := login["user"]; ok {
			login["user"] = map[string]any{"id": id}
		}
		return s, nil
	}
	for detail, paths := range map[string][]string{
		"id":    {"id", "_id"},
		"name":  {"displayName", "name", "username"},
		"email": {"email", "emails.0.value"},
	} {
		text := ""
		for _, path := range paths {
			text = cmp.Or(text, textAt(user, path))
		}
		user[detail] = text
	}
	return s, nil
}
