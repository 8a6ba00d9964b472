package sql

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/record"
)

// digests are the steps that make one.
var digests = map[string]func() hash.Hash{"md5": md5.New, "sha1": sha1.New, "sha224": sha256.New224, "sha256": sha256.New, "sha384": sha512.New384,
	"sha512": sha512.New}

// parseLink reads one step.
func parseLink(word string, secrets setting.Keys) (link, error) {
	name, argument, argued := strings.Cut(word, ":")
	l := link{name: word, adds: word == "secret" || name == "prefix", whole: word == "lower" || word == "upper"}
	if made := digests[word]; made != nil {
		l.digest = true
		l.do = func(value []byte) ([]byte, error) {
			h := made()
			h.Write(value)
			return h.Sum(nil), nil
		}
		return l, nil
	}
	if digest, keyed := strings.CutPrefix(word, "hmac_"); keyed && digests[digest] != nil {
		l.digest = true
		return l, l.keyed(secrets, func(secret, value []byte) []byte {
			h := hmac.New(digests[digest], secret)
			h.Write(value)
			return h.Sum(nil)
		})
	}
	switch word {
	case "url":
		l.do = func(value []byte) ([]byte, error) { return []byte(cookie.PhpCookieValue(string(value))), nil }
	case "base64", "base64url":
		l.do = unbase64
	case "hex":
		l.do = func(value []byte) ([]byte, error) { return hex.DecodeString(string(value)) }
	case "lower":
		l.do = func(value []byte) ([]byte, error) { return bytes.ToLower(value), nil }
	case "upper":
		l.do = func(value []byte) ([]byte, error) { return bytes.ToUpper(value), nil }
	case "secret":
		return l, l.keyed(secrets, func(secret, value []byte) []byte { return slices.Concat(value, secret) })
	case "signed:express":
		if len(secrets) == 0 {
			return l, errNoSecret(word)
		}
		l.do = func(value []byte) ([]byte, error) { return unsignExpress(value, secrets) }
	}
	switch {
	case l.do != nil:
		return l, nil
	case !argued || argument == "":
		return l, fmt.Errorf("has a step %s, which is not known", setting.Quote(word))
	case name == "json":
		l.do = at(argument, record.ParseJSON)
	case name == "php_serialize":
		l.do = at(argument, record.ParsePHP)
	case name == "prefix":
		l.do = func(value []byte) ([]byte, error) { return append([]byte(argument), value...), nil }
	case name == "part":
		return part(word, argument)
	default:
		return l, fmt.Errorf("has a step %s, which is not known", setting.Quote(word))
	}
	return l, nil
}

func errNoSecret(word string) error {
	return fmt.Errorf("has the step %s, but TAWK_SESSION_ID_SECRET is not set", word)
}

// keyed completes a step that takes the one secret.
func (l *link) keyed(secrets setting.Keys, do func(secret, value []byte) []byte) error {
	if len(secrets) == 0 {
		return errNoSecret(l.name)
	}
	if len(secrets) > 1 {
		return fmt.Errorf("has the step %s, which takes one secret, but TAWK_SESSION_ID_SECRET holds %d", l.name, len(secrets))
	}
	secret := []byte(secrets[0].Reveal())
	l.do = func(value []byte) ([]byte, error) { return do(secret, value), nil }
	return nil
}

// part is the step to a part of a value: part:SEPARATOR:N, counted from 1, or from the end by less than 0.
func part(word, argument string) (link, error) {
	end := strings.LastIndexByte(argument, ':')
	n, err := strconv.Atoi(argument[end+1:])
	if end < 1 || err != nil || n == 0 || n > mostValue || n < -mostValue {
		return link{}, fmt.Errorf("has a step %s, which is written part:.:1 for what is in front of the first dot, part:.:-1 for what is behind the last",
			setting.Quote(word))
	}
	separator := []byte(argument[:end])
	return link{name: word, do: func(value []byte) ([]byte, error) {
		parts := bytes.Split(value, separator)
		at := n - 1
		if n < 0 {
			at = len(parts) + n
		}
		if len(parts) < 2 || at < 0 || at >= len(parts) {
			return nil, errors.New("there is no such part")
		}
		return parts[at], nil
	}}, nil
}

// at is the step to the text at a path.
func at(path string, parse record.Parser) func([]byte) ([]byte, error) {
	return func(value []byte) ([]byte, error) {
		tree, err := parse(value)
		if err != nil {
			return nil, err
		}
		text := record.TextAt(tree, path)
		if text == "" {
			return nil, errors.New("there is nothing at that path")
		}
		return []byte(text), nil
	}
}

// unbase64 decodes both alphabets, padded or not, in one line or several.
func unbase64(value []byte) ([]byte, error) {
	text := strings.NewReplacer("-", "+", "_", "/", "\r", "", "\n", "").Replace(string(value))
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
}

// unsignExpress opens s:value.signature, as the Node library cookie-signature makes it.
func unsignExpress(value []byte, secrets setting.Keys) ([]byte, error) {
	value, ok := bytes.CutPrefix(value, []byte("s:"))
	end := bytes.LastIndexByte(value, '.')
	if !ok || end < 0 {
		return nil, errors.New("it is not signed")
	}
	genuine := false
	for _, secret := range secrets {
		h := hmac.New(sha256.New, []byte(secret.Reveal()))
		h.Write(value[:end])
		genuine = hmac.Equal(value[end+1:], []byte(base64.RawStdEncoding.EncodeToString(h.Sum(nil)))) || genuine
	}
	if !genuine {
		return nil, &session.Nobody{Reason: session.Forged, Err: errors.New("no secret fits the cookie's signature")}
	}
	return value[:end], nil
}
