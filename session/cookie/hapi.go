package cookie

import "strings"

// hapiCookies reads cookies as hapi does (@hapi/statehood, lib/index.js): quotation marks around a value are taken off, nothing is
// decoded, and several of a name are a list, in which no site looks for a session: it counts as empty. What hapi refuses a whole
// request for does not matter here: there is no page then.
func hapiCookies(header string) Cookies {
	var jar cookieJar
	lists := map[string]bool{}
	for pair := range strings.SplitSeq(header, ";") {
		name, value, found := strings.Cut(pair, "=")
		if !found {
			continue
		}
		name, value = trimScript(name), trimScript(value)
		if len(value) > 1 && strings.HasPrefix(value, `"`) && strings.HasSuffix(value, `"`) {
			value = value[1 : len(value)-1]
		}
		if at := jar.find(name); at >= 0 && jar.cookies[at].Value != "" {
			lists[name] = true
		}
		if lists[name] {
			value = ""
		}
		jar.last(name, value)
	}
	return jar.cookies
}

// Iron are those of a site with iron-session, in Next.js or elsewhere, or with hapi.
func Iron() []Reader { return append(Next(), hapiCookies) }
