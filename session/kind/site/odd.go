package site

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"tawkproxy/session"
)

// loginPath is found in the paths of most login forms.
var loginPath = regexp.MustCompile(`(?i)(log|sign)[-_]?(in|on)|anmeld|connexion|auth|account|sso`)

// redirected says what is odd about a redirect as the answer to a question. Where it leads is named only as far as that is no person's
// data: sites redirect /profile to /users/ada.
func redirected(asked *http.Request, answer *received) *session.OddError {
	const browse = "open TAWK_SESSION_URL in a browser in which you are logged in: it must answer itself"
	to, err := asked.URL.Parse(answer.header.Get("Location"))
	if err != nil {
		return &session.OddError{What: "the site redirects the question", Remedy: browse}
	}
	same := strings.Trim(to.Path, "/") == strings.Trim(asked.URL.Path, "/")
	elsewhere := to.Host != "" && !strings.EqualFold(to.Host, asked.Host) && !strings.EqualFold(to.Hostname(), hostname(asked.Host))
	switch {
	case same && elsewhere:
		return &session.OddError{What: "the site redirects the question to another host", Certain: true,
			Remedy: "let the proxy in front pass on the Host header that visitors send: the site knows itself by another name than the one it gets"}
	case same && to.Scheme == "https" && asked.Header.Get("X-Forwarded-Proto") != "https":
		return &session.OddError{What: "the site redirects the question to https",
			Remedy: "let the proxy in front, which ends TLS, set X-Forwarded-Proto: https, and stand in TAWK_TRUSTED_PROXIES"}
	case same && to.Path != asked.URL.Path:
		return &session.OddError{What: "the site redirects the question to the same path, but for the slash at its end", Certain: true,
			Remedy: "write that path into TAWK_SESSION_URL: " + to.Path}
	case loginPath.MatchString(to.Path):
		return &session.OddError{What: "the site redirects the question to its login",
			Remedy: "that is right for guests; if somebody was logged in, TAWK_SESSION_URL is not for them, or their session is not what the site asks for there"}
	}
	return &session.OddError{What: "the site redirects the question to another page", Remedy: browse}
}

func hostname(host string) string { return (&url.URL{Host: host}).Hostname() }

// scriptsAlone is what to look at where a site may answer its own scripts alone, which say so by headers.
const scriptsAlone = "if the site answers JSON to its own scripts alone, TAWK_SESSION_HEADERS=X-Requested-With=XMLHttpRequest asks as they do"

// notJSON says what came in the place of JSON.
func notJSON(asked *http.Request, answer *received) *session.OddError {
	kind, _, _ := strings.Cut(answer.header.Get("Content-Type"), ";")
	what := "the site's answer is not JSON"
	switch {
	case answer.body.Len() == 0:
		what = "the site's answer is empty, not JSON"
	case passwordField.Match(answer.body.Bytes()):
		what = "the site's answer is a page with a form to log in, not JSON"
	case strings.Contains(kind, "html"):
		what = "the site's answer is an HTML page, not JSON"
	}
	remedy := "TAWK_SESSION_URL must be an address that answers scripts with JSON, for those who are logged in at least; " +
		"out of a page, TAWK_SESSION_ANSWER=html reads what CSS selectors name"
	if asked.Header.Get("X-Requested-With") == "" {
		remedy += "; " + scriptsAlone
	}
	return &session.OddError{What: what, Remedy: remedy}
}

// unwelcome says that the site does not take the question as it is.
func unwelcome(status int) *session.OddError {
	return &session.OddError{What: fmt.Sprintf("the site answered with status %d %s", status, http.StatusText(status)),
		Remedy: "which headers does a browser's network panel show for a request to TAWK_SESSION_URL that is answered well? " +
			"TAWK_SESSION_HEADERS sends such as Accept and X-Requested-With along"}
}

// notFound says that a question may lead nowhere.
func notFound(status int) *session.OddError {
	return &session.OddError{What: fmt.Sprintf("the site answered with status %d %s", status, http.StatusText(status)),
		Remedy: "is there such a page as TAWK_SESSION_URL says? Open it in a browser in which you are logged in"}
}

// crowdedPlace says that a path does not lead to one text.
func crowdedPlace(path string, n int) *session.OddError {
	if expressed(path) {
		return &session.OddError{What: fmt.Sprintf("ambiguous: %s finds %d different texts on the page, one is needed", path, n), Certain: true,
			Remedy: "let TAWK_USER_ID find nothing but the visitor's own id, by more of what stands before it, or by a selector for one script or element"}
	}
	return &session.OddError{What: fmt.Sprintf("%d elements match %s, one is needed", n, path), Certain: true,
		Remedy: "let TAWK_USER_ID match the one element in which the visitor's own id stands, such as one in the page's menu"}
}

// cutEscape says that an expression takes a piece of a text.
func cutEscape(path string) *session.OddError {
	return &session.OddError{What: fmt.Sprintf("what %s finds ends or begins in the middle of an escape, such as that of a quotation mark", path), Certain: true,
		Remedy: `let the group be the whole text between the quotation marks, as "((?:[^"\\]|\\.)*)" is`}
}

func expressed(path string) bool {
	place, err := newPlace(path)
	return err == nil && place.within != nil
}

// unfound puts into words why a page names nobody: where its answer is JSON, the mapping has.
func (r answerReader) unfound(tree any, id string, err error) error {
	if reason, _ := session.NobodyReason(err); r.accept != "text/html" || reason != session.NoUser {
		return err
	}
	fields, _ := tree.(map[string]any)
	switch found := fields[id].(type) {
	case []any:
		if len(found) == 0 {
			return session.Nobodyf(session.NoUser, "there is what the selector of %s matches, but its expression finds nothing there", id)
		}
		return &session.Nobody{Reason: session.NoUser, Err: crowdedPlace(id, len(found))}
	case error:
		return &session.Nobody{Reason: session.NoUser, Err: cutEscape(id)}
	case nil:
		return session.Nobodyf(session.NoUser, "no element of the page that has a text matches %s", id)
	}
	return err
}
