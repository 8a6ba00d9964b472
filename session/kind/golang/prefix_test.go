package golang

import (
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/gorilla/securecookie"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store/storetest"
)

// The word none is no prefix at all, not the usual one.
func TestNoPrefix(t *testing.T) {
	key, token := []byte("a session key, thirty-two bytes."), strings.Repeat("t", 43)
	signed, err := securecookie.New(key, nil).Encode("s", token)
	if err != nil {
		t.Fatal(err)
	}
	server := miniredis.RunT(t)
	record := `{"deadline":"2100-01-01T00:00:00Z","values":{"id":42},"id":42}`
	server.Set(token, record)
	server.Set("scs:session:"+token, strings.ReplaceAll(record, "42", "43"))
	server.Set("session_"+token, strings.ReplaceAll(record, "42", "43"))
	gorilla := kindtest.Usual(GorillaOptions{Keys: setting.NewKeys(key), Serializer: "json", KeyPrefix: kindtest.Prefix("none")})
	scs := kindtest.Usual(SCSOptions{Codec: "json", KeyPrefix: kindtest.Prefix("none")})
	for value, settings := range map[string]kind.Settings{signed: &gorilla, token: &scs} {
		source, err := settings.Open(kind.Site{Cookie: "s", Store: storetest.OpenRedis(t, "redis://"+server.Addr()), Mapping: session.Mapping{ID: "id"}})
		if err != nil {
			t.Fatal(err)
		}
		if u, err := source.Identify(sessiontest.WithCookie("s", value), nil); err != nil || u.ID != "42" {
			t.Errorf("%T: got %+v, %v", settings, u, err)
		}
	}
}

// Without a signature, the prefix is all that keeps a visitor from the other keys in Redis.
func TestNoPrefixAndNoKey(t *testing.T) {
	o := kindtest.Usual(GorillaOptions{KeyPrefix: kindtest.Prefix("none")})
	var wrong []error
	common := &setting.Common{Session: &setting.Session{Store: setting.NewSecret("redis://h")}, User: &setting.User{}}
	for _, rule := range o.Rules(common) {
		if err := rule.Check(); err != nil {
			wrong = append(wrong, err)
		}
	}
	if len(wrong) != 1 || !strings.Contains(wrong[0].Error(), "any key in Redis") {
		t.Errorf("got %v", wrong)
	}
}
