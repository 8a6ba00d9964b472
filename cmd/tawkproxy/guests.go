package main

import (
	"log/slog"

	"tawkproxy/session/kind"
	"tawkproxy/session/kind/site"
)

// guestRemedies say what can be done for guests whom the questions to the site may harm.
const guestRemedies = "let TAWK_SESSION_URL be a path that answers everybody without a login, or TAWK_SESSION_COOKIE name a cookie that only " +
	"logged-in people have"

// harms says what each kind of harm is.
var harms = map[kind.Harm]string{
	site.HarmLoginForm:  "it answers guests with its login form; some sites forget then where the guest wanted to go",
	site.HarmRedirect:   "it redirects guests; some sites forget then where the guest wanted to go",
	site.HarmNewSession: "it gives guests another session cookie, which is kept from them; some sites have ended the old session then",
}

// toldOfHarm logs what the questions to the site may do to guests.
func toldOfHarm(log *slog.Logger) func(kind.Harm) {
	return func(harm kind.Harm) {
		if what, ok := harms[harm]; ok {
			log.Warn("asking the site for TAWK_SESSION_URL may harm guests; this is said once", "harm", harm, "cause", what,
				"remedy", guestRemedies)
			return
		}
		log.Info("TAWK_SESSION_URL has a field for a password; if guests get that in the place of the page, and not beside it, asking may "+
			"harm them; this is said once", "harm", harm, "remedy", guestRemedies)
	}
}
