package storetest

import (
	"encoding/binary"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
)

// A MongoServer is a stand-in that has documents in collections of every database. It speaks as much of MongoDB's protocol as a driver needs
// to find one of them.
type MongoServer struct {
	Addr string

	mu        sync.Mutex
	documents map[string]map[string]bson.Raw // by collection and _id
	Refuse    bson.D                         // the answer to whoever wants to find something; nil: the document
	asked     []string                       // names of commands
}

// ServeMongo starts one.
func ServeMongo(t testing.TB) *MongoServer {
	t.Helper()
	s := &MongoServer{documents: map[string]map[string]bson.Raw{}}
	s.Addr = Listen(t, s.serve)
	return s
}

// OpenMongo opens a store of a URL.
func OpenMongo(t testing.TB, rawURL string) *store.Mongo {
	t.Helper()
	return OpenMongoWithin(t, rawURL, sessiontest.Patience)
}

// OpenMongoWithin opens one that waits no longer than that.
func OpenMongoWithin(t testing.TB, rawURL string, timeout time.Duration) *store.Mongo {
	t.Helper()
	mongo, err := store.NewMongo(rawURL, timeout)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mongo.Close() })
	return mongo
}

// Put puts a document into a collection.
func (s *MongoServer) Put(t testing.TB, collection, id string, members ...bson.E) {
	t.Helper()
	document, err := bson.Marshal(append(bson.D{{Key: "_id", Value: id}}, members...))
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.documents[collection] == nil {
		s.documents[collection] = map[string]bson.Raw{}
	}
	s.documents[collection][id] = document
}

// Asked returns which commands have come, each once, but for the greeting.
func (s *MongoServer) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(s.asked)))
}

const (
	opReply = 1
	opQuery = 2004
	opMsg   = 2013
)

// serve answers messages (MongoDB's documents on its wire protocol) until one is none.
func (s *MongoServer) serve(conn net.Conn) {
	defer conn.Close()
	for {
		var header struct{ Length, ID, To, Code int32 }
		if binary.Read(conn, binary.LittleEndian, &header) != nil || header.Length < 16 || header.Length > 1<<20 {
			return
		}
		body := make([]byte, header.Length-16)
		if _, err := io.ReadFull(conn, body); err != nil {
			return
		}
		code, before := int32(opMsg), make([]byte, 5) // flags, and the kind of the section
		switch {
		case header.Code == opQuery:
			name := slices.Index(body[4:], 0)
			body = body[4+name+1+8:]
			code, before = opReply, make([]byte, 20)
			before[16] = 1 // document
		default:
			body = body[5:]
		}
		var command bson.D
		if bson.Unmarshal(body[:binary.LittleEndian.Uint32(body)], &command) != nil || len(command) == 0 {
			return
		}
		answer, err := bson.Marshal(s.answer(command))
		if err != nil {
			return
		}
		message := binary.LittleEndian.AppendUint32(nil, uint32(16+len(before)+len(answer)))
		message = binary.LittleEndian.AppendUint32(message, 0)
		message = binary.LittleEndian.AppendUint32(message, uint32(header.ID))
		message = binary.LittleEndian.AppendUint32(message, uint32(code))
		if _, err := conn.Write(slices.Concat(message, before, answer)); err != nil {
			return
		}
	}
}

func (s *MongoServer) answer(command bson.D) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	ok := bson.E{Key: "ok", Value: 1.0}
	found := func(documents ...any) bson.D {
		batch := append(bson.A{}, documents...)
		return bson.D{{Key: "cursor", Value: bson.D{{Key: "id", Value: int64(0)}, {Key: "ns", Value: "x.y"}, {Key: "firstBatch", Value: batch}}}, ok}
	}
	switch name := command[0].Key; name {
	case "hello", "isMaster", "ismaster":
		return bson.D{{Key: "ismaster", Value: true}, {Key: "isWritablePrimary", Value: true}, {Key: "helloOk", Value: true},
			{Key: "maxBsonObjectSize", Value: 16 << 20}, {Key: "maxMessageSizeBytes", Value: 48_000_000}, {Key: "maxWriteBatchSize", Value: 100_000},
			{Key: "minWireVersion", Value: 0}, {Key: "maxWireVersion", Value: 21}, ok}
	default:
		s.asked = append(s.asked, name)
	}
	switch {
	case s.Refuse != nil && command[0].Key != "endSessions":
		return s.Refuse
	case command[0].Key == "find":
		collection, _ := command[0].Value.(string)
		for _, member := range command {
			filter, _ := member.Value.(bson.D)
			if member.Key != "filter" || len(filter) != 1 {
				continue
			}
			id, _ := filter[0].Value.(string)
			if document, there := s.documents[collection][id]; there && filter[0].Key == "_id" {
				return found(document)
			}
		}
		return found()
	case command[0].Key == "listCollections":
		var all []any
		for name := range s.documents {
			all = append(all, bson.D{{Key: "name", Value: name}, {Key: "type", Value: "collection"}})
		}
		return found(all...)
	}
	return bson.D{ok}
}
