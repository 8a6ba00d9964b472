package node

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

// Without a secret an id counts by being in the store, if nobody can guess it and it can be nothing but an id.
func TestExpressWithoutSecret(t *testing.T) {
	const own = "MOQo7ub7fqe15Cuen0bQA0lfdlrWylZL"
	for _, test := range []struct {
		name, value string
		reason      session.Reason
	}{
		{"express-session's own", "s:" + own + ".MEf8Wh+6iW4HOqKkOMEL3sVKbWZ0Jj2rs5RwBoWzOcg", ""},
		{"an empty signature", "s:" + own + ".", ""},
		{"21 characters, as nanoid", "s:V1StGXR8_Z5jdHi6B-myT.x", ""},
		{"hex", "s:" + strings.Repeat("0123456789abcdef", 4) + ".x", ""},
		{"UUID 4", "s:3f0f5a3e-8d3c-4b0a-9d6e-0a1b2c3d4e5f.x", ""},
		{"UUID 7", "s:019283a1-2b3c-7d4e-8f50-617283940a1b.x", ""},
		{"UUID 1, made of the time", "s:3f0f5a3e-8d3c-11ee-9d6e-0a1b2c3d4e5f.x", session.Malformed},
		{"UUID 5, made of a name", "s:3F0F5A3E-8D3C-5B0A-9D6E-0A1B2C3D4E5F.x", session.Malformed},
		{"a user's number", "s:user-42.x", session.Malformed},
		{"20 characters", "s:" + own[:20] + ".x", session.Malformed},
		{"no signature", "s:" + own, session.Forged},
		{"no mark", own + ".x", session.Forged},
		{"another key", "s:cache:profile:of:the:user:42.x", session.Malformed},
		{"a path", "s:../../../var/lib/other/sessions/x.x", session.Malformed},
		{"a dot in it", "s:" + own + ".x.y", session.Malformed},
		{"a line end", "s:" + own + "\n.x", session.Malformed},
		{"too long", "s:" + strings.Repeat("i", 201) + ".x", session.Malformed},
		{"nothing", "s:.x", session.Malformed},
	} {
		asked := ""
		source, err := NewExpress(kindtest.Usual(ExpressOptions{Setup: recipe.Setup{Store: storetest.StoreFunc(func(_ context.Context, key string) (store.Record, error) {
			asked = key
			return store.Record{Data: []byte(`{"cookie":{},"passport":{"user":42}}`)}, nil
		})}}))
		if err != nil {
			t.Fatal(err)
		}
		u, err := source.Identify(sessiontest.WithCookie("connect.sid", url.PathEscape(test.value)), nil)
		if reason, _ := session.NobodyReason(err); reason != test.reason || (u.ID == "42") != (test.reason == "") {
			t.Errorf("%s: got %+v, %v, want %q", test.name, u, err, test.reason)
		}
		if test.reason != "" && asked != "" {
			t.Errorf("%s: the store was asked for %q", test.name, asked)
		}
	}
}

// With neither a secret nor a prefix, a visitor could name any key of Redis.
func TestExpressPrefixWithoutSecret(t *testing.T) {
	redis, err := store.NewRedis("redis://127.0.0.1:1", sessiontest.Patience)
	if err != nil {
		t.Fatal(err)
	}
	defer redis.Close()
	for _, test := range []struct {
		secrets [][]byte
		prefix  string
		refused bool
	}{{nil, "", true}, {nil, "sess:", false}, {[][]byte{[]byte("secret")}, "", false}} {
		_, err := NewExpress(kindtest.Usual(ExpressOptions{Secrets: setting.NewKeys(test.secrets...), KeyPrefix: setting.NewPrefix(test.prefix), Setup: recipe.Setup{Store: redis}}))
		if (err != nil) != test.refused {
			t.Errorf("%d secrets, prefix %q: %v", len(test.secrets), test.prefix, err)
		}
	}
}
