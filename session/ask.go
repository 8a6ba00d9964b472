package session

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"
)

// AskOptions describe a site that is asked itself who is logged in, by a path of it that answers for the visitor whose
// cookies come with the request.
type AskOptions struct {
	// Site passes a request on to the site as it does with the visitors' own, so that Host, cookies and X-Forwarded headers
	// arrive as on any page: a reverse proxy that inserts nothing.
	Site http.Handler

	Path   string // of the site, such as /api/me; may have a query
	Answer string // what the path answers with: json (also ""), html or headers

	// Mapping says where in the answer the user stands. For html a path is a CSS selector, which means the text of the element,
	// or selector@attribute, such as input[name=uid]@value. For headers a path is the name of one.
	Mapping Mapping

	// Cookie is the name of the site's session cookie: who does not send it is nobody, without a question. If it is empty, the
	// site is asked about everybody who sends any cookie.
	Cookie string

	Timeout time.Duration    // for each answer; 0: 5 s
	Keep    time.Duration    // how long an answer counts for the same question; 0: 3 s
	Now     func() time.Time // nil: time.Now
}

// mostQuestions bounds how many questions are asked at the same time. Old sites have few workers.
const mostQuestions = 32

// An Asker is the [Source] that asks the site itself. The question is a GET with the visitor's cookies and what else a site
// may have bound the session to. Redirects are not followed.
//
// Only a user in the expected place of a good answer is believed. Every other answer is nobody, unless the site failed, broke
// off or took too long: then nothing is known. Identical questions at the same time are asked once, and an answer counts for
// seconds.
//
// [Asker.Guard] must stand in front of what calls Identify.
type Asker struct {
	site    http.Handler
	path    *url.URL
	answer  answerReader
	mapping Mapping
	cookie  string
	timeout time.Duration
	clock   func() time.Time

	id      string // of this process, in the header of its questions
	key     []byte // of the hashes by which questions are remembered
	slots   chan struct{}
	flights singleflight.Group
	replies *replies
}

// Ask makes the source. Errors name the option that is wrong.
func Ask(o AskOptions) (*Asker, error) {
	path, err := url.ParseRequestURI(o.Path)
	if err != nil || !strings.HasPrefix(o.Path, "/") || strings.HasPrefix(o.Path, "//") || strings.Contains(o.Path, "#") {
		return nil, errors.New("what the site is asked must be a path of it, such as /api/me")
	}
	if o.Mapping.ID == "" {
		return nil, errors.New("the place of the user's id in the answer is missing")
	}
	answer, err := newAnswerReader(cmp.Or(o.Answer, "json"), o.Mapping)
	if err != nil {
		return nil, err
	}
	timeout := cmp.Or(o.Timeout, 5*time.Second)
	return &Asker{
		site: o.Site, path: path, answer: answer, mapping: o.Mapping, cookie: o.Cookie, timeout: timeout, clock: o.Now,
		id: rand.Text(), key: []byte(rand.Text()), slots: make(chan struct{}, mostQuestions),
		replies: newReplies(cmp.Or(o.Keep, 3*time.Second), timeout),
	}, nil
}

// Deferred tells whether a source must not be asked in front of a page: a site that answers one request of a visitor at a
// time, as those in PHP do, would let the page wait. Pages then ask for the identity themselves.
func Deferred(s Source) bool {
	_, asks := s.(*Asker)
	return asks
}

// Identify implements [Source].
func (a *Asker) Identify(r *http.Request, answer http.Header) (User, error) {
	ctx := r.Context()
	visit, guarded := ctx.Value(askedKey{}).(*askedVisit)
	if guarded {
		r = visit.request
	}
	at := now(a.clock)
	q := a.question(r, answer, at)
	if !q.worthwhile {
		return User{}, &Nobody{Reason: NoCookie}
	}
	known, changed, fresh := a.replies.get(q.session, q.content, at)
	if fresh {
		return known.user, known.err
	}
	// A question for which others wait too must not end with the visitor who came first.
	shared := context.WithoutCancel(ctx)
	flight := a.flights.DoChan(q.key(changed), func() (any, error) {
		began := a.replies.begin()
		var r reply
		if failure := caught(func() { r = a.ask(shared, q) }); failure != nil {
			r = reply{err: fmt.Errorf("asking the site: %v", failure)}
		}
		a.replies.put(q.session, q.content, began, r, now(a.clock))
		return r, nil
	})
	select {
	case landed := <-flight:
		reply := landed.Val.(reply)
		if guarded {
			visit.cookies = reply.cookies
		}
		return reply.user, reply.err
	case <-ctx.Done():
		return User{}, fmt.Errorf("asking the site: %w", ctx.Err())
	}
}

// ask asks the site.
func (a *Asker) ask(ctx context.Context, q question) reply {
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	select {
	case a.slots <- struct{}{}:
		defer func() { <-a.slots }()
	case <-ctx.Done():
		return reply{err: errors.New("asking the site: too many questions at once")}
	}
	answer, err := receive(a.site, q.request.WithContext(ctx))
	if err != nil {
		return reply{err: fmt.Errorf("asking the site: %w", err)}
	}
	r := reply{cookies: answer.header["Set-Cookie"]}
	tree, err := a.answer.tree(answer)
	if err != nil {
		r.err = err
		return r
	}
	r.user, r.err = a.mapping.User(tree)
	return r
}
