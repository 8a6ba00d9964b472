package main

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
)

// userHeader is found in the names of headers by which sites and proxies in front of them name a user: X-User-Id, Remote-User,
// X-Auth-Request-Email.
var userHeader = regexp.MustCompile(`(^|-)(User|Username|Userid|Email|Login|Member|Customer|Account)(-Id|-Name|-Email|-Login|$)`)

// userHeaders lists the headers of a message that may name a user, sorted.
func userHeaders(h http.Header) []string {
	names := slices.Sorted(maps.Keys(h))
	return slices.DeleteFunc(names, func(name string) bool { return len(name) > longestName || !userHeader.MatchString(name) })
}
