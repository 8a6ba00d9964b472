package config

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"tawkproxy/config/setting"
)

// prefix begins the name of every setting, and of nothing else.
const prefix = "TAWK_"

// injected matches what Kubernetes and Docker put into the environment for a service or a linked container that is called tawk
// or tawk-something: TAWK_SERVICE_HOST, TAWK_SHOP_SERVICE_PORT_HTTP, TAWK_PORT=tcp://…, TAWK_PORT_80_TCP_ADDR.
var injected = regexp.MustCompile(
	`^TAWK_(\w+_)?(SERVICE_HOST=|SERVICE_PORT(_\w+)?=|PORT=(tcp|udp|sctp)://|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?=|NAME=/.+/)`)

// unknownNames makes a mistake of every name that is no setting's.
func unknownNames(values map[string]string, known []string) setting.Mistakes {
	var mistakes setting.Mistakes
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if slices.Contains(known, name) || injected.MatchString(name+"="+values[name]) {
			continue
		}
		remedy := "remove it; tawkproxy help lists every setting"
		if near := nearest(name, known); near != "" {
			remedy = "did you mean " + near + "?"
		}
		mistakes = append(mistakes, setting.Mistake{Name: name, What: "no such setting", Remedy: remedy})
	}
	return mistakes
}

// nearest finds the known name that is most like name, "" if all have less than half of it in common.
func nearest(name string, known []string) string {
	if setting, file := strings.CutSuffix(name, fileSuffix); file && slices.Contains(known, setting) {
		return setting
	}
	near, least := "", (len(name)-len(prefix))/2+1
	for _, candidate := range known {
		if d := distance(name, candidate); d < least {
			near, least = candidate, d
		}
	}
	return near
}

// kindRemedy says which kind of sessions may be meant by a word that is none. The first of all kinds fits any site.
func kindRemedy(word string, kinds []string) string {
	word = strings.ToLower(word)
	for _, kind := range kinds {
		if plain := strings.ReplaceAll(kind, "-", ""); word == kind || len(kind) > 2 && strings.Contains(word, kind) || strings.Contains(word, plain) && len(plain) > 3 {
			return "did you mean " + kind + "?"
		}
	}
	return "write " + kinds[0] + ", by which any site can be asked, or " + strings.Join(kinds[1:], " or ")
}

// distance is how many bytes must be put in, taken out or changed to get from a to b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
