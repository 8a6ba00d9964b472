package admin

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// A door lets those in who know the token. Without one, it lets in who asks on this machine, if only this machine can: by its
// name or address, because browsers ask there for pages of the web, too, whose names may have been led here (DNS rebinding).
type door struct {
	token func() string
	local bool
}

// enteredCookie shows that a browser has been let in. Its value follows from the token, and does not lead to it. Cookies do not tell
// ports apart, so the site's browser may send it along; the proxy keeps what begins like this from the site.
const enteredCookie = "tawkproxy_admin"

// Words for those who are not let in.
const (
	noToken  = "closed: TAWK_ADMIN_LISTEN is not an address of this machine alone, so TAWK_ADMIN_TOKEN must be set"
	badName  = "closed: ask for 127.0.0.1 or localhost, or set TAWK_ADMIN_TOKEN"
	badToken = "closed: the token of TAWK_ADMIN_TOKEN is needed, as Authorization: Bearer TOKEN or ?token=TOKEN"
)

func (d *door) guard(inside http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head(w)
		switch {
		case d.token() == "" && !d.local:
			http.Error(w, noToken, http.StatusForbidden)
		case d.token() == "" && !ownName(r.Host):
			http.Error(w, badName, http.StatusForbidden)
		case d.token() != "" && !d.knows(r):
			d.refuse(w, r, false)
		case r.URL.Path == "/" && r.URL.Query().Has("token"):
			d.letIn(w, r) // the address with the token in it shall not stay in sight
		default:
			inside.ServeHTTP(w, r)
		}
	})
}

// head writes what all answers have in their header.
func head(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", policy)
}

// knows tells whether a request comes with the token, or from a browser that was let in.
func (d *door) knows(r *http.Request) bool {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return same(strings.TrimSpace(token), d.token())
	}
	if cookie, err := r.Cookie(enteredCookie); err == nil && same(cookie.Value, d.entered()) {
		return true
	}
	token := r.URL.Query().Get("token")
	return token != "" && same(token, d.token())
}

// enter takes the form in which a person typed the token.
func (d *door) enter(w http.ResponseWriter, r *http.Request) {
	head(w)
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4<<10))
	form, _ := url.ParseQuery(string(body))
	switch {
	case d.token() == "":
		http.Error(w, noToken, http.StatusForbidden)
	case err != nil || !same(strings.TrimSpace(form.Get("token")), d.token()):
		d.refuse(w, r, true)
	default:
		d.letIn(w, r)
	}
}

func (d *door) letIn(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{
		Name: enteredCookie, Value: d.entered(), Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https",
	})
	http.Redirect(w, r, "./", http.StatusSeeOther)
}

// refuse asks a person for the token, and tells others what is missing.
func (d *door) refuse(w http.ResponseWriter, r *http.Request, typed bool) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="tawkproxy"`)
	if r.URL.Path != "/" || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		http.Error(w, badToken, http.StatusUnauthorized)
		return
	}
	show(w, http.StatusUnauthorized, "door", typed)
}

func (d *door) entered() string {
	mac := hmac.New(sha256.New, []byte(d.token()))
	io.WriteString(mac, enteredCookie)
	return hex.EncodeToString(mac.Sum(nil))
}

// same compares texts in a time that says nothing about them.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// ownName tells whether a Host names this machine, or any by its address: no page of the web comes from there.
func ownName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return err == nil || host == "localhost" || strings.HasSuffix(host, ".localhost")
}
