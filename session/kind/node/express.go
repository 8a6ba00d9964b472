package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"tawkproxy/session/cookie"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
)

// ExpressOptions describe a site that keeps its sessions with express-session, in Redis (connect-redis), in files
// (session-file-store), or in a table by the session's id: sess and expire of connect-pg-simple, in MySQL data and expires of
// express-mysql-session. What its own MemoryStore holds nobody can read but the site's own process.
//
// Cookie "" stands for connect.sid. Without Mapping.ID the user is the one of passport: passport.user, which is an id or an
// object that has one. MaxAge 0 stands for the hour of session-file-store, for sessions that have no end of their own.
//
// Without Secrets the signature is not looked at: that the store has a record of the id is the proof, so that only ids count
// that nobody can guess; and no visitor may name other keys of Redis, so that there must be a KeyPrefix.
type ExpressOptions struct {
	recipe.Setup
	Secrets   [][]byte // secret, newest first
	KeyPrefix string   // prefix of connect-redis, sess: unless the site has another
}

// NewExpress makes the recipe. Errors name the option that is wrong.
func NewExpress(o ExpressOptions) (*recipe.Recipe, error) {
	if o.Store == nil {
		return nil, errors.New("a MemoryStore is in the memory of the site, where only the site itself can read it")
	}
	for i, secret := range o.Secrets {
		if len(secret) == 0 {
			return nil, fmt.Errorf("secret %d is empty", i+1)
		}
	}
	o.Cookie = cmp.Or(o.Cookie, "connect.sid")
	key, end := recipe.Prefixed(""), recipe.Step(expressIssued)
	switch kept := o.Store.(type) {
	case *store.Table:
		names := store.Table{Name: "session", Key: "sid", Data: "sess", Expires: "expire", Local: true}
		if kept.Database.Dialect == store.MysqlDialect {
			names = store.Table{Name: "sessions", Key: "session_id", Data: "data", Expires: "expires"}
		}
		o.Store = kept.Or(names)
	case *store.Redis:
		if o.KeyPrefix == "" && len(o.Secrets) == 0 {
			return nil, errors.New("without a prefix and a secret, visitors could name any key in Redis")
		}
		key = recipe.Prefixed(o.KeyPrefix)
	case *store.Files:
		key, end = func(id string) string { return id + ".json" }, expressFileEnd(cmp.Or(o.MaxAge, time.Hour))
	}
	steps := append(expressCookie(o.Secrets), recipe.Fetch(o.Store, expressID, key), recipe.Parsed(record.ParseJSON), end)
	if o.Mapping.ID == "" {
		o.Mapping.ID = "passport.user.id"
		o.Mapping.Name = cmp.Or(o.Mapping.Name, "passport.user.name")
		o.Mapping.Email = cmp.Or(o.Mapping.Email, "passport.user.email")
		steps = append(steps, passport)
	}
	return o.Recipe("express", cookie.Express(), record.ParseJSON, steps...)
}

// passport is the step that makes passport.user, which is what the site's serializeUser chose, an object with id, name and
// email: the id alone, a user as the site has it, or a profile as passport's strategies make it.
func passport(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
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
			text = cmp.Or(text, record.TextAt(user, path))
		}
		user[detail] = text
	}
	return s, nil
}
