package seal

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"math"
	"strings"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// DjangoKeys are the SECRET_KEY of a site and its fallbacks, newest first.
type DjangoKeys [][]byte

// macs calls yield with the MAC of value under each key, as salted_hmac of django/utils/crypto.py makes it, until yield returns
// true. Django has signed with SHA-256 since 3.1, and before, or if DEFAULT_HASHING_ALGORITHM said so, with SHA-1.
func (keys DjangoKeys) macs(salt string, value []byte, yield func(mac []byte) bool) bool {
	for _, key := range keys {
		for _, digest := range []func() hash.Hash{sha256.New, sha1.New} {
			derived := digest()
			derived.Write([]byte(salt))
			derived.Write(key)
			mac := hmac.New(digest, derived.Sum(nil))
			mac.Write(value)
			if yield(mac.Sum(nil)) {
				return true
			}
		}
	}
	return false
}

// Unsign is the step that opens a text signed by django/core/signing.py with that salt: payload:time:signature. Without keys,
// which only a trusted store allows, the signature is not looked at.
func (keys DjangoKeys) Unsign(salt string) recipe.Step {
	return func(_ context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
		at := bytes.LastIndexByte(s.Data, ':')
		stamp := bytes.LastIndexByte(s.Data[:max(at, 0)], ':')
		if stamp < 0 {
			return s, session.Nobodyf(session.Malformed, "not a text signed by Django")
		}
		signed, signature := s.Data[:at], s.Data[at+1:]
		genuine := keys.macs(salt+"signer", signed, func(mac []byte) bool {
			return hmac.Equal(signature, []byte(base64.RawURLEncoding.EncodeToString(mac)))
		})
		if len(keys) > 0 && !genuine {
			return s, session.Nobodyf(session.Forged, "no secret key fits")
		}
		if genuine {
			v.Tell("a secret key fits its signature")
		}
		seconds, err := base62(signed[stamp+1:])
		if err != nil {
			return s, session.Nobodyf(session.Malformed, "signed text: %w", err)
		}
		s.Issued = time.Unix(seconds, 0)
		s.Data, err = compressed(signed[:stamp], ".")
		if err != nil {
			return s, session.Nobodyf(session.Malformed, "signed text: %w", err)
		}
		return s, nil
	}
}

// legacy is the step that opens a record of a Django before 3.1: base64 of a MAC in hex, a colon, and the values.
func (keys DjangoKeys) legacy(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	decoded, err := base64.StdEncoding.DecodeString(string(s.Data))
	if err != nil {
		return s, session.Nobodyf(session.Malformed, "the record is not base 64")
	}
	signature, values, ok := bytes.Cut(decoded, []byte(":"))
	if !ok {
		return s, session.Nobodyf(session.Malformed, "the record is not signed")
	}
	genuine := keys.macs("django.contrib.sessionsSessionStore", values, func(mac []byte) bool {
		return hmac.Equal(signature, []byte(hex.EncodeToString(mac)))
	})
	if len(keys) > 0 && !genuine {
		return s, session.Nobodyf(session.Forged, "no secret key fits")
	}
	s.Data = values
	return s, nil
}

// compressed decodes base 64 text of the URL alphabet, with or without padding; a mark before it says that it holds a zlib
// stream.
func compressed(text []byte, mark string) ([]byte, error) {
	encoded, deflated := strings.CutPrefix(string(text), mark)
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil {
		return nil, errors.New("not base 64")
	}
	if deflated {
		return record.Inflate(data)
	}
	return data, nil
}

// base62 reads a number in the digits of django/utils/baseconv.py.
func base62(digits []byte) (int64, error) {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	var n int64
	for _, digit := range digits {
		value := strings.IndexByte(alphabet, digit)
		if value < 0 || n > math.MaxInt32 {
			return 0, errors.New("the time is not a number in base 62")
		}
		n = n*62 + int64(value)
	}
	return n, nil
}
