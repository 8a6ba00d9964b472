package main

import (
	"cmp"
	"slices"
	"strings"

	"tawkproxy/config"
	"tawkproxy/config/setting"
	"tawkproxy/session"
)

// sessionRemedies says, for each reason why a visit has no user, what to look at: by the settings that are in force.
type sessionRemedies struct {
	cfg   *config.Config
	kind  setting.Variant
	about session.About
	set   map[string]bool // what is set, by name
}

func newRemedies(cfg *config.Config, about session.About) sessionRemedies {
	m := sessionRemedies{cfg, cfg.Chosen(), about, map[string]bool{}}
	for _, pair := range cfg.LogValue().Group() {
		m.set[pair.Key] = true
	}
	return m
}

// all lists them.
func (m sessionRemedies) all() map[session.Reason]string {
	keys := m.inForce(m.kind.Keys)
	cookie := "what TAWK_SESSION_COOKIE names"
	switch {
	case m.set["TAWK_JWT_HEADER"]:
		cookie = "what TAWK_JWT_HEADER names"
	case !m.set["TAWK_SESSION_COOKIE"]:
		cookie = "the cookie of the usual name (TAWK_SESSION_COOKIE is not set)"
	}
	forged := "is " + cookie + " the site's session?"
	if keys != "" {
		forged = "is " + keys + " what the site itself has, several keys with commas and no blanks between? " + strings.ToUpper(forged[:1]) + forged[1:]
	}
	if m.kind.Name == "laravel" {
		forged += " Is TAWK_LARAVEL_CIPHER the cipher in config/app.php?"
	}
	malformed := "are the sessions those of TAWK_SESSION=" + m.kind.Name + ", in " + cookie
	if len(m.kind.Forms) > 0 {
		malformed += ", and written as " + strings.Join(m.kind.Forms, " and ") + " says"
	}
	if m.kind.Name == "site" {
		malformed = "does TAWK_SESSION_URL answer with what TAWK_SESSION_ANSWER says"
	}
	noUser := "is TAWK_USER_ID the path to the user's id in the session? TAWK_LOG_LEVEL=debug names the keys that there are"
	switch kind := m.kind.Name; {
	case kind == "sql" && !m.set["TAWK_SESSION_RECORD"]:
		noUser = "does TAWK_SESSION_QUERY name the user's id in its column id? Of a guest, that is 0 or nothing"
	case kind == "site", kind == "response" && m.set["TAWK_SESSION_URL"]:
		noUser = "does TAWK_SESSION_URL answer the visitor's own cookies with 200 and, at TAWK_USER_ID, the user's id? " +
			"Some sites do so with further headers only (TAWK_SESSION_HEADERS). TAWK_LOG_LEVEL=debug says what there is instead"
	case kind == "header":
		noUser = "does the proxy in front send the header of TAWK_USER_ID, or of the product in TAWK_HEADER_PROXY, to tawkproxy?"
	case kind == "response":
		noUser = "does the site add the header that TAWK_USER_ID names to its pages?"
	case m.cfg.User.Query != "":
		noUser += "; does TAWK_USER_QUERY find the user?"
	}
	return map[session.Reason]string{
		session.NoCookie:  "if one of these is the site's session cookie, write its name into TAWK_SESSION_COOKIE" + m.usual(),
		session.Forged:    forged,
		session.Malformed: malformed + "?",
		session.NoRecord:  m.record(),
		session.Expired:   "unless the session is old indeed: is TAWK_SESSION_MAX_AGE too short, or the clock wrong?",
		session.Untrusted: "who says so is not believed: see TAWK_TRUSTED_PROXIES, or for tokens their issuer and audience",
		session.Ambiguous: "visitors send several sessions at once: does a neighbouring site set a cookie of this name?",
		session.Unmet:     "the session is not as TAWK_SESSION_REQUIRE demands",
		session.NoUser:    noUser,
	}
}

// usual says where the name comes from that is looked for.
func (m sessionRemedies) usual() string {
	if m.set["TAWK_SESSION_COOKIE"] {
		return ", which has another"
	}
	return ", which is not set: looked for is the usual name of TAWK_SESSION=" + m.kind.Name
}

// inForce joins those of the settings that are set; if none is, the first stands for them.
func (m sessionRemedies) inForce(names []string) string {
	set := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !m.set[name] })
	if len(set) == 0 {
		set = names[:min(len(names), 1)]
	}
	return strings.Join(set, " and ")
}

// store names the setting that says where the sessions are.
func (m sessionRemedies) store() string {
	for _, name := range []string{"TAWK_PHP_SAVE_PATH", "TAWK_SESSION_STORE"} {
		if m.set[name] {
			return name
		}
	}
	return "TAWK_USER_DSN"
}

// record says what may be wrong where a store does not know a session.
func (m sessionRemedies) record() string {
	name := m.store()
	text := "unless the session has ended: is what " + name + " names where the site keeps its sessions"
	switch records := m.about.Records; {
	case m.kind.Name == "sql":
		return "unless the session has ended: does TAWK_SESSION_ID make of " + cmp.Or(m.cfg.Session.Cookie, "the cookie") +
			" what stands in the table that TAWK_SESSION_QUERY compares it with, and is that in the database of " + m.databaseOfSessions() + "?"
	case m.kind.Name == "wordpress":
		text += ", and TAWK_WORDPRESS_TABLE_PREFIX its prefix of tables"
	case records == "mongodb":
		text += ", with the right database behind the host, and the collection its own (TAWK_SESSION_TABLE)"
	case records == "table", name == "TAWK_USER_DSN":
		text += ", and the table its own (TAWK_SESSION_TABLE)"
	case records == "memcached":
		ofRedis := func(name string) bool { return strings.Contains(name, "=") || strings.Contains(name, "REDIS") }
		prefixes := slices.DeleteFunc(slices.Clone(m.kind.Prefixes), ofRedis)
		return text + ", its servers in the site's own order and by its own names, the hash (?hash=) that of its client, and the prefix the right one (" +
			strings.Join(prefixes, ", ") + ")? Memcached also forgets when it is full or was started anew"
	case records == "redis":
		text += ", with the right number of the database (the 0 in redis://host:6379/0; database= in a save path)"
		if prefixes := m.kind.Prefixes; len(prefixes) > 0 {
			text += " and the right prefix (" + strings.Join(prefixes, ", ") + ")"
		}
	case records == "files":
		text += ", and can that folder be seen from here"
	}
	return text + "?"
}
