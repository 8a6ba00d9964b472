package inject

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// An act is something that a page does and that a policy may refuse. This is a second reading of CSP Level 3, made for the
// tests alone and sharing nothing with the code under test: the acts are judged as the algorithms there say.
type act struct {
	kind   string // the effective directive; or eval, wasm, navigation (a javascript: URL), sandbox FLAG
	inline string // the text of what stands in the page; "": a URL is loaded
	url    string
	nonce  string // of the element
	sri    string // integrity of the element: a hash source without its quotes
	parser bool   // written in the page, not made by a script
}

func inlineScript(text, nonce string) act {
	return act{kind: "script-src-elem", inline: text, nonce: nonce, parser: true}
}

// A judge is a header as an engine reads it.
type judge struct {
	policies []map[string][]string // directives by name
	reports  bool                  // and does nothing else
}

func judgeOf(h http.Header, key string) judge {
	j := judge{reports: key == monitor}
	for _, field := range h[key] {
		for policy := range strings.SplitSeq(field, ",") {
			j.policies = append(j.policies, directivesOf(policy))
		}
	}
	return j
}

// allows reports whether every policy allows the act on a page of https://site.test.
func (j judge) allows(a act) bool {
	return !slices.ContainsFunc(j.policies, func(directives map[string][]string) bool { return !a.allowedBy(directives, j.reports) })
}

func directivesOf(policy string) map[string][]string {
	directives := map[string][]string{}
	for token := range strings.SplitSeq(policy, ";") {
		words := strings.Fields(token)
		if len(words) == 0 || strange.MatchString(token) {
			continue
		}
		name := strings.ToLower(words[0])
		if _, duplicate := directives[name]; !duplicate {
			directives[name] = words[1:]
		}
	}
	return directives
}

var fallbacks = map[string]string{
	"script-src-elem": "script-src-elem script-src default-src",
	"script-src-attr": "script-src-attr script-src default-src",
	"navigation":      "script-src-elem script-src default-src",
	"eval":            "script-src default-src",
	"wasm":            "script-src default-src",
	"style-src-elem":  "style-src-elem style-src default-src",
	"style-src-attr":  "style-src-attr style-src default-src",
	"worker-src":      "worker-src child-src script-src default-src",
	"frame-src":       "frame-src child-src default-src",
	"form-action":     "form-action",
	"base-uri":        "base-uri",
	"frame-ancestors": "frame-ancestors",
	"connect-src":     "connect-src default-src",
	"font-src":        "font-src default-src",
	"img-src":         "img-src default-src",
	"manifest-src":    "manifest-src default-src",
	"media-src":       "media-src default-src",
	"object-src":      "object-src default-src",
}

func (a act) allowedBy(directives map[string][]string, reports bool) bool {
	if flag, ok := strings.CutPrefix(a.kind, "sandbox "); ok {
		list, present := directives["sandbox"]
		return !present || reports || slices.Contains(list, flag)
	}
	for name := range strings.FieldsSeq(fallbacks[a.kind]) {
		if list, present := directives[name]; present {
			return a.matches(list, name)
		}
	}
	return true
}

var (
	strange     = regexp.MustCompile(`[^ -~\t\n\f\r]`)
	nonceSource = regexp.MustCompile(`^(?i:'nonce-)([A-Za-z0-9+/_-]+={0,2})'$`)
	hashSource  = regexp.MustCompile(`^'(?i:(sha256|sha384|sha512))-([A-Za-z0-9+/_-]+={0,2})'$`)
	hostSource  = regexp.MustCompile(`^(?:([A-Za-z][A-Za-z0-9+.-]*)://)?` +
		`(\*|(?:\*\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?::([0-9]+|\*))?(/[^;,]*)?$`)
	scheme = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*):$`)
)

func (a act) matches(list []string, governing string) bool {
	lower := strings.Fields(strings.ToLower(strings.Join(list, " ")))
	dynamic := slices.Contains(lower, "'strict-dynamic'")
	switch {
	case a.kind == "eval":
		return slices.Contains(lower, "'unsafe-eval'")
	case a.kind == "wasm":
		return slices.Contains(lower, "'unsafe-eval'") || slices.Contains(lower, "'wasm-unsafe-eval'")
	case a.inline != "":
		return a.inlineMatches(list, lower, dynamic)
	}
	if a.kind == "script-src-elem" || a.kind == "style-src-elem" {
		for _, s := range list {
			if m := nonceSource.FindStringSubmatch(s); m != nil && m[1] == a.nonce {
				return true
			}
		}
	}
	if a.kind == "script-src-elem" || governing == "script-src" {
		if a.sri != "" && slices.Contains(list, "'"+a.sri+"'") {
			return true
		}
		if dynamic {
			return !a.parser
		}
	}
	return slices.ContainsFunc(list, func(s string) bool { return urlMatches(a.url, s) })
}

func (a act) inlineMatches(list, lower []string, dynamic bool) bool {
	style := strings.HasPrefix(a.kind, "style")
	closed := slices.ContainsFunc(list, func(s string) bool { return nonceSource.MatchString(s) || hashSource.MatchString(s) })
	if slices.Contains(lower, "'unsafe-inline'") && !closed && (style || !dynamic) {
		return true
	}
	element := a.kind == "script-src-elem" || a.kind == "style-src-elem"
	for _, s := range list {
		if m := nonceSource.FindStringSubmatch(s); m != nil && element && a.nonce == m[1] {
			return true
		}
		m := hashSource.FindStringSubmatch(s)
		if m == nil || !element && !slices.Contains(lower, "'unsafe-hashes'") {
			continue
		}
		var sum []byte
		switch strings.ToLower(m[1]) {
		case "sha256":
			s := sha256.Sum256([]byte(a.inline))
			sum = s[:]
		case "sha384":
			s := sha512.Sum384([]byte(a.inline))
			sum = s[:]
		case "sha512":
			s := sha512.Sum512([]byte(a.inline))
			sum = s[:]
		}
		if base64.StdEncoding.EncodeToString(sum) == strings.NewReplacer("-", "+", "_", "/").Replace(m[2]) {
			return true
		}
	}
	return false
}

func urlMatches(address, source string) bool {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	web := slices.Contains([]string{"http", "https", "ws", "wss"}, u.Scheme)
	if source == "*" {
		return web
	}
	if strings.EqualFold(source, "'self'") {
		return u.Host == "site.test" && (u.Scheme == "https" || u.Scheme == "wss")
	}
	schemes := func(listed string) bool {
		switch listed = strings.ToLower(listed); listed {
		case "http", "ws":
			return u.Scheme == listed || u.Scheme == listed+"s"
		}
		return u.Scheme == listed
	}
	if m := scheme.FindStringSubmatch(source); m != nil {
		return schemes(m[1])
	}
	m := hostSource.FindStringSubmatch(source)
	if m == nil || u.Host == "" {
		return false
	}
	if m[1] != "" && !schemes(m[1]) || m[1] == "" && u.Scheme != "https" {
		return false
	}
	host := strings.ToLower(m[2])
	if tail, wild := strings.CutPrefix(host, "*"); !(host == u.Hostname() || wild && strings.HasSuffix(u.Hostname(), tail)) {
		return false
	}
	ports := map[string]string{"http": "80", "ws": "80", "https": "443", "wss": "443"}
	port, listed := u.Port(), m[3]
	if port == "" {
		port = ports[u.Scheme]
	}
	if listed == "" {
		listed = ports[u.Scheme]
	}
	if listed != "*" && listed != port {
		return false
	}
	path := m[4]
	return path == "" || path == u.Path || strings.HasSuffix(path, "/") && strings.HasPrefix(u.Path, path)
}
