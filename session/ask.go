package session

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
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

	// Foreign lists beginnings of the names of cookies that are not the site's, and so say nothing about its sessions.
	Foreign []string

	// Client tells visitors apart by where they come from: those who come from one place have one share of the questions that are
	// asked at the same time. Nil: by the address of the peer.
	Client func(*http.Request) string

	// Harm is told, once each, what the site's answers may do to guests. Nil: nobody needs it.
	Harm func(Harm)

	Timeout time.Duration    // for each answer; 0: 5 s
	Keep    time.Duration    // how long an answer counts for the same question; 0: 3 s
	Now     func() time.Time // nil: time.Now
}

// mostQuestions bounds how many questions are asked at the same time. Old sites have few workers.
const mostQuestions = 32

// keepGuest is how long nobody is believed to stay nobody without a sign of a login. Sites exist whose logins give none: a code
// that is confirmed by telephone, a login under another address of the site.
const keepGuest = 10 * time.Minute

// An Asker is the [Source] that asks the site itself. The question is a GET with the visitor's cookies and what else a site
// may have bound the session to. Redirects are not followed.
//
// Only a user in the expected place of a good answer is believed. Every other answer is nobody, unless the site failed, broke
// off or took too long: then nothing is known. Identical questions at the same time are asked once, and a user counts for
// seconds. A session has one question at a time, and a question ends with the last who waits for its answer.
//
// A question must not harm a guest, who may be about to log in. Who was nobody is not asked about again for minutes, unless the
// session may have changed: see [Asker.Guard]. And where the site's answer may harm, nobody is asked about who has a form to log
// in before their eyes: see [AtForm].
//
// [Asker.Guard] must stand in front of what calls Identify.
type Asker struct {
	site    http.Handler
	path    *url.URL
	answer  answerReader
	mapping Mapping
	cookie  string
	foreign []string
	client  func(*http.Request) string
	timeout time.Duration
	clock   func() time.Time

	id      string // of this process, in the header of its questions
	key     []byte // of the hashes by which questions are remembered
	turns   turns
	places  *places
	flights flights
	replies *replies
	manners manners
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
	client := o.Client
	if client == nil {
		client = func(r *http.Request) string {
			peer, _ := netip.ParseAddrPort(r.RemoteAddr)
			return peer.Addr().String()
		}
	}
	return &Asker{
		site: o.Site, path: path, answer: answer, mapping: o.Mapping, cookie: o.Cookie, foreign: o.Foreign, client: client,
		timeout: cmp.Or(o.Timeout, 5*time.Second), clock: o.Now,
		id: rand.Text(), key: []byte(rand.Text()), places: newPlaces(mostQuestions),
		replies: newReplies(cmp.Or(o.Keep, 3*time.Second)), manners: manners{tell: o.Harm},
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
	known := a.replies.get(q, at)
	if known.fresh {
		return known.reply.user, known.reply.err
	}
	if (known.form || ctx.Value(formKey{}) != nil) && !known.member && a.mayHarm(ctx, q) && a.replies.postpone(q.session, at) {
		return User{}, errors.New("asking the site: not now, the visitor has a form to log in before their eyes")
	}
	reply, err := a.flights.join(ctx, q.key(known.changed), func(ctx context.Context) reply { return a.learn(ctx, q) })
	if err != nil {
		return User{}, fmt.Errorf("asking the site: %w", err)
	}
	if guarded {
		visit.cookies = reply.cookies
	}
	return reply.user, reply.err
}

// learn asks the site, and remembers what it answers.
func (a *Asker) learn(ctx context.Context, q question) (r reply) {
	began := a.replies.begin()
	if failure := caught(func() { r = a.ask(ctx, q) }); failure != nil {
		r = reply{err: fmt.Errorf("asking the site: %v", failure)}
	}
	if ctx.Err() == nil { // else nobody waits any more
		a.replies.put(q, began, r, now(a.clock))
		if r.guest() && len(r.cookies) > 0 {
			q.session = r.goes
			a.replies.put(q, began, r, now(a.clock))
		}
	}
	return r
}

// ask asks the site, when it is the session's turn and there is a place.
func (a *Asker) ask(ctx context.Context, q question) reply {
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	next, ok := a.turns.take(ctx, q.session)
	if !ok {
		return reply{err: errors.New("asking the site: another question about this session takes too long")}
	}
	defer next()
	leave, ok := a.places.take(ctx, q.client)
	if !ok {
		return reply{err: errors.New("asking the site: too many questions at once")}
	}
	defer leave()
	answer, err := receive(a.site, q.request.WithContext(ctx))
	if err != nil {
		return reply{err: fmt.Errorf("asking the site: %w", err)}
	}
	var r reply
	tree, err := a.answer.tree(answer)
	if err != nil {
		r.err = err
	} else {
		r.user, r.err = a.mapping.User(tree)
	}
	if r.err == nil || containerSession(answer) {
		r.cookies = answer.header["Set-Cookie"]
		own := a.cookies(q.request, answer.header, now(a.clock))
		r.goes = a.session(q.request, own)
	}
	if r.guest() {
		a.manners.observe(a.harms(q, answer)...)
	}
	return r
}
