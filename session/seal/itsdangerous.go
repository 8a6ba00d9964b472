package seal

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
)

// A dangerousSigner checks what itsdangerous/signer.py of Python's library itsdangerous signed: value.signature. The digest is
// told by the length of the signature.
type dangerousSigner struct {
	keys map[int][][]byte // by the length of a signature in base 64: the derived keys, newest first
}

// dangerousDigests are the digests by the length of their signatures.
var dangerousDigests = map[int]func() hash.Hash{27: sha1.New, 43: sha256.New, 64: sha512.New384, 86: sha512.New}

// NewDangerousSigner derives the keys: by hmac (also ""), concat, django-concat or none, as itsdangerous names it.
func NewDangerousSigner(secrets [][]byte, salt, derivation string) (*dangerousSigner, error) {
	if len(secrets) == 0 {
		return nil, errors.New("the secret key is missing")
	}
	s := &dangerousSigner{keys: map[int][][]byte{}}
	for length, digest := range dangerousDigests {
		for i, secret := range secrets {
			if len(secret) == 0 {
				return nil, fmt.Errorf("secret key %d is empty", i+1)
			}
			derived := digest()
			switch derivation {
			case "hmac":
				derived = hmac.New(digest, secret)
				derived.Write([]byte(salt))
				secret = derived.Sum(nil)
			case "concat":
				derived.Write([]byte(salt + string(secret)))
				secret = derived.Sum(nil)
			case "django-concat":
				derived.Write([]byte(salt + "signer" + string(secret)))
				secret = derived.Sum(nil)
			case "none":
			default:
				return nil, fmt.Errorf("the key derivation %q is none of hmac, concat, django-concat and none", derivation)
			}
			s.keys[length] = append(s.keys[length], secret)
		}
	}
	return s, nil
}

// Unsign is the step from a signed value to the value.
func (d *dangerousSigner) Unsign(_ context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
	at := bytes.LastIndexByte(s.Data, '.')
	if at < 0 {
		return s, session.Nobodyf(session.Malformed, "not a signed value")
	}
	value, signature := s.Data[:at], s.Data[at+1:]
	genuine := false
	for _, key := range d.keys[len(signature)] {
		mac := hmac.New(dangerousDigests[len(signature)], key)
		mac.Write(value)
		genuine = hmac.Equal(signature, []byte(base64.RawURLEncoding.EncodeToString(mac.Sum(nil)))) || genuine
	}
	if !genuine {
		return s, session.Nobodyf(session.Forged, "no secret key fits")
	}
	v.Tell("a secret key fits its signature")
	s.Data = value
	return s, nil
}

// DangerousEpoch is the beginning of 2011, from which itsdangerous counted seconds before version 1.1. No session is older.
const DangerousEpoch = 1293840000

// DangerousPayload is the step from what URLSafeTimedSerializer signs, payload.time, to the payload.
func DangerousPayload(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	at := bytes.LastIndexByte(s.Data, '.')
	if at < 0 {
		return s, session.Nobodyf(session.Malformed, "a signed value without its time")
	}
	stamp, err := base64.RawURLEncoding.DecodeString(string(s.Data[at+1:]))
	if err != nil || len(stamp) > 5 {
		return s, session.Nobodyf(session.Malformed, "a signed value whose time is none")
	}
	var seconds int64
	for _, b := range stamp {
		seconds = seconds<<8 | int64(b)
	}
	if seconds < DangerousEpoch {
		seconds += DangerousEpoch
	}
	s.Issued = time.Unix(seconds, 0)
	if s.Data, err = compressed(s.Data[:at], "."); err != nil {
		return s, session.Nobodyf(session.Malformed, "signed value: %w", err)
	}
	return s, nil
}
