package inject

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// outgoing returns r as it goes to the site: with codings that can be decoded, and without the conditions under which the site
// would answer with less than a whole page.
func (t *Transport) outgoing(r *http.Request) *http.Request {
	asked := asksForPage(r.Header)
	plain := asked && (t.Compress == CompressProxy || t.Compress == CompressNever)
	accept := r.Header["Accept-Encoding"]
	wanted := accept
	if len(accept) > 0 {
		wanted = askable(accept, plain)
	}
	drop := slices.DeleteFunc(conditions(r, asked), func(field string) bool { return r.Header[field] == nil })
	if len(drop) == 0 && slices.Equal(wanted, accept) {
		return r
	}
	out := r.WithContext(r.Context()) // a shallow copy
	out.Header = maps.Clone(r.Header)
	if len(accept) > 0 {
		out.Header["Accept-Encoding"] = wanted
	}
	remove(out.Header, drop)
	return out
}

// conditions lists the fields that a request for a page goes without. If-Match and If-Unmodified-Since stay: they protect what
// is written. A request that only might be for a page keeps its validators and ranges: most are for scripts and images.
func conditions(r *http.Request, asksForPage bool) []string {
	fields := []string{"Available-Dictionary", "Dictionary-Id"} // RFC 9842: a diff to a page that was inserted into
	if asksForPage && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		fields = append(fields, "If-None-Match", "If-Modified-Since", "If-Range", "Range")
	}
	return fields
}

// Fields that are untrue, or lead to untrue answers, once a page's bytes have changed: validators and ranges, digests (RFC 1864,
// RFC 3230, RFC 9530), signatures over them (RFC 9421), and the use as a compression dictionary (RFC 9842).
var ofOtherBytes = []string{
	"Etag", "Last-Modified", "Accept-Ranges",
	"Content-Md5", "Digest", "Content-Digest", "Repr-Digest",
	"Signature", "Signature-Input", "Use-As-Dictionary",
}

// Fields by which shared caches are told to keep a page, whatever Cache-Control says.
var forSharedCaches = []string{
	"Expires", "Age", "Surrogate-Control", "Cdn-Cache-Control", "Cloudflare-Cdn-Cache-Control", "Vercel-Cdn-Cache-Control",
	"Netlify-Cdn-Cache-Control", "Akamai-Cache-Control", "Edge-Control", "X-Accel-Expires",
}

// altered makes the header of a page true whose bytes are no longer the site's; private says that they belong to one reader.
func altered(h http.Header, private bool) {
	remove(h, ofOtherBytes)
	if !private {
		return
	}
	remove(h, forSharedCaches)
	control := "private, no-cache"
	if hasDirective(h, "no-store") {
		control = "private, no-store"
	}
	h["Cache-Control"] = []string{control}
}

// shared reports whether the site lets shared caches keep an answer, and says for how long (RFC 9111 sections 3 and 4.2.1). What
// a cache may only guess from Last-Modified does not count, nor what sets a cookie: caches in practice do not keep that.
func shared(answer *http.Response) bool {
	h := answer.Header
	for _, forbidden := range []string{"private", "no-store", "no-cache"} {
		if hasDirective(h, forbidden) {
			return false
		}
	}
	public := hasDirective(h, "public")
	switch {
	case h["Set-Cookie"] != nil, varies(h, ""):
		return false
	case answer.Request != nil && answer.Request.Header["Authorization"] != nil && !public:
		return false
	}
	for _, age := range []string{"s-maxage", "max-age"} {
		if value, ok := directive(h["Cache-Control"], age); ok {
			return positive(value)
		}
	}
	for _, field := range forSharedCaches {
		if value, ok := directive(h[field], "max-age"); ok && positive(value) {
			return true
		}
	}
	expires, err := http.ParseTime(h.Get("Expires"))
	date, undated := http.ParseTime(h.Get("Date"))
	return public || positive(h.Get("X-Accel-Expires")) || err == nil && undated == nil && expires.After(date)
}

func positive(number string) bool {
	n, err := strconv.ParseUint(strings.Trim(number, `"`), 10, 64)
	return err == nil && n > 0
}

// encoded makes the header of a page true that leaves in another coding than it came, or whose coding was chosen here.
func (t *Transport) encoded(h http.Header, came, leaves coding) {
	switch {
	case leaves == identity:
		h.Del("Content-Encoding")
	case leaves != came:
		h.Set("Content-Encoding", leaves.String())
	}
	chosen := t.Compress != CompressNever && (came != identity || t.Compress == CompressProxy)
	if chosen && !varies(h, "accept-encoding") {
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

// hasDirective reports whether Cache-Control has a directive, with or without a value.
func hasDirective(h http.Header, name string) bool {
	_, ok := directive(h["Cache-Control"], name)
	return ok
}

// directive returns the value of a directive in a list like that of Cache-Control.
func directive(fields []string, name string) (value string, ok bool) {
	for element := range elements(fields) {
		found, value, _ := strings.Cut(element, "=")
		if strings.EqualFold(strings.TrimSpace(found), name) {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}

func remove(h http.Header, fields []string) {
	for _, field := range fields {
		delete(h, field)
	}
}
