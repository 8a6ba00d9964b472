package session

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
)

// A seal opens values that github.com/gorilla/securecookie signed, and encrypted if it was told to, under the name of a
// cookie.
type seal struct {
	name  string
	pairs []*securecookie.SecureCookie // newest first
}

// newSeal checks the keys. The library's own check of the age is off, since it has a clock of its own, and so is its check of
// the length.
func newSeal(name string, keys, blockKeys [][]byte, digest string) (*seal, error) {
	hashes := map[string]func() hash.Hash{
		"": sha256.New, "sha256": sha256.New, "sha1": sha1.New, "sha384": sha512.New384, "sha512": sha512.New,
	}
	if hashes[digest] == nil {
		return nil, fmt.Errorf("the digest %q is none of sha256, sha1, sha384 and sha512", digest)
	}
	if len(blockKeys) > len(keys) {
		return nil, fmt.Errorf("there are %d block keys, but %d session keys", len(blockKeys), len(keys))
	}
	s := &seal{name: name}
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
		s.pairs = append(s.pairs, securecookie.New(key, block).HashFunc(hashes[digest]).MaxAge(0).MaxLength(0).
			SetSerializer(securecookie.NopEncoder{}))
	}
	return s, nil
}

// open is the step that opens a value whose content parse can read. Pairs may share a key and differ in the block key; then a
// wrong pair verifies too, and decrypts to noise. So a pair fits only as a whole.
func (s *seal) open(parse Parser) Step {
	return func(_ context.Context, _ *Visit, state State) (State, error) {
		value := string(state.Data)
		failure := nobody(Forged, "no session key fits")
		for _, pair := range s.pairs {
			var content []byte
			err := pair.Decode(s.name, value, &content)
			if errors.Is(err, securecookie.ErrMacInvalid) {
				continue
			}
			if err != nil {
				failure = nobody(Malformed, "%w", err)
				continue
			}
			tree, err := parse(content)
			if err != nil {
				failure = nobody(Malformed, "the session key fits, but not the block key or the serializer: %w", err)
				continue
			}
			if at := sealedAt(value); state.Issued.IsZero() || at.Before(state.Issued) {
				state.Issued = at
			}
			state.Data, state.Values = content, tree
			return state, nil
		}
		return state, failure
	}
}

// sealedAt is the date in a value that was verified: what stands before the first bar, in Unix seconds.
func sealedAt(value string) time.Time {
	text, _ := base64.URLEncoding.DecodeString(value)
	date, _, _ := strings.Cut(string(text), "|")
	seconds, _ := strconv.ParseInt(date, 10, 64)
	return time.Unix(seconds, 0)
}

// sealedText is the step from an opened value to the text that it holds.
func sealedText(_ context.Context, _ *Visit, s State) (State, error) {
	text, ok := s.Values.(string)
	if !ok {
		return s, nobody(Malformed, "the cookie holds no session id")
	}
	s.Data, s.Values = []byte(text), nil
	return s, nil
}
