package seal

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/securecookie"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// A seal opens values that github.com/gorilla/securecookie signed, and encrypted if it was told to, under the name of a
// cookie. The digest, which is SHA-256 unless the site has called HashFunc, is told by the length of the MAC.
type seal struct {
	name  string
	pairs map[int][]*securecookie.SecureCookie // by the length of a MAC; newest first
}

// secureDigests are the digests by the length of their MACs.
var secureDigests = map[int]func() hash.Hash{20: sha1.New, 32: sha256.New, 48: sha512.New384, 64: sha512.New}

// NewSeal checks the keys. The library's own check of the age is off, since it has a clock of its own, and so is its check of
// the length.
func NewSeal(name string, keys, blockKeys [][]byte) (*seal, error) {
	if len(blockKeys) > len(keys) {
		return nil, fmt.Errorf("there are %d block keys, but %d session keys", len(blockKeys), len(keys))
	}
	s := &seal{name: name, pairs: map[int][]*securecookie.SecureCookie{}}
	for i, key := range keys {
		var block []byte // nil, not empty, stands for none
		if i < len(blockKeys) && len(blockKeys[i]) > 0 {
			block = blockKeys[i]
		}
		if len(key) == 0 {
			return nil, fmt.Errorf("session key %d is empty", i+1)
		}
		if block != nil && !slices.Contains([]int{16, 24, 32}, len(block)) {
			return nil, fmt.Errorf("block key %d has %d bytes, not 16, 24 or 32", i+1, len(block))
		}
		for length, digest := range secureDigests {
			s.pairs[length] = append(s.pairs[length], securecookie.New(key, block).HashFunc(digest).MaxAge(0).MaxLength(0).
				SetSerializer(securecookie.NopEncoder{}))
		}
	}
	return s, nil
}

// Open is the step that opens a value whose content parse can read. Pairs may share a key and differ in the block key; then a
// wrong pair verifies too, and decrypts to noise. So a pair fits only as a whole.
func (s *seal) Open(parse record.Parser) recipe.Step {
	return func(_ context.Context, v *recipe.Visit, state recipe.State) (recipe.State, error) {
		value := string(state.Data)
		sealed, mac, ok := sealedParts(value)
		if !ok {
			return state, session.Nobodyf(session.Malformed, "not a value of securecookie")
		}
		failure := session.Nobodyf(session.Forged, "no session key fits")
		for _, pair := range s.pairs[len(mac)] {
			var content []byte
			err := pair.Decode(s.name, value, &content)
			if errors.Is(err, securecookie.ErrMacInvalid) {
				continue
			}
			if err != nil {
				failure = session.Nobodyf(session.Malformed, "%w", err)
				continue
			}
			tree, err := parse(content)
			if err != nil {
				failure = session.Nobodyf(session.Malformed, "the session key fits, but not the block key or the serializer: %w", err)
				continue
			}
			if state.Issued.IsZero() || sealed.Before(state.Issued) {
				state.Issued = sealed
			}
			v.Tell("a session key opens it")
			state.Data, state.Values = content, tree
			return state, nil
		}
		return state, failure
	}
}

// sealedParts are the date of a value and its MAC: date|content|MAC in base 64, the date in Unix seconds.
func sealedParts(value string) (sealed time.Time, mac string, ok bool) {
	text, err := base64.URLEncoding.DecodeString(value)
	parts := strings.SplitN(string(text), "|", 3)
	if err != nil || len(parts) < 3 {
		return time.Time{}, "", false
	}
	seconds, err := strconv.ParseInt(parts[0], 10, 64)
	return time.Unix(seconds, 0), parts[2], err == nil
}

// SealedText is the step from an opened value to the text that it holds.
func SealedText(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	text, ok := s.Values.(string)
	if !ok {
		return s, session.Nobodyf(session.Malformed, "the cookie holds no session id")
	}
	s.Data, s.Values = []byte(text), nil
	return s, nil
}
