// Package recognise tells what a site runs on: by what it shows to a guest, and by the folder of the application.
//
//	look.go   asks the site
//	rank.go   compares what was seen with what the kinds of sessions say of themselves
package recognise

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// A Look is what a site has shown to a guest.
type Look struct {
	Pages     []string // paths that were asked, with the status of each: "/ 200"
	Cookies   []string // names of those that were set, in their order
	Headers   []string // "Name: value", each once
	Generator string   // of the meta element, "": none
	Host      string   // by which the site wants to be called, if it led there
}

// Bounds of a look: of the requests, of each page and of the time.
const (
	maxHops  = 4
	maxPage  = 512 << 10
	maxForms = 2
	lookTime = 20 * time.Second
)

// Ask looks at the front page of a site, and at the pages for logging in to which it leads. Transport leads to the site, whatever the
// host of a request is.
func Ask(ctx context.Context, transport http.RoundTripper, site *url.URL) (Look, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	g := &guest{ctx: ctx, transport: transport, base: url.URL{Scheme: "http", Host: "localhost", Path: "/"}, cookies: map[string]string{}}
	if site.Host != "" {
		g.base = url.URL{Scheme: site.Scheme, Host: site.Host, Path: "/"}
	}
	g.dialled = g.base.Scheme
	links, err := g.page(g.base)
	if err != nil {
		return g.look, err
	}
	for _, link := range links[:min(len(links), maxForms)] {
		_, _ = g.page(link) // one that fails shows nothing
	}
	return g.look, nil
}

// A guest is somebody who looks at a site, as a browser would.
type guest struct {
	ctx       context.Context
	transport http.RoundTripper
	base      url.URL // where the guest thinks that the site is
	dialled   string  // scheme by which it is asked
	cookies   map[string]string
	look      Look
}

// page opens a page, follows where it leads to, and returns the pages for logging in that it names.
func (g *guest) page(at url.URL) (links []url.URL, err error) {
	for range maxHops {
		answer, err := g.get(at)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(io.LimitReader(answer.Body, maxPage))
		answer.Body.Close()
		g.look.Pages = append(g.look.Pages, fmt.Sprint(at.EscapedPath(), " ", answer.StatusCode))
		g.note(answer)
		to, redirected := answer.Header["Location"]
		if !redirected || answer.StatusCode < 300 || answer.StatusCode > 399 {
			return g.read(at, body), err
		}
		next, err := at.Parse(to[0])
		if err != nil || next.Scheme != "http" && next.Scheme != "https" {
			return nil, nil
		}
		if next.Host != g.base.Host || next.Scheme != g.base.Scheme {
			if g.look.Host != "" {
				return nil, nil // to others it has led once already
			}
			g.look.Host = next.Host
			g.base.Scheme, g.base.Host = next.Scheme, next.Host
		}
		at = *next
	}
	return nil, nil
}

func (g *guest) get(at url.URL) (*http.Response, error) {
	r := (&http.Request{Method: http.MethodGet, URL: &url.URL{Scheme: g.dialled, Host: at.Host, Path: at.Path, RawPath: at.RawPath,
		RawQuery: at.RawQuery}, Host: at.Host, Header: http.Header{
		"User-Agent":        {"tawkproxy init"},
		"Accept":            {"text/html,application/xhtml+xml,*/*;q=0.8"},
		"X-Forwarded-Proto": {at.Scheme},
	}}).WithContext(g.ctx)
	for _, name := range g.look.Cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: g.cookies[name]})
	}
	answer, err := g.transport.RoundTrip(r)
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err
	}
	return answer, err
}

// note remembers what an answer shows.
func (g *guest) note(answer *http.Response) {
	for _, cookie := range answer.Cookies() {
		if !slices.Contains(g.look.Cookies, cookie.Name) {
			g.look.Cookies = append(g.look.Cookies, cookie.Name)
		}
		g.cookies[cookie.Name] = cookie.Value
	}
	for name, values := range answer.Header {
		if name == "Set-Cookie" {
			continue
		}
		for _, value := range values {
			if line := name + ": " + value; !slices.Contains(g.look.Headers, line) {
				g.look.Headers = append(g.look.Headers, line)
			}
		}
	}
	slices.Sort(g.look.Headers)
}

var loginPage = regexp.MustCompile(`(?i)(log-?in|sign-?in|log_in|sign_in|session/new|anmeld|connexion|/auth\b|account|/admin)`)
var logoutPage = regexp.MustCompile(`(?i)(log-?out|sign-?out|log_out|sign_out|delete|remove|regist|sign-?up|wp-json|feed)`)

// read finds the generator and the pages for logging in.
func (g *guest) read(at url.URL, body []byte) (links []url.URL) {
	var paths []string
	for z := html.NewTokenizer(bytes.NewReader(body)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return links
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			attribute := func(name string) string {
				for _, a := range t.Attr {
					if a.Key == name {
						return strings.TrimSpace(a.Val)
					}
				}
				return ""
			}
			switch t.Data {
			case "meta":
				if g.look.Generator == "" && strings.EqualFold(attribute("name"), "generator") {
					const most = 100
					generator := attribute("content")
					g.look.Generator = generator[:min(len(generator), most)]
				}
			case "a":
				to, err := at.Parse(attribute("href"))
				if err != nil || to.Host != at.Host || !loginPage.MatchString(to.Path) || logoutPage.MatchString(to.String()) {
					continue
				}
				to.Fragment, to.Scheme = "", at.Scheme
				if !slices.Contains(paths, to.String()) && to.Path != at.Path {
					paths, links = append(paths, to.String()), append(links, *to)
				}
			}
		}
	}
}
