package store

import (
	"net/url"
	"strings"
)

// unescapedAccount reads user:password.
func unescapedAccount(account string) (user, password string, ok bool) {
	user, password, _ = strings.Cut(account, ":")
	user, err1 := url.PathUnescape(user)
	password, err2 := url.PathUnescape(password)
	// Blanks and line breaks would end the one or the other, when they are sent.
	ok = err1 == nil && err2 == nil && !strings.ContainsAny(user+password, " \r\n") && (user == "") == (password == "")
	return user, password, ok
}

// cutLast is strings.Cut at the last of several.
func cutLast(s, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(s, separator); i >= 0 {
		return s[:i], s[i+len(separator):], true
	}
	return s, "", false
}
