package node

import (
	"context"
	"errors"
	"regexp"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// expressDocumentEnd is the step that reads when a document of connect-mongo or connect-mongodb-session ends: at expires, if there is such
// a member. MongoDB itself takes a minute to delete one that has ended, or never does (autoRemove). Both libraries compare it with a
// date: what is none has ended (src/lib/MongoStore.ts, get).
func expressDocumentEnd(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	expires, there := record.JsMember(s.Values, "expires")
	if !there {
		return s, nil
	}
	if s.Expires, there = record.Date(expires); !there {
		return s, session.Nobodyf(session.Expired, "the document's expires is no date")
	}
	return s, nil
}

// expressDocument is the step from a document of connect-mongo, in releases 3 to 6, or of connect-mongodb-session, to the session in it:
// JSON as a text, or with stringify: false, and always in the latter, an object.
func expressDocument(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	kept, _ := record.JsMember(s.Values, "session")
	s.Values = nil
	switch kept := kept.(type) {
	case map[string]any:
		s.Values = kept
	case string:
		if sealedByConnectMongo(kept) {
			return s, errConnectMongoSealed
		}
		values, err := record.ParseJSON([]byte(kept))
		if err != nil {
			return s, recipe.Unreadable(err)
		}
		s.Values = values
	}
	if s.Values == nil {
		return s, session.Nobodyf(session.Malformed, "the document has no session of connect-mongo or connect-mongodb-session")
	}
	return s, nil
}

// errConnectMongoSealed is no Nobody: of visitors to such a site nothing is known.
var errConnectMongoSealed = errors.New("the site encrypts its sessions (secret, crypto or cryptoAdapter of connect-mongo), and encrypted ones are not read: " +
	"ask the site itself, by TAWK_SESSION=site, or let it not encrypt them")

// sealedByConnectMongo tells whether a text is one of those that connect-mongo writes of an encrypted session: JSON with the members hmac and
// ct, which release 3 writes as JSON once more (src/crypto.js; kruptein), or base 64 or hex digits alone (createWebCryptoAdapter.ts).
func sealedByConnectMongo(text string) bool {
	if webCryptoText.MatchString(text) {
		return true
	}
	tree, err := record.ParseJSON([]byte(text))
	if inner, again := tree.(string); again {
		tree, err = record.ParseJSON([]byte(inner))
	}
	_, ct := record.JsMember(tree, "ct")
	_, hmac := record.JsMember(tree, "hmac")
	return err == nil && ct && hmac
}

// webCryptoText has no such text in common with JSON of a session, which has braces.
var webCryptoText = regexp.MustCompile(`\A[A-Za-z0-9+/_-]{40,}={0,2}\z`)
