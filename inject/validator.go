package inject

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
)

// A validator is what an entity tag of ours stands for: a version of the site's page, by the site's own word, and what the
// element in it says. As a tag (RFC 9110 section 8.8.3) it is written
//
//	W/"<the site's><mark><kind><print>"
//
// It is weak because the same page may leave in several codings. It replaces the site's ETag; a site that has none is known by
// Last-Modified, which goes, too: by either a cache could otherwise get a 304 for a page with another element.
type validator struct {
	kind  byte
	value string // of the site's ETag or Last-Modified, as the site wrote it
	print string // see [Transport.print]
}

// The kinds of what the site sent.
const (
	strongTag = 's' // "…"
	weakTag   = 'w' // W/"…"
	oddTag    = 'o' // a value of ETag that is neither
	date      = 'd' // a value of Last-Modified
)

const (
	tagMark     = "~tp"
	printBytes  = 12
	printLength = printBytes * 4 / 3
)

// wording is how what cannot stand within a tag is written there.
var wording = base64.RawURLEncoding.Strict()

// validatorOf returns the validator of a page that came with this header, without a print, and false if the site gave it none.
func validatorOf(h http.Header) (validator, bool) {
	tag, changed := h.Get("Etag"), h.Get("Last-Modified")
	opaque, weak, ok := opaqueOf(tag)
	switch {
	case tag == "":
		return validator{kind: date, value: changed}, changed != ""
	case !ok || opaque == "":
		return validator{kind: oddTag, value: tag}, true
	case weak:
		return validator{kind: weakTag, value: tag}, true
	}
	return validator{kind: strongTag, value: tag}, true
}

// tag returns the entity tag.
func (v validator) tag() string {
	opaque, _, _ := opaqueOf(v.value)
	if v.kind == oddTag || v.kind == date {
		opaque = wording.EncodeToString([]byte(v.value))
	}
	return `W/"` + opaque + tagMark + string(v.kind) + v.print + `"`
}

// parseTag reads an entity tag that [validator.tag] has made, and reports false for any other. Caches in between may have
// dropped its W/.
func parseTag(tag string) (validator, bool) {
	const tail = len(tagMark) + 1 + printLength
	opaque, _, ok := opaqueOf(tag)
	at := len(opaque) - tail
	if !ok || at < 1 || opaque[at:at+len(tagMark)] != tagMark {
		return validator{}, false
	}
	v := validator{kind: opaque[at+len(tagMark)], print: opaque[len(opaque)-printLength:]}
	if _, err := wording.DecodeString(v.print); err != nil {
		return validator{}, false
	}
	switch v.kind {
	case strongTag:
		v.value = `"` + opaque[:at] + `"`
	case weakTag:
		v.value = `W/"` + opaque[:at] + `"`
	case oddTag, date:
		value, err := wording.DecodeString(opaque[:at])
		if v.value = string(value); err != nil || strings.ContainsFunc(v.value, notInHeaders) {
			return validator{}, false
		}
	default:
		return validator{}, false
	}
	return v, true
}

// notInHeaders tells which characters no header can have: what a browser made up must not be passed on.
func notInHeaders(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }

// opaqueOf takes an entity tag apart. It reports false for what is none.
func opaqueOf(tag string) (opaque string, weak, ok bool) {
	opaque, weak = strings.CutPrefix(tag, "W/")
	if len(opaque) < 2 || opaque[0] != '"' || opaque[len(opaque)-1] != '"' {
		return "", false, false
	}
	opaque = opaque[1 : len(opaque)-1]
	for i := range len(opaque) {
		if c := opaque[i]; c <= ' ' || c == '"' || c == 0x7f {
			return "", false, false
		}
	}
	return opaque, weak, true
}

// print returns a keyed digest of everything about a page that is not the site's: what the element says on it, if it has one,
// how it brings the script, and what policies are made to allow. Two pages with the same print differ in nothing that was done here.
func (t *Transport) print(p Payload, form form) string {
	mac := hmac.New(sha256.New, t.Key)
	fmt.Fprintf(mac, "%x %t %c ", t.fixed().version, p.Data != nil, form)
	mac.Write(p.Data)
	return wording.EncodeToString(mac.Sum(nil)[:printBytes])
}
