package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"tawkproxy/examples/testenv"
	"tawkproxy/session"
	"tawkproxy/session/record"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

func TestMongo(t *testing.T) {
	t.Parallel()
	server := storetest.ServeMongo(t)
	server.Put(t, "sessions", "s1", bson.E{Key: "session", Value: "{}"})
	server.Put(t, "sessions", "large", bson.E{Key: "session", Value: strings.Repeat("x", record.MaxRecord)})
	server.Put(t, "web.visits", "s2")
	sessions := storetest.OpenMongo(t, "mongodb://"+server.Addr+"/shop").Or("sessions")
	for key, want := range map[string]session.Reason{"s1": "", "s2": session.NoRecord, "S1": session.NoRecord, "": session.NoRecord,
		"large": session.Malformed} {
		got, err := sessions.Get(t.Context(), key)
		reason, _ := session.NobodyReason(err)
		if reason != want || want != "" && err == nil {
			t.Errorf("%q: got %v, want %q", key, err, want)
		}
		if want == "" && (err != nil || record.TextAt(got.Values, "session") != "{}") {
			t.Errorf("%q: got %v, %v", key, got.Values, err)
		}
	}
	if asked := server.Asked(); !slices.Equal(asked, []string{"find"}) {
		t.Errorf("the server was asked %q", asked)
	}
	visits := storetest.OpenMongo(t, "mongodb://"+server.Addr)
	visits.Collection = "web.visits"
	if _, err := visits.Or("sessions").Get(t.Context(), "s2"); err != nil {
		t.Error(err)
	}
	if got, want := visits.String(), "MongoDB at "+server.Addr+", database test, collection web.visits"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The collections that there are are named where that of the sessions is not among them.
func TestMongoTry(t *testing.T) {
	t.Parallel()
	server := storetest.ServeMongo(t)
	near := func(collection string) string {
		t.Helper()
		sessions := storetest.OpenMongo(t, "mongodb://"+server.Addr+"/shop").Or(collection)
		doubt, err := store.Try(t.Context(), sessions, store.NoID)
		if doubt != "" || err != nil {
			t.Errorf("%s: %q, %v", collection, doubt, err)
		}
		return store.Near(t.Context(), sessions, store.NoID, err)
	}
	if got := near("sessions"); got != "nothing at all" {
		t.Errorf("of an empty database: %q", got)
	}
	for _, name := range []string{"baskets", "webSessions", "sessions", "system.views"} {
		server.Put(t, name, "x")
	}
	if got := near("sessions"); got != "" {
		t.Errorf("beside the right one: %q", got)
	}
	if got := near("visits"); got != "sessions, webSessions, baskets" {
		t.Errorf("got %q", got)
	}
	server.Refuse = bson.D{{Key: "ok", Value: 0.0}, {Key: "code", Value: 13}, {Key: "errmsg", Value: "not authorized"}}
	sessions := storetest.OpenMongo(t, "mongodb://"+server.Addr+"/shop").Or("sessions")
	if _, err := store.Try(t.Context(), sessions, store.NoID); store.FaultOf(err) != store.Forbidden {
		t.Errorf("got %v", err)
	}
	if got := store.Near(t.Context(), sessions, store.NoID, nil); got != "" {
		t.Errorf("of one who may not ask: %q", got)
	}
}

// A server that is not there, or says nothing, costs no more time than there is, and is used again when it is back.
func TestMongoAway(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: waits for servers that do not answer")
	}
	t.Parallel()
	closed, silent := testenv.FreeAddr(t), storetest.Silent(t)
	for url, want := range map[string]store.Fault{
		"mongodb://" + closed + "/shop":                         store.Refused,
		"mongodb://" + closed + "," + closed + "/?replicaSet=x": store.Refused,
		"mongodb://" + silent + "/shop":                         store.Late,
		"mongodb://localhost:1/?connectTimeoutMS=1000":          store.Refused,
		"mongodb://nowhere.invalid/shop":                        store.Unknown,
		"mongodb+srv://nowhere.invalid.example.invalid/shop":    store.Unknown,
	} {
		opened, err := store.NewMongo(url, 3*time.Second)
		if err != nil {
			t.Fatalf("%s: %v", url, err)
		}
		began := time.Now()
		_, err = opened.Or("sessions").Get(t.Context(), "x")
		if _, certain := session.NobodyReason(err); certain || err == nil || store.FaultOf(err) != want {
			t.Errorf("%s: %q: %v", url, store.FaultOf(err), err)
		}
		if took := time.Since(began); took > sessiontest.Patience {
			t.Errorf("%s: took %s", url, took)
		}
		if err := opened.Close(); err != nil {
			t.Errorf("%s: %v", url, err)
		}
		if _, err := opened.Or("sessions").Get(t.Context(), "x"); err == nil {
			t.Errorf("%s: answers when it is closed", url)
		}
	}
}

// A server that is there, but not of the replica set that is asked for, is not asked.
func TestMongoReplicaSet(t *testing.T) {
	t.Parallel()
	server := storetest.ServeMongo(t)
	opened, err := store.NewMongo("mongodb://"+server.Addr+"/shop?replicaSet=rs", 300*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	_, err = opened.Or("sessions").Get(t.Context(), "x")
	if store.FaultOf(err) != store.Late || !strings.Contains(err.Error(), "replicaSet") {
		t.Errorf("got %v", err)
	}
}

// What is wrong with a URL is said at start, without its password. Nobody is asked: names of SRV records are looked up by and by.
func TestMongoURL(t *testing.T) {
	const srv = "mongodb+srv://"
	for url, bad := range map[string]bool{
		"mongodb://localhost": false,
		"mongodb://user:hunter2@a:27017,b,[::1]:27019/shop?replicaSet=rs":                                                       false,
		"mongodb://a/shop?readPreference=secondaryPreferred&tls=true&authSource=admin&w=majority&retryWrites=true&appName=shop": false,
		"mongodb://user:hunter2@a/shop?authMechanism=SCRAM-SHA-256&maxPoolSize=3&minPoolSize=2":                                 false,
		"mongodb://%2Frun%2Fmongodb%2Fmongodb-27017.sock/shop":                                                                  false,
		srv + "user:hunter2@cluster0.example.net/shop?retryWrites=true&w=majority":                                              false,
		srv + "cluster0.example.net/?srvMaxHosts=2&srvServiceName=shop":                                                         false,

		"mongodb://":                                                      true,
		"mongodb://user:hunter2@":                                         true,
		"mongodb://user:hun/ter2@a/shop":                                  true,
		"mongodb://user:hun@ter2@a/shop":                                  true,
		"mongodb://user:hunter2@a:x/shop":                                 true,
		"mongodb://user:hunter2@a/shop?tls=maybe":                         true,
		"mongodb://user:hunter2@a/shop?tlsCAFile=/nowhere/ca.pem":         true,
		"mongodb://user:hunter2@a/shop?authMechanism=hunter2":             true,
		"mongodb://user:hunter2@a/shop?readPreference=hunter2":            true,
		"mongodb://user:hunter2@a/shop?hunter2=1":                         true,
		"mongodb://user:hunter2@a,b/shop?directConnection=true":           true,
		"mongodb://user:hunter2@a?tls=true":                               true,
		srv + "user:hunter2@a.example.net:27017/shop":                     true,
		srv + "user:hunter2@a.example.net,b.example.net/shop":             true,
		srv + "user:hunter2@a.example.net/shop?srvMaxHosts=2&tls=perhaps": true,
	} {
		opened, err := store.OpenStore(url, time.Second)
		if bad != (err != nil) {
			t.Errorf("%s: %v", url, err)
		}
		if err != nil && strings.Contains(err.Error(), "hun") {
			t.Errorf("%s: the error repeats the password: %v", url, err)
		}
		if err != nil && opened != nil {
			t.Errorf("%s: a store and an error", url)
		}
		if opened, ok := opened.(*store.Mongo); ok && strings.Contains(opened.String(), "hunter2") {
			t.Errorf("%s: the name of the store has the password: %s", url, opened)
		}
	}
}
