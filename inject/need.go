package inject

import (
	"maps"
	"slices"
	"strings"
)

// A need is what the program behind the element loads in one way.
type need struct {
	name    string   // the directive as the caller calls it
	chain   []string // the directives that may govern it: the first that a policy has does
	home    int      // the last of them that governs nothing else, so that it can take additions
	sources []string
}

var scriptElements = []string{"script-src-elem", "script-src", "default-src"}

// needsOf turns sources by directive into needs (CSP3, "get fetch directive fallback list"). There script-src stands for script
// elements, style-src for style elements and attributes.
func needsOf(sources map[string][]string) (needs []need) {
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		wanted := sources[name]
		switch name {
		case "script-src", "script-src-elem":
			needs = append(needs, need{name, scriptElements, 0, wanted})
		case "style-src":
			needs = append(needs, need{name, []string{"style-src-elem", name, "default-src"}, 1, wanted})
			if has(wanted, "'unsafe-inline'") {
				attributes := []string{"style-src-attr", name, "default-src"}
				needs = append(needs, need{name, attributes, 1, []string{"'unsafe-inline'"}})
			}
		case "style-src-elem", "style-src-attr":
			needs = append(needs, need{name, []string{name, "style-src", "default-src"}, 0, wanted})
		case "worker-src":
			needs = append(needs, need{name, []string{name, "child-src", "script-src", "default-src"}, 0, wanted})
		case "frame-src":
			needs = append(needs, need{name, []string{name, "child-src", "default-src"}, 0, wanted})
		case "form-action":
			needs = append(needs, need{name, []string{name}, 0, wanted})
		default:
			needs = append(needs, need{name, []string{name, "default-src"}, 0, wanted})
		}
	}
	return needs
}

// missing returns the needed sources that the governing directive does not allow yet.
func (n need) missing(d *rule) (sources []string) {
	if has(d.sources, "'strict-dynamic'") && (n.chain[0] == "script-src-elem" || d.name == "script-src") {
		return nil // whatever a running script loads is allowed, and addresses are not looked at
	}
	for _, source := range n.sources {
		if strings.EqualFold(source, "'unsafe-inline'") {
			if !inlineStyles(d.sources) {
				sources = append(sources, source)
			}
		} else if !slices.ContainsFunc(d.sources, func(listed string) bool { return covers(listed, source) }) {
			sources = append(sources, source)
		}
	}
	return sources
}
