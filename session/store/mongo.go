package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"tawkproxy/session"
	"tawkproxy/session/record"
)

// Mongo is the [Store] that keeps each session as a document in MongoDB, or in a server that speaks its protocol, under its _id. The
// Values of a Record are those of the whole document: see [record.ParseBSON]. It needs the right to find in its collection, and no other.
//
// A document larger than a record may be is read, as it cannot be asked how large it is, and then refused. So the memory that Mongo takes
// for moments is bounded by the 16 MiB that a document has at most, for each of few connections.
type Mongo struct {
	Collection string // "": the framework's own

	database string
	hosts    string // for the log
	timeout  time.Duration
	link     *mongoLink
}

// NewMongo makes the store of a URL, of which the path names the database; without one it is test, as for all drivers. It connects with the
// first question. Each question is bounded by timeout; 0: only the request does. The URLs are those of the driver
// go.mongodb.org/mongo-driver, with all its parameters: readPreference, replicaSet, authSource, tls, tlsCAFile and so on.
//
//	mongodb://user:password@host:27017/shop                      one server
//	mongodb://user:password@one:27017,two:27017/shop?replicaSet=rs
//	mongodb+srv://user:password@cluster.example.net/shop         servers that DNS names, over TLS
func NewMongo(rawURL string, timeout time.Duration) (*Mongo, error) {
	at, err := parseMongo(rawURL)
	if err != nil {
		return nil, err
	}
	return &Mongo{database: at.database, hosts: strings.Join(at.hosts, ", "), timeout: timeout, link: &mongoLink{at: at, timeout: timeout}}, nil
}

// Or fills in the framework's collection where the site has none of its own.
func (m Mongo) Or(collection string) *Mongo {
	m.Collection = cmp.Or(m.Collection, collection)
	return &m
}

// Get implements [Store]. A document that is there may have ended: MongoDB deletes such ones only now and then.
func (m *Mongo) Get(ctx context.Context, key string) (Record, error) {
	ctx, cancel := within(ctx, m.timeout)
	defer cancel()
	client, err := m.link.client(ctx)
	if err != nil {
		return Record{}, err
	}
	document, err := client.Database(m.database).Collection(m.Collection).FindOne(ctx, bson.D{{Key: "_id", Value: key}}).Raw()
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return Record{}, &session.Nobody{Reason: session.NoRecord}
	case err != nil:
		return Record{}, m.link.failure(err)
	case len(document) > record.MaxRecord:
		return Record{}, session.Nobodyf(session.Malformed, "a session of more than %d bytes", record.MaxRecord)
	}
	tree, err := record.ParseBSON(document)
	if err != nil {
		return Record{}, session.Nobodyf(session.Malformed, "session document: %w", err)
	}
	// A collection may have been made not to tell capitals from small letters.
	if values, _ := tree.(map[string]any); values["_id"] != key {
		return Record{}, &session.Nobody{Reason: session.NoRecord}
	}
	return Record{Data: document, Values: tree}, nil
}

// Close ends the connections.
func (m *Mongo) Close() error { return m.link.close() }

// String names the store for the log.
func (m *Mongo) String() string {
	return strings.TrimSpace(fmt.Sprintf("MongoDB at %s, database %s, collection %s", m.hosts, m.database, m.Collection))
}
