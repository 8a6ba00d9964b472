package inject

import (
	"slices"
	"strings"
)

// A rule is one directive of a Content-Security-Policy: a name and, mostly, a list of sources.
type rule struct {
	text    string   // as written, up to the semicolon
	name    string   // lower case; empty where two semicolons meet
	sources []string // as written
}

// A ruleset is one Content-Security-Policy. Written back unedited it is what was read, byte for byte.
type ruleset struct{ list []rule }

// parseRules reads one policy (CSP3, "parse a serialized CSP"). It reports false for bytes outside of ASCII text: engines
// disagree about those, so that nobody can say what the policy means. Such a policy has no directives.
func parseRules(text string) (ruleset, bool) {
	if strings.ContainsFunc(text, func(c rune) bool { return (c < ' ' || c > '~') && !strings.ContainsRune(space, c) }) {
		return ruleset{[]rule{{text: text}}}, false
	}
	var rules ruleset
	for part := range strings.SplitSeq(text, ";") {
		d := rule{text: part}
		if words := strings.Fields(part); len(words) > 0 {
			d.name, d.sources = strings.ToLower(words[0]), words[1:]
		}
		rules.list = append(rules.list, d)
	}
	return rules, true
}

const space = " \t\n\f\r"

// String returns the policy as a header carries it.
func (rules *ruleset) String() string {
	texts := make([]string, len(rules.list))
	for i, d := range rules.list {
		texts[i] = d.text
	}
	return strings.Join(texts, ";")
}

// directive returns the directive of this name that counts, which is the first, or nil.
func (rules *ruleset) directive(name string) *rule {
	for i := range rules.list {
		if rules.list[i].name == name {
			return &rules.list[i]
		}
	}
	return nil
}

// governing returns the first of these directives that the policy has, and its rank among the names; nil means that the
// policy restricts nothing here (CSP3, "should fetch directive execute").
func (rules *ruleset) governing(names []string) (*rule, int) {
	for rank, name := range names {
		if d := rules.directive(name); d != nil {
			return d, rank
		}
	}
	return nil, len(names)
}

// create gives the policy a new directive that begins as a copy of another one. Nonces and hashes, which are for script and
// style elements, are not copied to where they mean nothing.
func (rules *ruleset) create(name string, like rule) *rule {
	d := rule{text: " " + name, name: name}
	d.add(slices.DeleteFunc(slices.Clone(like.sources), func(source string) bool {
		elements := strings.HasPrefix(name, "script-src") || strings.HasPrefix(name, "style-src")
		return !elements && inlineOff([]string{source})
	})...)
	end := len(rules.list)
	for end > 1 && rules.list[end-1].name == "" {
		end--
	}
	rules.list = slices.Insert(rules.list, end, d)
	return &rules.list[end]
}

// add appends sources to a directive. 'none' counts only where it stands alone, and goes when something joins it.
func (d *rule) add(sources ...string) {
	if len(sources) == 0 {
		return
	}
	joined := strings.Join(sources, " ")
	if d.denies() && len(d.sources) > 0 {
		at := strings.Index(d.text, d.sources[0])
		d.text, d.sources = d.text[:at]+joined, slices.Clone(sources)
		return
	}
	d.text = strings.TrimRight(d.text, space) + " " + joined
	d.sources = append(slices.Clip(d.sources), sources...)
}

// denies reports whether a directive lists nothing at all.
func (d *rule) denies() bool {
	return !slices.ContainsFunc(d.sources, func(s string) bool { return !strings.EqualFold(s, "'none'") })
}

// policies are those of one header, which may come in several fields and have several policies in each, between commas.
type policies [][]ruleset

// maxPolicies bounds the policies of one header, in bytes: more than most servers and proxies take.
const maxPolicies = 16 << 10

// parsePolicies reads the policies of a header (CSP3, "parse a serialized CSP list"). It reports false if one of them cannot be
// read; it returns none if they are too long.
func parsePolicies(fields []string) (list policies, readable bool) {
	size := 0
	for _, field := range fields {
		size += len(field)
	}
	if size > maxPolicies {
		return nil, false
	}
	readable = true
	for _, field := range fields {
		var members []ruleset
		for text := range strings.SplitSeq(field, ",") {
			rules, ok := parseRules(text)
			members, readable = append(members, rules), readable && ok
		}
		list = append(list, members)
	}
	return list, readable
}

// all returns every policy, to be edited in place.
func (list policies) all() (all []*ruleset) {
	for _, members := range list {
		for i := range members {
			all = append(all, &members[i])
		}
	}
	return all
}

// write puts the policies back into the fields from which they were read.
func (list policies) write(fields []string) {
	for i, members := range list {
		texts := make([]string, len(members))
		for j := range members {
			texts[j] = members[j].String()
		}
		fields[i] = strings.Join(texts, ",")
	}
}
