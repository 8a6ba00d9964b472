package site

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"tawkproxy/session/cookie"
)

// askedBy is the header in which a question carries the id of the process that asks, to be known if it comes back.
const askedBy = "Tawkproxy-Question"

// A question is what the site is asked about one visit.
type question struct {
	request    *http.Request
	worthwhile bool      // the visit carries something by which the site may know it
	session    keyedHash // of the visitor's session
	content    keyedHash // of all that the site may answer by
	guest      keyedHash // of that without what changes while a guest looks around
	client     string    // where the visitor comes from
}

// A keyedHash is a hash that only this process can make.
type keyedHash [sha256.Size]byte

// carried lists the headers of the visitor's request that go into the question: those by which sites know a visitor, or to
// which they bind a session. Whether to believe what is said about the visitor's address is for the way to the site to decide.
var carried = []string{
	"Cookie", "Authorization", "User-Agent", "Accept-Language",
	"Forwarded", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip",
	"Fastly-Client-Ip", "X-Url-Scheme", "Front-End-Https", "X-Original-Host",
}

// question makes the question about visitor r, whom the site has answered with the header given, if it is not nil.
func (a *Asker) question(r *http.Request, answer http.Header, at time.Time) question {
	header := http.Header{"Accept": {a.answer.accept}, "Accept-Encoding": {"identity"}, "Cache-Control": {"no-cache"}}
	for _, name := range carried {
		if values, ok := r.Header[name]; ok {
			header[name] = values
		}
	}
	for name, values := range r.Header {
		if strings.HasPrefix(name, "X-Forwarded-") {
			header[name] = values
		}
	}
	for _, sent := range a.headers {
		header.Set(sent.Name, sent.Value)
	}
	own := a.cookies(r, answer, at)
	if len(answer["Set-Cookie"]) > 0 {
		delete(header, "Cookie")
		if line := cookie.Header(r, answer, at); line != "" {
			header["Cookie"] = []string{line}
		}
	}
	q := question{session: a.session(r, own), client: a.client(r)}
	q.worthwhile = header.Get("Authorization") != "" || len(own) > 0 && a.cookie == "" || len(own.Values(a.cookie)) > 0

	peer, _ := netip.ParseAddrPort(r.RemoteAddr)
	mac := hmac.New(sha256.New, a.key)
	fmt.Fprintf(mac, "%s\n%s\n%t\n", r.Host, peer.Addr(), r.TLS != nil)
	header.Write(mac)
	mac.Sum(q.content[:0])
	mac.Reset()
	// The site may answer by any cookie, but it changes none without an answer. And a visitor may come by several proxies.
	fmt.Fprintf(mac, "%s\n%s\n%t\n", r.Host, q.client, r.TLS != nil)
	header.WriteSubset(mac, map[string]bool{"Cookie": true, "X-Forwarded-For": true, "Forwarded": true, "X-Real-Ip": true})
	mac.Sum(q.guest[:0])

	header[askedBy] = []string{a.id}
	q.request = &http.Request{
		Method: http.MethodGet, URL: a.path, RequestURI: a.path.RequestURI(), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: http.NoBody, Host: r.Host, RemoteAddr: r.RemoteAddr, TLS: r.TLS,
	}
	return q
}

// key is what identical questions, asked between the same two changes of the session, have in common.
func (q question) key(changed uint64) string {
	return string(q.session[:]) + string(q.content[:]) + strconv.FormatUint(changed, 10)
}

// cookies are those of the site's with which a visitor goes from the answer given.
func (a *Asker) cookies(r *http.Request, answer http.Header, at time.Time) cookie.Cookies {
	return slices.DeleteFunc(cookie.Read(r, answer, at), func(c cookie.Cookie) bool { return a.isForeign(c.Name) })
}

func (a *Asker) isForeign(cookie string) bool {
	return slices.ContainsFunc(a.foreign, func(beginning string) bool { return strings.HasPrefix(cookie, beginning) })
}

// session is the hash of what tells one visitor's session from another's.
func (a *Asker) session(r *http.Request, own cookie.Cookies) (session keyedHash) {
	mac := hmac.New(sha256.New, a.key)
	fmt.Fprintf(mac, "%q\n", r.Header["Authorization"])
	for _, c := range own {
		if a.cookie == "" || c.Name == a.cookie {
			fmt.Fprintf(mac, "%s=%s\n", c.Name, c.Value)
		}
	}
	mac.Sum(session[:0])
	return session
}
