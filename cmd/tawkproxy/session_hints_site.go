package main

import (
	"net/http"
	"strings"

	"tawkproxy/session"
)

// missing takes a visit without the session cookie, by the cookies that it has.
func (h *sessionHints) missing(names []string) {
	n := h.counts[session.NoCookie]
	shown, likely := presentable(names, func(name string) bool { return h.sets[name] || sessionLike.MatchString(name) })
	switch {
	case h.cookie == "":
		return
	case power(n, warnAfter[session.NoCookie]):
		h.log.Warn("nobody has been recognised yet", h.about(n, shown)...)
	case len(shown) == 0, likely == 0 && !h.acted && n < fewVisits, h.named[shown[0]]:
	case h.count(hintKey{session.NoCookie, shown[0]}) == 1 && len(h.visits) < mostHintKeys:
		h.name(shown[0])
		h.log.Info("the session cookie has not come yet, but others have", h.about(n, shown)...)
	}
}

// answered takes an answer of the site: which cookies it sets, and to what.
func (h *sessionHints) answered(answer *http.Response) {
	lines := answer.Header["Set-Cookie"]
	if h.kind == "response" {
		h.answeredBy(answer.Header)
	}
	acted := !safe(answer.Request) && answer.StatusCode < http.StatusBadRequest
	if len(lines) == 0 && !acted {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.acted = h.acted || acted
	if h.came || h.cookie == "" {
		return
	}
	for _, line := range lines {
		name, rest, _ := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		_, attributes, _ := strings.Cut(rest, ";")
		hidden := strings.Contains(strings.ToLower(attributes), "httponly")
		if h.reads != nil && h.reads(name) {
			h.came = true
			return
		}
		shown, likely := presentable([]string{name}, func(name string) bool { return hidden || sessionLike.MatchString(name) })
		if likely == 0 || h.sets[name] || len(h.sets) >= mostNames {
			continue
		}
		if h.sets == nil {
			h.sets = make(map[string]bool)
		}
		h.sets[shown[0]] = true
		if h.named[shown[0]] {
			continue
		}
		h.name(shown[0])
		h.log.Info("the site sets another cookie than the one that is looked for", h.about(h.counts[session.NoCookie], nil)...)
	}
}

// answeredBy takes the header of an answer, out of which those are gone that are looked for.
func (h *sessionHints) answeredBy(answer http.Header) {
	others := userHeaders(answer)
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(others) == 0 || h.headed || h.counts[""] > 0 {
		return
	}
	h.headed = true
	h.log.Info("the site sends another header than the one that is looked for", "site_sends",
		strings.Join(others[:min(len(others), mostNames)], ", "), "remedy", "if one of these is the user's, write its name into TAWK_USER_ID")
}

// name notes that a line names a cookie. Names that strangers make up are bounded by the lines.
func (h *sessionHints) name(cookie string) {
	if h.named == nil {
		h.named = make(map[string]bool)
	}
	h.named[cookie] = true
}

// watching is the layer that shows what the site answers to the hints.
func (h *sessionHints) watching(base http.RoundTripper) http.RoundTripper { return watched{base, h} }

// watched is a transport whose answers the hints hear of.
type watched struct {
	http.RoundTripper
	hints *sessionHints
}

func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.RoundTripper.RoundTrip(r)
	if err == nil {
		w.hints.answered(answer)
	}
	return answer, err
}
