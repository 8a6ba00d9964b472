package node

import (
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store/storetest"
)

// What connect-mongo and connect-mongodb-session make of a document, and what is made of it here.
func TestExpressMongo(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("i", 32)
	now := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	user, err := bson.ObjectIDFromHex("5f1d7f3a9c8b7a6d5e4f3c2b")
	if err != nil {
		t.Fatal(err)
	}
	const text = `{"cookie":{"originalMaxAge":60000,"expires":"2026-11-22T13:00:00.000Z"},"passport":{"user":42}}`
	object := bson.D{{Key: "cookie", Value: bson.D{{Key: "originalMaxAge", Value: 3600000}, {Key: "expires", Value: now.Add(30 * time.Minute)}}},
		{Key: "passport", Value: bson.D{{Key: "user", Value: user}}}}
	for name, test := range map[string]struct {
		session any
		expires any           // "": there is no such member
		maxAge  time.Duration // of TAWK_SESSION_MAX_AGE
		user    string
		reason  session.Reason
		unknown bool
	}{
		"JSON":                               {session: text, expires: now.Add(time.Second), user: "42"},
		"JSON without an end":                {session: text, expires: "", user: "42"},
		"ended, and still there":             {session: text, expires: now, reason: session.Expired},
		"ended long ago":                     {session: text, expires: now.AddDate(-1, 0, 0), reason: session.Expired},
		"an end that is null":                {session: text, expires: nil, reason: session.Expired},
		"an end that is a text":              {session: text, expires: "2036-11-22T14:00:00", reason: session.Expired},
		"an end that is a number":            {session: text, expires: now.Add(time.Hour).UnixMilli(), reason: session.Expired},
		"an object":                          {session: object, expires: now.Add(time.Second), user: user.Hex()},
		"an object that is too old":          {session: object, expires: now.Add(time.Second), maxAge: 29 * time.Minute, reason: session.Expired},
		"an object that is not":              {session: object, expires: now.Add(time.Second), maxAge: 31 * time.Minute, user: user.Hex()},
		"a guest":                            {session: `{"cookie":{}}`, expires: now.Add(time.Second), reason: session.NoUser},
		"no session":                         {session: nil, expires: now.Add(time.Second), reason: session.Malformed},
		"no JSON":                            {session: `{"cookie"`, expires: now.Add(time.Second), reason: session.Malformed},
		"JSON of nothing":                    {session: `null`, expires: now.Add(time.Second), reason: session.Malformed},
		"a number":                           {session: 42, expires: now.Add(time.Second), reason: session.Malformed},
		"encrypted by release 3":             {session: `"{\"hmac\":\"aa\",\"ct\":\"bb\",\"at\":{},\"aad\":\"cc\",\"iv\":\"dd\"}"`, expires: now.Add(time.Second), unknown: true},
		"encrypted by releases 4 to 6":       {session: `{"hmac":"aa","ct":"bb","iv":"cc","salt":"dd"}`, expires: now.Add(time.Second), unknown: true},
		"encrypted by Web Crypto":            {session: strings.Repeat("Ab0+/", 20) + "==", expires: now.Add(time.Second), unknown: true},
		"encrypted, but ended":               {session: strings.Repeat("Ab0+/", 20) + "==", expires: now, reason: session.Expired},
		"a member ct alone is not encrypted": {session: `{"ct":1,"passport":{"user":42}}`, expires: now.Add(time.Second), user: "42"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := storetest.ServeMongo(t)
			members := []bson.E{{Key: "session", Value: test.session}}
			if test.expires != "" {
				members = append(members, bson.E{Key: "expires", Value: test.expires})
			}
			server.Put(t, "sessions", id, members...)
			source := kindtest.MustOpen(t)(NewExpress(kindtest.Usual(ExpressOptions{Secrets: setting.NewKeys([]byte("secret")),
				Setup: recipe.Setup{Store: storetest.OpenMongo(t, "mongodb://"+server.Addr+"/shop"), MaxAge: test.maxAge, Now: func() time.Time { return now }}})))
			u, err := source.Identify(sessiontest.WithCookie("connect.sid", signExpress("secret", id)), nil)
			reason, certain := session.NobodyReason(err)
			if u.ID != test.user || reason != test.reason || test.unknown != (err != nil && !certain) {
				t.Errorf("got %+v, %v", u, err)
			}
			if test.unknown && !strings.Contains(err.Error(), "crypto") {
				t.Errorf("it is not said why: %v", err)
			}
			other := sessiontest.WithCookie("connect.sid", signExpress("secret", strings.Repeat("j", 32)))
			if _, err := source.Identify(other, nil); kindtest.Outcome(err) != "anonymous" {
				t.Errorf("of a document that is not there: %v", err)
			}
		})
	}
}

// FuzzExpressDocument feeds the reader of the document anything that the site may have written.
func FuzzExpressDocument(f *testing.F) {
	for _, kept := range []any{`{"passport":{"user":42}}`, bson.D{{Key: "passport", Value: bson.D{{Key: "user", Value: bson.NewObjectID()}}}}} {
		document, err := bson.Marshal(bson.D{{Key: "_id", Value: "x"}, {Key: "expires", Value: time.UnixMilli(1795357041000)}, {Key: "session", Value: kept}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(document)
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		tree, err := record.ParseBSON(document)
		if err != nil {
			return
		}
		s, err := expressDocumentEnd(t.Context(), nil, recipe.State{Values: tree})
		if err == nil {
			s, err = expressDocument(t.Context(), nil, s)
		}
		if _, certain := session.NobodyReason(err); err != nil && !certain && err != errConnectMongoSealed {
			t.Error(err)
		}
		if err == nil && s.Values == nil {
			t.Error("no values")
		}
	})
}
