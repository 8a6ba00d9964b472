package session

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"testing"
	"time"
)

// Ids that are UUIDs stand without dashes where the database has no type for them. The user keeps the id of the session.
func TestDjangoUUID(t *testing.T) {
	const id = "3f0f5a3e-8d3c-4b0a-9d6e-0a1b2c3d4e5f"
	derived := sha256.Sum256([]byte("django.contrib.auth.models.AbstractBaseUser.get_session_auth_hashkey"))
	mac := hmac.New(sha256.New, derived[:])
	mac.Write([]byte("pbkdf2$secret"))
	session := `{"_auth_user_id":"` + id + `","_auth_user_hash":"` + hex.EncodeToString(mac.Sum(nil)) + `"}`
	value := signDjango(sha256.New, "key", djangoCookieSalt, base64.RawURLEncoding.EncodeToString([]byte(session)))
	now := func() time.Time { return time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC) }
	for row, want := range map[string]Reason{
		"'3f0f5a3e8d3c4b0a9d6e0a1b2c3d4e5f', 'pbkdf2$secret', 1": "", "'" + id + "', 'pbkdf2$secret', 1": "",
		"'3f0f5a3e8d3c4b0a9d6e0a1b2c3d4e5f', 'pbkdf2$secret', 0": NoUser, "'3f0f5a3e8d3c4b0a9d6e0a1b2c3d4e5f', 'other', 1": Expired,
		"'00000000000000000000000000000000', 'pbkdf2$secret', 1": NoRecord,
	} {
		database, _ := openScratch(t,
			"CREATE TABLE auth_user (id TEXT, password TEXT, is_active BOOL, first_name TEXT, last_name TEXT, email TEXT)",
			"INSERT INTO auth_user VALUES ("+row+", 'Ada', 'Lovelace', 'ada@example.com')")
		source := mustOpen(t)(Django(DjangoOptions{Engine: "signed_cookies", SecretKeys: [][]byte{[]byte("key")}, Database: database,
			Setup: Setup{Mapping: Mapping{Prefix: "shop:"}, Now: now}}))
		u, err := source.Identify(withCookie("sessionid", value), nil)
		if reason, _ := NobodyReason(err); reason != want || err == nil && (u.ID != "shop:"+id || u.Email != "ada@example.com") {
			t.Errorf("%s: got %+v, %v, want %q", row, u, err, want)
		}
	}
}
