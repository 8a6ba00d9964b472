package inject

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// metaPolicies returns the policies that stand in meta elements of a page's head behind an offset, as far as the bytes go. A
// page that looks as if it had none is not taken apart.
func metaPolicies(page []byte, behind int) (policies []string) {
	if !mentionsPolicy(page[behind:]) {
		return nil
	}
	s := scanner{page: page, whole: true}
	s.seek(behind)
	for t := s.next(); !t.cut && (t.policy || t.staysInHead()); t = s.next() {
		if t.policy {
			policies = append(policies, contentOf(page[t.start:t.end]))
		}
		if t.holdsText() && !s.skipText() {
			break
		}
	}
	return policies
}

// mentionsPolicy reports whether there is an attribute http-equiv, which few pages have behind the element's place. Its q is the rarest
// letter in pages, so that looking for it costs next to nothing.
func mentionsPolicy(page []byte) bool {
	const name, before = "http-equiv", len("http-e")
	for _, q := range []byte("qQ") {
		for at := 0; ; at++ {
			next := bytes.IndexByte(page[at:], q)
			if next < 0 {
				break
			}
			if at += next; at >= before && hasPrefixFold(page[at-before:], name) {
				return true
			}
		}
	}
	return false
}

func hasPrefixFold(text []byte, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(string(text[:len(prefix)]), prefix)
}

// contentOf returns the attribute content of a meta tag.
func contentOf(tag []byte) string {
	tokens := html.NewTokenizer(bytes.NewReader(tag))
	tokens.Next()
	_, more := tokens.TagName()
	for more {
		var key, value []byte
		if key, value, more = tokens.TagAttr(); string(key) == "content" {
			return string(value)
		}
	}
	return ""
}
