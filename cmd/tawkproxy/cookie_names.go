package main

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Names of cookies come from strangers: that many are named in a line of the log, each of so many bytes at most.
const (
	mostNames   = 5
	longestName = 64
)

var (
	// cookieToken is what names of cookies may hold (RFC 6265 section 4.1.1), and the colon that some sites use.
	cookieToken = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+.^_|~:-]+$`)

	// sessionLike is found in the names of most session cookies: PHPSESSID, connect.sid, auth_token, wordpress_logged_in_….
	sessionLike = regexp.MustCompile(`(?i)sess|sid$|(^|[^a-z])sid([^a-z]|$)|auth|login|logged|token|remember|jwt|ticket`)

	// notSession is found in the names of cookies of analytics, consent, protection against forged requests, load balancers and
	// bot filters, of ourselves and of the widget, and of what a visitor likes to see.
	notSession = regexp.MustCompile(`(?i)^__?(ga|gid|gat|gcl|gads|gpi|eoi|fb[pc]|hj|pk_|utm|clck|clsk|uet|hs|scid|ttp|pin_|cf|ddg|mkto|lfa|vwo)` +
		`|^(mixpanel|mp_|mtm_|amp_|ajs_|amplitude|intercom|hubspotutk|optimizely|crisp|drift|twk_|tawk|ph_|sentry|li_|cf_|awsalb|serverid` +
		`|incap_ses|visid_|nlbi_|ak_bmsc|bm_s|datadome|wp-settings|wordpress_test|lang|locale|i18n|theme|timezone|tz$|currency)` +
		`|consent|csrf|xsrf|cookielaw|cookie_notice|cmplz|borlabs|analytics`)
)

// cookieNames lists the names of the cookies of a request.
func cookieNames(r *http.Request) (names []string) {
	for _, line := range r.Header["Cookie"] {
		for pair := range strings.SplitSeq(line, ";") {
			if name, _, ok := strings.Cut(pair, "="); ok {
				names = append(names, strings.TrimSpace(name))
			}
		}
	}
	return names
}

// presentable keeps the names that can be shown and may be those of a session: each once, the most likely first, and then as they
// came. It also returns how many of them are likely.
func presentable(names []string, likely func(name string) bool) (shown []string, first int) {
	for _, name := range names {
		if len(name) > longestName || !cookieToken.MatchString(name) || notSession.MatchString(name) || slices.Contains(shown, name) {
			continue
		}
		if !likely(name) {
			shown = append(shown, name)
			continue
		}
		shown = slices.Insert(shown, first, name)
		first++
	}
	return shown[:min(len(shown), mostNames)], min(first, mostNames)
}
