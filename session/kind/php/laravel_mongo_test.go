package php

import (
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/record/recordtest"
	"tawkproxy/session/store/storetest"
)

// The three forms of documents, and when each ends.
func TestLaravelMongo(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("i", 40)
	now := time.Unix(1795354149, 0)
	bytes := func(subtype byte) bson.Binary { return bson.Binary{Subtype: subtype, Data: []byte(laravelAda)} }
	encrypted := bson.Binary{Data: []byte(laravelSeal(t, laravelKey, serializedText(laravelAda), false, nil))}
	last, end := bson.E{Key: "last_activity", Value: now}, bson.E{Key: "expires_at", Value: now.Add(2 * time.Hour)}
	text := bson.E{Key: "payload", Value: recordtest.EncodeBase64(laravelAda)}
	seconds := bson.E{Key: "last_activity", Value: int32(now.Unix())}
	for name, test := range map[string]struct {
		document []bson.E
		later    time.Duration
		maxAge   time.Duration
		user     string
		reason   session.Reason
	}{
		"mongodb":                           {document: []bson.E{{Key: "payload", Value: bytes(0)}, last, end}, user: "42"},
		"mongodb, encrypted":                {document: []bson.E{{Key: "payload", Value: encrypted}, last, end}, user: "42"},
		"mongodb, in its last second":       {document: []bson.E{{Key: "payload", Value: bytes(0)}, last, end}, later: 2 * time.Hour, user: "42"},
		"mongodb, ended":                    {document: []bson.E{{Key: "payload", Value: bytes(0)}, last, end}, later: 2*time.Hour + time.Second, reason: session.Expired},
		"mongodb, too old":                  {document: []bson.E{{Key: "payload", Value: bytes(0)}, last, end}, later: time.Hour, maxAge: time.Minute, reason: session.Expired},
		"mongodb, without an end":           {document: []bson.E{{Key: "payload", Value: bytes(0)}, last}, reason: session.Expired},
		"mongodb, an end that is no date":   {document: []bson.E{{Key: "payload", Value: bytes(0)}, last, {Key: "expires_at", Value: now.Add(time.Hour).Unix()}}, reason: session.Expired},
		"1ff":                               {document: []bson.E{{Key: "payload", Value: bytes(2)}, end, last}, user: "42"},
		"Symfony's":                         {document: []bson.E{{Key: "data", Value: bytes(2)}, end, {Key: "time", Value: now}}, user: "42"},
		"Symfony's, ended":                  {document: []bson.E{{Key: "data", Value: bytes(2)}, end, {Key: "time", Value: now}}, later: 3 * time.Hour, reason: session.Expired},
		"database":                          {document: []bson.E{text, seconds}, user: "42"},
		"database, in its last second":      {document: []bson.E{text, seconds}, later: 2 * time.Hour, user: "42"},
		"database, ended":                   {document: []bson.E{text, seconds}, later: 2*time.Hour + time.Second, reason: session.Expired},
		"database, no base 64":              {document: []bson.E{{Key: "payload", Value: "a:0:{}"}, seconds}, reason: session.Malformed},
		"database, whose expiry is no date": {document: []bson.E{text, seconds, {Key: "expires_at", Value: "x"}}, user: "42"},
		"of another framework":              {document: []bson.E{{Key: "session", Value: "{}"}, end}, reason: session.Malformed},
		"nobody in it":                      {document: []bson.E{{Key: "payload", Value: bson.Binary{Data: []byte("a:0:{}")}}, last, end}, reason: session.NoUser},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := storetest.ServeMongo(t)
			server.Put(t, "sessions", id, test.document...)
			o := LaravelOptions{Key: setting.NewKeys(laravelKey), Setup: recipe.Setup{Store: storetest.OpenMongo(t, "mongodb://"+server.Addr+"/shop"),
				MaxAge: test.maxAge, Now: func() time.Time { return now.Add(test.later) }}}
			u, err := identifyLaravel(t, o, laravelSessionCookie(t, id))
			if reason, _ := session.NobodyReason(err); u.ID != test.user || reason != test.reason || err != nil && reason == "" {
				t.Errorf("got %+v, %v", u, err)
			}
			_, err = identifyLaravel(t, o, laravelSessionCookie(t, strings.Repeat("j", 40)))
			if reason, _ := session.NobodyReason(err); reason != session.NoRecord {
				t.Errorf("of a document that is not there: %v", err)
			}
		})
	}
}

// FuzzLaravelDocument feeds the reader of the document anything that the site may have written.
func FuzzLaravelDocument(f *testing.F) {
	for _, members := range []bson.D{
		{{Key: "payload", Value: bson.Binary{Data: []byte(laravelAda)}}, {Key: "expires_at", Value: time.UnixMilli(1795357041000)}},
		{{Key: "data", Value: bson.Binary{Subtype: 2, Data: []byte(laravelAda)}}, {Key: "expires_at", Value: time.UnixMilli(1795357041000)}},
		{{Key: "payload", Value: recordtest.EncodeBase64(laravelAda)}, {Key: "last_activity", Value: int32(1795357041)}},
	} {
		document, err := bson.Marshal(members)
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
		_, err = laravelDocument(time.Hour)(t.Context(), nil, recipe.State{Values: tree})
		if _, certain := session.NobodyReason(err); err != nil && !certain {
			t.Error(err)
		}
	})
}
