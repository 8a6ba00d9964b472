package python

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store/storetest"
)

// Ids that are UUIDs stand without dashes where the database has no type for them. The user keeps the id of the session.
func TestDjangoUUID(t *testing.T) {
	const id = "3f0f5a3e-8d3c-4b0a-9d6e-0a1b2c3d4e5f"
	derived := sha256.Sum256([]byte("django.contrib.auth.models.AbstractBaseUser.get_session_auth_hashkey"))
	mac := hmac.New(sha256.New, derived[:])
	mac.Write([]byte("pbkdf2$secret"))
	visit := `{"_auth_user_id":"` + id + `","_auth_user_hash":"` + hex.EncodeToString(mac.Sum(nil)) + `"}`
	value := kindtest.SignDjango(sha256.New, "key", kindtest.DjangoCookieSalt, base64.RawURLEncoding.EncodeToString([]byte(visit)))
	now := func() time.Time { return time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC) }
	for row, want := range map[string]session.Reason{
		"'3f0f5a3e8d3c4b0a9d6e0a1b2c3d4e5f', 'pbkdf2$secret', 1": "", "'" + id + "', 'pbkdf2$secret', 1": "",
		"'3f0f5a3e8d3c4b0a9d6e0a1b2c3d4e5f', 'pbkdf2$secret', 0": session.NoUser, "'3f0f5a3e8d3c4b0a9d6e0a1b2c3d4e5f', 'other', 1": session.Expired,
		"'00000000000000000000000000000000', 'pbkdf2$secret', 1": session.NoRecord,
	} {
		database, _ := storetest.OpenScratch(t,
			"CREATE TABLE auth_user (id TEXT, password TEXT, is_active BOOL, first_name TEXT, last_name TEXT, email TEXT)",
			"INSERT INTO auth_user VALUES ("+row+", 'Ada', 'Lovelace', 'ada@example.com')")
		source := kindtest.MustOpen(t)(NewDjango(kindtest.Usual(DjangoOptions{SessionEngine: "signed_cookies", SecretKeys: setting.NewKeys([]byte("key")), Database: database,
			Setup: recipe.Setup{Mapping: session.Mapping{Prefix: "shop:"}, Now: now}})))
		u, err := source.Identify(sessiontest.WithCookie("sessionid", value), nil)
		if reason, _ := session.NobodyReason(err); reason != want || err == nil && (u.ID != "shop:"+id || u.Email != "ada@example.com") {
			t.Errorf("%s: got %+v, %v, want %q", row, u, err, want)
		}
	}
}
