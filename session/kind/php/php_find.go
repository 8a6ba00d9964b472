package php

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"tawkproxy/session/folder"
	"tawkproxy/session/kind"
)

var (
	sessionKey = regexp.MustCompile(`\$_SESSION((?:\s*\[\s*['"][^'"\]$]+['"]\s*\]){1,3})`)
	keyName    = regexp.MustCompile(`\[\s*['"]([^'"]+)['"]\s*\]`)
	idName     = regexp.MustCompile(`(?i)^(.*[_.])?(id|uid|userid|user_id|memberid|login|user|username|email)$`)
)

// findPHP reads PHP's settings, and from the site's code what it calls the things in its sessions.
func findPHP(f *folder.Folder) (found kind.Finding) {
	times := map[string]int{}
	seen := false
	own := ini{}
	f.Walk(".", ".php", func(name, text string) bool {
		seen = true
		own.code(name, text)
		for _, m := range sessionKey.FindAllStringSubmatch(text, 4000) {
			var keys []string
			for _, key := range keyName.FindAllStringSubmatch(m[1], -1) {
				keys = append(keys, key[1])
			}
			times[strings.Join(keys, ".")]++
		}
		return len(times) < 10_000
	})
	if !seen {
		return found
	}
	found.Weight, found.What = kind.Probable, "a site in PHP"
	settings := readIni(f, &found)
	for name, said := range own {
		settings[name] = said
	}
	settings.tell(&found)
	guess, why := userPath(times)
	found.Ask("TAWK_USER_ID", guess, why)
	return found
}

// userPath guesses where the user's id stands, of the keys that the code writes, and says which there are.
func userPath(times map[string]int) (guess, why string) {
	why = "where in the session the id of the user stands: user.id for $_SESSION['user']['id']"
	var names []string
	for name := range times {
		if inside, of := strings.CutSuffix(name, "."+name[strings.LastIndexByte(name, '.')+1:]); of && idName.MatchString(inside) {
			times[inside+".id"] += 0 // what has something in it probably has an id, too
		}
	}
	for name := range times {
		whole := !slices.ContainsFunc(slices.Collect(maps.Keys(times)), func(other string) bool { return strings.HasPrefix(other, name+".") })
		if whole && idName.MatchString(name) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if rank := rankOf(a) - rankOf(b); rank != 0 {
			return rank
		}
		if times[a] != times[b] {
			return times[b] - times[a]
		}
		return strings.Compare(a, b)
	})
	if len(names) == 0 {
		return "", why
	}
	const shown = 6
	list := names[:min(shown, len(names))]
	return names[0], fmt.Sprintf("%s. The code speaks of %s", why, strings.Join(list, ", "))
}

// rankOf puts numbers before names, which people change.
func rankOf(name string) int {
	last := strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	switch {
	case last == "id" || strings.HasSuffix(last, "id"):
		return 0
	case strings.HasSuffix(last, "user") || strings.HasSuffix(last, "login") || strings.HasSuffix(last, "username"):
		return 1
	}
	return 2
}
