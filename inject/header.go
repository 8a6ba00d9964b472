package inject

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// outgoing returns r as it goes to the site: with codings that can be decoded, and with conditions about the site's own page
// only. Held are the browser's copies to which a 304 would refer.
func (t *Transport) outgoing(r *http.Request) (out *http.Request, held []validator) {
	asked := asksForPage(r.Header)
	accept := r.Header["Accept-Encoding"]
	wanted := accept
	if len(accept) > 0 {
		wanted = askable(accept, asked && (t.Compress == CompressProxy || t.Compress == CompressNever))
	}
	if asked {
		wanted = gzipFirst(wanted)
	}
	has := func(field string) bool { return r.Header[field] != nil }
	conditional := repeatable(r) && slices.ContainsFunc(conditions, has)
	if !conditional && !slices.ContainsFunc(dictionaries, has) && slices.Equal(wanted, accept) {
		return r, nil
	}
	out = r.WithContext(r.Context()) // a shallow copy
	out.Header = maps.Clone(r.Header)
	if len(accept) > 0 {
		out.Header["Accept-Encoding"] = wanted
	}
	remove(out.Header, dictionaries)
	if conditional {
		held = translate(out.Header, asked)
	}
	return out, held
}

// dictionaries are the fields that ask for a diff to a page that was inserted into (RFC 9842).
var dictionaries = []string{"Available-Dictionary", "Dictionary-Id"}

// repeatable reports whether a request writes nothing and can be sent again.
func repeatable(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && (r.Body == nil || r.Body == http.NoBody)
}

// Fields that are untrue, or lead to untrue answers, once a page's bytes have changed: validators and ranges, digests (RFC 1864,
// RFC 3230, RFC 9530), signatures over them (RFC 9421), and the use as a compression dictionary (RFC 9842).
var ofOtherBytes = []string{
	"Etag", "Last-Modified", "Accept-Ranges",
	"Content-Md5", "Digest", "Content-Digest", "Repr-Digest",
	"Signature", "Signature-Input", "Use-As-Dictionary",
}

// altered makes the header of a page true that is no longer the site's alone.
func (t *Transport) altered(h http.Header, p Payload, form form) {
	site, known := validatorOf(h)
	remove(h, ofOtherBytes)
	if known && t.Key != nil {
		site.print = t.print(p, form)
		h["Etag"] = []string{site.tag()}
	}
	if p.Private {
		personal(h)
	}
}

// encoded makes the header of a page true that leaves in another coding than it came, or whose coding was chosen here.
func (t *Transport) encoded(h http.Header, came, leaves coding) {
	switch {
	case leaves == identity:
		h.Del("Content-Encoding")
	case leaves != came:
		h.Set("Content-Encoding", leaves.String())
	}
	if came != identity || t.Compress == CompressProxy {
		t.chosen(h)
	}
}

// chosen makes the header of a page true whose coding may have been chosen here.
func (t *Transport) chosen(h http.Header) {
	if t.Compress != CompressNever && !varies(h, "accept-encoding") {
		h.Add("Vary", "Accept-Encoding")
	}
}

// varies reports whether the answer depends on a request field, or on anything at all.
func varies(h http.Header, on string) bool {
	for field := range elements(h["Vary"]) {
		if field == "*" || on != "" && strings.EqualFold(field, on) {
			return true
		}
	}
	return false
}

// setLength sets an answer's length where it has to stand twice; -1 means unknown.
func setLength(answer *http.Response, length int64) {
	answer.ContentLength = length
	if length < 0 {
		answer.Header.Del("Content-Length")
		return
	}
	answer.Header.Set("Content-Length", strconv.FormatInt(length, 10))
}

func remove(h http.Header, fields []string) {
	for _, field := range fields {
		delete(h, field)
	}
}
