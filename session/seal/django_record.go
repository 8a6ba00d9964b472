package seal

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/hex"
	"fmt"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// Record is the step that opens what the engines db and file keep. The text of Django 3.1 has colons, the older one has none.
func (keys DjangoKeys) Record(ctx context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
	if bytes.IndexByte(s.Data, ':') < 0 {
		return keys.legacy(ctx, v, s)
	}
	return keys.Unsign("django.contrib.sessions.SessionStore")(ctx, v, s)
}

// SamePassword is the step that compares _auth_user_hash with the password that the user has now, as get_user of
// django/contrib/auth/__init__.py does.
func (keys DjangoKeys) SamePassword(passwords *recipe.BreakerStore) recipe.Step {
	return func(ctx context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
		if v.Trial() {
			return s, passwords.Tried(ctx, v, "passwords in "+fmt.Sprint(passwords.Store), "0")
		}
		id := record.TextAt(s.Values, "_auth_user_id")
		if id == "" {
			return s, nil
		}
		row, err := passwords.Get(ctx, v, id)
		if err != nil {
			return s, err
		}
		given := []byte(record.TextAt(s.Values, "_auth_user_hash"))
		salt := "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
		if !keys.macs(salt, row.Data, func(mac []byte) bool { return hmac.Equal(given, []byte(hex.EncodeToString(mac))) }) {
			return s, session.Nobodyf(session.Expired, "the password has changed since the login")
		}
		v.Tell("the password is the one of the login")
		return s, nil
	}
}
