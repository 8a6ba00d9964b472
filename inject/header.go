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

// shared reports whether the site lets shared caches keep an answer, explicitly (RFC 9111 section 3 and 4.2.1; what a cache
// may only guess from Last-Modified does not count). Caches in practice do not keep what sets a cookie.
func shared(answer *http.Response) bool {
	h := answer.Header
	if h["Set-Cookie"] != nil || hasDirective(h, "private") || hasDirective(h, "no-store") || hasDirective(h, "no-cache") {
		return false
	}
	if answer.Request != nil && answer.Request.Header["Authorization"] != nil && !hasDirective(h, "public") {
		return false
	}
	if hasDirective(h, "public") || hasDirective(h, "s-maxage") || hasDirective(h, "max-age") {
		return true
	}
	return slices.ContainsFunc(forSharedCaches, func(field string) bool { return field != "Age" && h[field] != nil })
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

func varies(h http.Header, on string) bool {
	for field := range elements(h["Vary"]) {
		if field == "*" || strings.EqualFold(field, on) {
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
func hasDirective(h http.Header, directive string) bool {
	for element := range elements(h["Cache-Control"]) {
		name, _, _ := strings.Cut(element, "=")
		if strings.EqualFold(strings.TrimSpace(name), directive) {
			return true
		}
	}
	return false
}

func remove(h http.Header, fields []string) {
	for _, field := range fields {
		delete(h, field)
	}
}
