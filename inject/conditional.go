package inject

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// conditions are the fields by which a browser says what it has already (RFC 9110 section 13.1). If-Match and
// If-Unmodified-Since are not among them: they protect what is written.
var conditions = []string{"If-None-Match", "If-Modified-Since", "If-Range", "Range"}

// translate turns the conditions of a request that may be for a page, in h, a header that can be changed, into what the site
// understands, and returns which of the browser's copies they stand for. Our tags become the site's own again.
//
// Where a page is asked for, every other condition goes: it speaks of a copy from before the proxy, or without the element. So it
// does beside a tag of ours, which only pages have. Whatever else is asked for keeps its conditions to the byte, and so does a
// request for the rest of a download, which looks like one for a page; see [partOfPage].
func translate(h http.Header, asksForPage bool) (held []validator) {
	for tag := range elements(h["If-None-Match"]) {
		if v, ours := parseTag(tag); ours {
			held = append(held, v)
		}
	}
	if len(held) == 0 && !asksForPage {
		return nil
	}
	if len(held) == 0 && resumes(h) {
		remove(h, []string{"If-None-Match", "If-Modified-Since"})
		return nil
	}
	remove(h, conditions)
	isDate := func(v validator) bool { return v.kind == date }
	tags := slices.DeleteFunc(slices.Clone(held), isDate)
	switch {
	case len(tags) > 0: // sites ignore a date beside tags
		h["If-None-Match"] = []string{strings.Join(values(tags), ", ")}
		return tags
	case len(values(held)) == 1: // there is no way to ask about two dates
		h["If-Modified-Since"] = values(held)
		return held
	}
	return nil
}

// resumes reports whether a request is for the rest of what the browser has the beginning of. Chromium says If-Range then,
// Firefox If-Match or If-Unmodified-Since.
func resumes(h http.Header) bool {
	return h["Range"] != nil && (h["If-Range"] != nil || h["If-Match"] != nil || h["If-Unmodified-Since"] != nil)
}

// partOfPage reports whether a request that may be for a page got a part of one: of a copy from before the proxy.
func partOfPage(r *http.Request, answer *http.Response) bool {
	return answer.StatusCode == http.StatusPartialContent && isHTML(answer.Header) &&
		repeatable(r) && asksForPage(r.Header) && !isDownload(answer.Header.Get("Content-Disposition"))
}

// values lists the site's words in validators, each once.
func values(list []validator) (all []string) {
	for _, v := range list {
		if !slices.Contains(all, v.value) {
			all = append(all, v.value)
		}
	}
	return all
}

// unmodified decides about an answer 304 to a request for which the browser holds these copies. If one of them is still what
// the page would be now, in the site's part and in ours, the header becomes that of this page; if none is, it reports false:
// the answer must not go out.
func (t *Transport) unmodified(answer *http.Response, held []validator) bool {
	f := t.say(answer)
	if f.verdict != Inserted && !f.withheld() {
		return false
	}
	copies := named(held, answer.Header.Get("Etag"))
	for _, form := range []form{fetching, probing, holding} {
		now := t.print(f.payload, form)
		i := slices.IndexFunc(copies, func(v validator) bool { return v.print == now })
		if i < 0 {
			continue
		}
		header := answer.Header.Clone()
		if f.verdict == Inserted && !t.admits(answer.Request, header, form) {
			continue
		}
		t.chosen(header)
		t.altered(header, f.payload, form)
		header["Etag"] = []string{copies[i].tag()}
		remove(header, []string{"Content-Length", "Content-Encoding"}) // would be of the site's bytes
		answer.Header = header
		return true
	}
	return false
}

// admits reports whether a copy of a page with an element of this form may be shown under the policies in h, which it edits. A copy
// that only needs to hold the script as long as nobody is known to get to its address does not outlast that.
func (t *Transport) admits(r *http.Request, h http.Header, form form) bool {
	e := t.external(r)
	switch {
	case form == holding:
		e = nil
	case form == fetching && e != nil:
		e.reached = func() bool { return true }
	}
	ruling := t.fixed().policy.allow(h, e)
	return ruling.verdict == "" && ruling.form == form
}

// named returns those of the copies that a 304 with this ETag is about; all of them, if they agree that it can be no other.
func named(held []validator, etag string) []validator {
	other := func(v validator) bool { return !sameTag(v.value, etag) }
	if matching := slices.DeleteFunc(slices.Clone(held), other); len(matching) > 0 {
		return matching
	}
	if len(values(held)) == 1 {
		return held
	}
	return nil
}

// sameTag compares entity tags as conditions do: weak or not (RFC 9110 section 8.8.3.2).
func sameTag(a, b string) bool {
	opaque, _, ok := opaqueOf(a)
	other, _, comparable := opaqueOf(b)
	return a == b || ok && comparable && opaque == other
}

// unconditional returns the request r without conditions.
func unconditional(r *http.Request) *http.Request {
	out := r.WithContext(r.Context()) // a shallow copy
	out.Header = maps.Clone(r.Header)
	remove(out.Header, conditions)
	return out
}
