package inject

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
)

// A policy edits the Content-Security-Policies of a page so that the inserted element may run under every one of them, and
// changes nothing else that they allow or refuse. Source: W3C CSP Level 3.
//
// Where all of them let the page load the script, by its address or by a nonce, there is nothing to edit. Else the page holds it: a
// hash of the element's text goes into the list that governs script elements; where 'unsafe-inline' is in force the list is
// left alone, because a hash beside it would switch it off and stop the site's own scripts. A nonce in the list is used
// besides: it lets the element load scripts in its turn. The hash is there for frameworks that put the next page's elements
// into this page's document, where the next page's nonce is worth nothing.
type policy struct {
	hash   string // 'sha256-…'
	needs  []need
	extend bool // add what is needed to the policies; else only say what is missing
}

// A Warning names what in a page's policies stops the program behind the element, or a part of it, though the element runs.
type Warning struct {
	Directive  string // of a Content-Security-Policy, or the name of another header
	Lacks      string // the sources missing from it, separated by spaces; empty: that it is there is what stops the program
	Extendable bool   // [Transport.ExtendPolicies] would add them
	Meta       bool   // the policy stands in a meta element of the page, where nothing can be added
}

func (w Warning) String() string {
	if w.Lacks == "" {
		return w.Directive
	}
	return w.Directive + " lacks " + w.Lacks
}

// A ruling is what a page's policies mean for the element.
type ruling struct {
	form     form      // how the element may bring the script
	nonce    string    // the element must carry it; "": none
	verdict  Reason    // why the element must not be inserted; "": it may
	warnings []Warning // sorted, each once
}

const trustedTypes = "require-trusted-types-for"

// trusts tells whether a page with these warnings demands Trusted Types of the scripts in it.
func trusts(warnings []Warning) bool {
	return slices.ContainsFunc(warnings, func(w Warning) bool { return w.Directive == trustedTypes })
}

// newPolicy returns the policy for a script of this text. The sources are what the script's program loads, by directive.
func newPolicy(text []byte, sources map[string][]string, extend bool) policy {
	sum := sha256.Sum256(text)
	return policy{"'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'", needsOf(sources), extend}
}

// allow edits the policies in h, in both headers. Values that need no change keep their bytes; all do, if the verdict forbids
// the insertion. A page for which e is nil can only hold the script.
func (p policy) allow(h http.Header, e *external) ruling {
	enforced, readable := parsePolicies(h["Content-Security-Policy"])
	if !readable {
		return ruling{verdict: Policy}
	}
	r := ruling{form: holding}
	for _, rules := range enforced.all() {
		switch sandbox := rules.directive("sandbox"); {
		case sandbox == nil:
		case !has(sandbox.sources, "allow-scripts"):
			return ruling{verdict: Sandboxed}
		case !has(sandbox.sources, "allow-same-origin"):
			r.warnings = append(r.warnings, Warning{Directive: "sandbox", Lacks: "allow-same-origin"})
			e = nil // to such a page its own origin is another
		}
	}
	// A policy that only reports stops nothing, so it warns of nothing; one that cannot be read stays as it is.
	monitored, readable := parsePolicies(h["Content-Security-Policy-Report-Only"])
	all := append(enforced.all(), monitored.all()...)
	for _, rules := range all {
		r.nonce = cmp.Or(r.nonce, nonceIn(rules))
	}
	if e != nil && readable && !wantsIntegrity(h) && e.allowed(slices.Clip(all), r.nonce) {
		if r.form = probing; e.reached() {
			r.form = fetching
		}
	}
	if r.form != fetching {
		for _, rules := range all {
			p.admit(rules)
		}
	}
	for _, rules := range enforced.all() {
		r.warnings = append(r.warnings, p.supply(rules)...)
	}
	for _, rules := range monitored.all() {
		p.supply(rules)
	}
	r.warnings = distinct(append(r.warnings, isolated(h)...))
	enforced.write(h["Content-Security-Policy"])
	monitored.write(h["Content-Security-Policy-Report-Only"])
	return r
}

// nonceIn returns the nonce that one policy has for script elements, if it has one that counts.
func nonceIn(rules *ruleset) string {
	d, _ := rules.governing(scriptElements)
	if d == nil {
		return ""
	}
	return nonceOf(d.sources)
}

// admit makes one policy allow the script in the page.
//
// Where default-src governs, it is not touched, since it governs styles, workers and more. Script elements get a directive of
// their own, a copy with the hash. Engines without script-src-elem (CSP2) read the same in script-src, which for all others
// repeats what default-src says - except for 'strict-dynamic', which counts for workers in script-src alone.
func (p policy) admit(rules *ruleset) {
	d, _ := rules.governing(scriptElements)
	if d == nil || inlineScripts(d.sources) || hasHash(d.sources, p.hash) {
		return
	}
	if d.name != "default-src" {
		d.add(p.hash)
		return
	}
	standard := *d
	rules.create("script-src-elem", standard).add(p.hash)
	if !has(standard.sources, "'strict-dynamic'") {
		rules.create("script-src", standard).add(p.hash)
	}
}

// supply adds to one policy what the program needs, if the policy is to be extended, and returns what will be missing.
func (p policy) supply(rules *ruleset) (warnings []Warning) {
	if d := rules.directive(trustedTypes); d != nil && has(d.sources, "'script'") {
		warnings = append(warnings, Warning{Directive: d.name})
	}
	for _, n := range p.needs {
		d, rank := rules.governing(n.chain)
		if d == nil {
			continue
		}
		var missing, dead []string
		for _, source := range n.missing(d) {
			if strings.EqualFold(source, "'unsafe-inline'") && inlineOff(d.sources) {
				dead = append(dead, source) // added, it would not count
			} else {
				missing = append(missing, source)
			}
		}
		switch {
		case len(missing) == 0:
		case p.extend:
			if rank > n.home {
				d = rules.create(n.chain[n.home], *d)
			}
			d.add(missing...)
		default:
			warnings = append(warnings, Warning{Directive: n.name, Lacks: strings.Join(missing, " "), Extendable: true})
		}
		if len(dead) > 0 {
			warnings = append(warnings, Warning{Directive: n.name, Lacks: strings.Join(dead, " ")})
		}
	}
	return warnings
}

// warn returns what a policy in the page itself, in a meta element behind the inserted one, will stop. It cannot be edited.
func (p policy) warn(meta string) []Warning {
	rules, readable := parseRules(meta)
	if !readable {
		return nil
	}
	p.extend = false
	warnings := p.supply(&rules)
	for i := range warnings {
		warnings[i].Extendable, warnings[i].Meta = false, true
	}
	return distinct(warnings)
}

// isolated returns the headers beside the policies that keep a page to itself, and what it loads and opens from it.
func isolated(h http.Header) (warnings []Warning) {
	for _, isolation := range [][2]string{
		{"Cross-Origin-Embedder-Policy", "require-corp"}, // refuses what others serve without a word of consent
		{"Cross-Origin-Opener-Policy", "same-origin"},    // cuts windows off that the program opens
		{"Integrity-Policy", "script"},                   // among blocked-destinations: refuses scripts without an integrity attribute
	} {
		name, value := isolation[0], isolation[1]
		words := strings.FieldsFunc(h.Get(name), func(c rune) bool { return strings.ContainsRune(" \t;,=()", c) })
		if slices.Contains(words, value) {
			warnings = append(warnings, Warning{Directive: name})
		}
	}
	return warnings
}

// wantsIntegrity reports whether a page refuses, or reports, scripts that it loads without an integrity attribute.
func wantsIntegrity(h http.Header) bool {
	return h["Integrity-Policy"] != nil || h["Integrity-Policy-Report-Only"] != nil
}

func distinct(warnings []Warning) []Warning {
	slices.SortFunc(warnings, func(a, b Warning) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(warnings)
}
