package inject

import (
	"bytes"
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A form is how an element brings the script to a page.
type form byte

const (
	holding  form = 'h' // it holds the text
	probing  form = 'p' // it could load it, but whether browsers get there is not known yet: it holds the text, and says where to try
	fetching form = 'f' // it loads it
)

// An external is the script under its own address, as one page sees it: what decides whether the page may load it.
type external struct {
	scheme, host, port string // of the page, and so of the address
	path               string
	metas              []string    // policies in the page itself
	reached            func() bool // whether browsers are known to get there
}

// external returns the script's address on the page that r asks for, nil if there is none.
func (t *Transport) external(r *http.Request) *external {
	if t.Script.Src == "" {
		return nil
	}
	scheme, address := origin(r)
	host, port := splitHost(strings.ToLower(address))
	return &external{
		scheme: strings.ToLower(scheme), host: host, port: port, path: t.Script.Src,
		reached: func() bool { return t.Reached == nil || t.Reached(r) },
	}
}

// on adds what stands in the page itself: policies behind the place of the element, and what is in front of it. It returns nil if
// a base element there leads the address astray; one behind the place comes too late to do so.
func (e *external) on(metas []string, front []byte) *external {
	if e == nil || e.rebased(front) {
		return nil
	}
	e.metas = metas
	return e
}

// allowed reports whether all policies let the page load the script, by the nonce or by its address. Where they demand Trusted
// Types, which scripts meet that put the element into another page, or integrity, the answer is no.
func (e *external) allowed(policies []*ruleset, nonce string) bool {
	for _, meta := range e.metas {
		rules, readable := parseRules(meta)
		if !readable {
			return false
		}
		policies = append(policies, &rules)
	}
	return !slices.ContainsFunc(policies, func(rules *ruleset) bool { return !e.allowedBy(rules, nonce) })
}

// allowedBy asks one policy (CSP3, "script directives pre-request check").
func (e *external) allowedBy(rules *ruleset, nonce string) bool {
	d, _ := rules.governing(scriptElements)
	switch {
	case rules.directive(trustedTypes) != nil, rules.directive("require-sri-for") != nil:
		return false
	case e.scheme != "https" && rules.directive("upgrade-insecure-requests") != nil: // it would be asked for at another origin
		return false
	case d == nil:
		return true
	case nonce != "" && slices.ContainsFunc(d.sources, func(s string) bool {
		listed, ok := quoted(s, "'nonce-")
		return ok && listed == nonce
	}):
		return true
	case has(d.sources, "'strict-dynamic'"): // for scripts that the parser meets, addresses do not count then
		return false
	}
	return slices.ContainsFunc(d.sources, e.matches)
}

// matches compares the address with a source (CSP3, "does url match expression in origin with redirect count"). Where engines
// disagree, as about hosts that are numbers, or where the page's scheme is not known, it does not match.
func (e *external) matches(source string) bool {
	switch {
	case source == "*", strings.EqualFold(source, "'self'"):
		return true
	case strings.HasPrefix(source, "'"):
		return false
	}
	listed := parseURLSource(source)
	scheme := listed.scheme == e.scheme || listed.scheme == "http" && e.scheme == "https"
	if strings.HasSuffix(source, ":") {
		return scheme
	}
	suffix, wild := strings.CutPrefix(listed.host, "*")
	host := listed.host == e.host || wild && (suffix == "" || suffix[0] == '.' && strings.HasSuffix(e.host, suffix))
	standard := map[string]string{"http": "80", "https": "443"}[e.scheme]
	port := listed.port == "*" || listed.port == e.port || listed.port == "" && e.port == standard ||
		e.port == "" && listed.port == standard
	path := listed.path == "" || listed.path == e.path || strings.HasSuffix(listed.path, "/") && strings.HasPrefix(e.path, listed.path)
	_, rest, _ := strings.Cut(source, "://")
	odd := standard == "" || strings.Trim(e.host, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" ||
		strings.Trim(e.host, "0123456789.") == "" || strings.Contains(cmp.Or(rest, source), ":/")
	return !odd && (scheme || listed.scheme == "") && host && port && path
}

// rebased reports whether a base element in front of the script's place leads its address to another origin.
func (e *external) rebased(front []byte) bool {
	if !mentionsBase(front) {
		return false
	}
	page := url.URL{Scheme: e.scheme, Host: e.host, Path: "/"}
	if e.port != "" {
		page.Host += ":" + e.port
	}
	for tokens := html.NewTokenizer(bytes.NewReader(front)); tokens.Next() != html.ErrorToken; {
		token := tokens.Token()
		if token.DataAtom != atom.Base {
			continue
		}
		for _, a := range token.Attr {
			if a.Key != "href" {
				continue
			}
			base, err := url.Parse(strings.Trim(a.Val, space))
			if err != nil || strings.Contains(a.Val, `\`) {
				return true
			}
			base = page.ResolveReference(base)
			return base.Scheme != page.Scheme || !strings.EqualFold(base.Host, page.Host)
		}
	}
	return false
}

func mentionsBase(front []byte) bool {
	for {
		at := bytes.IndexByte(front, '<')
		if at < 0 {
			return false
		}
		if front = front[at+1:]; hasPrefixFold(front, "base") {
			return true
		}
	}
}
