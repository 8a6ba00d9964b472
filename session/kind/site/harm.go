package site

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"slices"
	"sync"

	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
)

const (
	// HarmLoginForm: the site answers with its login form instead of what it was asked for. Servlet containers keep one request
	// of each session, to go on with it after the login (Jakarta Servlet 6.0 section 13.6.3): now it is the question.
	HarmLoginForm kind.Harm = "login_form"

	// HarmRedirect: the site redirects, in most cases to its login form. Laravel (url.intended), Devise (user_return_to) and
	// Spring Security (its request cache) keep where the guest came from in the session: now it is the question.
	HarmRedirect kind.Harm = "redirect"

	// HarmNewSession: the site gives the guest another session cookie. It is not passed on, because forms that are open belong
	// to the old session; but some sites end the old one, as phpMyAdmin does.
	HarmNewSession kind.Harm = "new_session"

	// HarmManySessions: the site begins a session with each question about a guest who has none. The visitor does not get its cookie,
	// so the next question begins another one. Only who sets the site up is told.
	HarmManySessions kind.Harm = "many_sessions"

	// HarmLoginBox: there is a field for a password on the page that the site was asked for. If the page is the same for
	// users, and has a box to log in beside its text, that is no harm.
	HarmLoginBox kind.Harm = "login_box"
)

var (
	passwordField = regexp.MustCompile(`(?i)<input\b[^>]{0,400}\btype\s*=\s*["']?password\b`)
	containerForm = []byte("j_security_check")
)

// harms judges the answer to a question about a guest.
func (a *Asker) harms(q question, answer *received) (harms []kind.Harm) {
	form := passwordField.Match(answer.body.Bytes())
	switch {
	case answer.status >= 300 && answer.status < 400:
		harms = append(harms, HarmRedirect)
	case answer.status != http.StatusOK:
	case bytes.Contains(answer.body.Bytes(), containerForm), form && a.answer.accept == "application/json":
		harms = append(harms, HarmLoginForm)
	case form:
		harms = append(harms, HarmLoginBox)
	}
	before := a.cookies(q.request, nil, recipe.Now(a.clock))
	after := a.cookies(q.request, answer.header, recipe.Now(a.clock))
	for _, c := range before {
		values := after.Values(c.Name)
		if (a.cookie == "" || c.Name == a.cookie) && len(values) > 0 && !slices.Contains(values, c.Value) {
			return append(harms, HarmNewSession)
		}
	}
	return harms
}

// begins tells whether an answer gives a cookie that is hidden from scripts, as those of sessions are, to a visitor who has none of the
// name.
func (a *Asker) begins(r *http.Request, answer *received) bool {
	has := a.cookies(r, nil, recipe.Now(a.clock))
	return slices.ContainsFunc((&http.Response{Header: answer.header}).Cookies(), func(c *http.Cookie) bool {
		return c.HttpOnly && c.MaxAge >= 0 && !a.isForeign(c.Name) && len(has.Values(c.Name)) == 0
	})
}

// manners are what is known of how the site answers about guests.
type manners struct {
	tell func(kind.Harm)

	mu    sync.Mutex
	known bool               // a guest was asked about
	told  map[kind.Harm]bool // what came of it
}

// observe takes what a question about a guest has shown.
func (m *manners) observe(harms ...kind.Harm) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known = true
	for _, harm := range harms {
		if m.told[harm] {
			continue
		}
		if m.told == nil {
			m.told = make(map[kind.Harm]bool)
		}
		m.told[harm] = true
		if m.tell != nil {
			m.tell(harm)
		}
	}
}

func (m *manners) harmful() (harmful, known bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.told) > 0, m.known
}

// mayHarm tells whether the question would do harm, if it is about a guest. As long as that is not known, the site is asked how
// it answers somebody without cookies, who has nothing to lose.
func (a *Asker) mayHarm(ctx context.Context, q question) bool {
	if harmful, known := a.manners.harmful(); known {
		return harmful
	}
	q.request = q.request.Clone(context.WithoutCancel(ctx))
	q.request.Header.Del("Cookie")
	q.request.Header.Del("Authorization")
	q.session = keyedHash{}
	if _, err := a.flights.join(ctx, "", func(ctx context.Context) reply { return a.ask(ctx, q) }); err != nil {
		return true
	}
	harmful, known := a.manners.harmful()
	return harmful || !known
}

type formKey struct{}

// containerSession tells whether a session cookie in the answer stands for the session that the guest had before: servlet
// containers show their login form with the id of the session changed, and nothing else.
func containerSession(answer *received) bool {
	return answer.status == http.StatusOK && bytes.Contains(answer.body.Bytes(), containerForm)
}

// AtForm says that the visitor who is asked about has a form to log in before their eyes: most probably a guest. The login is
// what the question could harm, and will tell more than the question.
func AtForm(ctx context.Context) context.Context { return context.WithValue(ctx, formKey{}, true) }
