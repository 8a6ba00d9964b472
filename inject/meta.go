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

const httpEquiv = "content-security-policy"

// mentionsPolicy reports whether a meta tag seems to have a policy.
func mentionsPolicy(page []byte) bool {
	for _, opening := range []string{"<m", "<M"} { // looking for two bytes costs next to nothing
		for rest := page; ; {
			_, tag, found := bytes.Cut(rest, []byte(opening))
			if !found {
				break
			}
			rest = tag
			if hasPrefixFold(tag, "eta") && namesPolicy(tag) {
				return true
			}
		}
	}
	return false
}

// namesPolicy reports whether a tag has the name of the policy's header in it.
func namesPolicy(tag []byte) bool {
	if end := bytes.IndexByte(tag, '>'); end >= 0 {
		tag = tag[:end]
	}
	for i := range tag {
		if tag[i] == '-' && i >= len("content") && hasPrefixFold(tag[i-len("content"):], httpEquiv) {
			return true
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
