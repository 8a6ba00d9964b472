package site

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

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/recipe"
)

// mostQuestions bounds how many questions are asked at the same time. Old sites have few workers.
const mostQuestions = 32

// keepGuest is how long nobody is believed to stay nobody without a sign of a login. Sites exist whose logins give none: a code
// that is confirmed by telephone, a login under another address of the site.
const keepGuest = 10 * time.Minute

// An Asker is the [session.Source] that asks the site itself. The question is a GET with the visitor's cookies and what else a site
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
	headers setting.Headers // sent along
	answer  answerReader
	mapping session.Mapping
	cookie  string
	foreign []string
	client  func(*http.Request) string
	timeout time.Duration
	clock   func() time.Time
	watch   *session.Watch

	id      string // of this process, in the header of its questions
	key     []byte // of the hashes by which questions are remembered
	turns   turns
	places  *places
	flights flights
	replies *replies
	manners manners
}

// NewAsker makes the source. Errors name the option that is wrong.
func NewAsker(o AskOptions) (*Asker, error) {
	path, err := url.ParseRequestURI(o.Path)
	if err != nil || !strings.HasPrefix(o.Path, "/") || strings.HasPrefix(o.Path, "//") || strings.Contains(o.Path, "#") {
		return nil, errors.New("what the site is asked must be a path of it, such as /api/me")
	}
	if o.Mapping.ID == "" {
		return nil, errors.New("the place of the user's id in the answer is missing")
	}
	if err := sendable(o.Headers); err != nil {
		return nil, err
	}
	answer, err := newAnswerReader(o.Answer, o.Mapping)
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
		site: o.Site, path: path, headers: o.Headers, answer: answer, mapping: o.Mapping, cookie: o.Cookie, foreign: o.Foreign, client: client,
		timeout: cmp.Or(o.Timeout, 5*time.Second), clock: o.Now, watch: o.Watch,
		id: rand.Text(), key: []byte(rand.Text()), places: newPlaces(mostQuestions),
		replies: newReplies(cmp.Or(o.Keep, 3*time.Second)), manners: manners{tell: o.Harm},
	}, nil
}

// Identify implements [session.Source].
func (a *Asker) Identify(r *http.Request, answer http.Header) (session.User, error) {
	ctx := r.Context()
	visit, guarded := ctx.Value(askedKey{}).(*askedVisit)
	if guarded {
		r = visit.request
	}
	at := recipe.Now(a.clock)
	q := a.question(r, answer, at)
	if !q.worthwhile {
		return session.User{}, &session.Nobody{Reason: session.NoCookie}
	}
	known := a.replies.get(q, at)
	a.watch.Look(session.SiteSays, known.fresh)
	if known.fresh {
		return known.reply.user, known.reply.err
	}
	if (known.form || ctx.Value(formKey{}) != nil) && !known.member && a.mayHarm(ctx, q) && a.replies.postpone(q.session, at) {
		return session.User{}, errors.New("asking the site: not now, the visitor has a form to log in before their eyes")
	}
	reply, err := a.flights.join(ctx, q.key(known.changed), func(ctx context.Context) reply { return a.learn(ctx, q) })
	if err != nil {
		return session.User{}, fmt.Errorf("asking the site: %w", err)
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
		a.replies.put(q, began, r, recipe.Now(a.clock))
		if r.guest() && len(r.cookies) > 0 {
			q.session = r.goes
			a.replies.put(q, began, r, recipe.Now(a.clock))
		}
	}
	return r
}

// ask asks the site, when it is the session's turn and there is a place.
func (a *Asker) ask(ctx context.Context, q question) reply {
	r, answer := a.put(ctx, q)
	if answer != nil && r.guest() {
		a.manners.observe(a.harms(q, answer)...)
	}
	return r
}

// put is [Asker.ask] which learns nothing about the site. The answer is nil if there is none.
func (a *Asker) put(ctx context.Context, q question) (r reply, answer *received) {
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	next, ok := a.turns.take(ctx, q.session)
	if !ok {
		return reply{err: errors.New("asking the site: another question about this session takes too long")}, nil
	}
	defer next()
	leave, ok := a.places.take(ctx, q.client)
	if !ok {
		return reply{err: errors.New("asking the site: too many questions at once")}, nil
	}
	defer leave()
	began := a.watch.Begin()
	answer, err := receive(a.site, q.request.WithContext(ctx))
	a.watch.End(session.SiteSays, began)
	if err != nil {
		return reply{err: fmt.Errorf("asking the site: %w", err)}, nil
	}
	if told := session.Tracer(ctx); told != nil {
		told(answer.outline())
	}
	tree, err := a.answer.tree(q.request, answer)
	if err != nil {
		r.err = err
	} else {
		r.user, r.err = a.mapping.User(tree)
		r.err = a.answer.unfound(tree, a.mapping.ID, r.err)
	}
	if r.err == nil || containerSession(answer) {
		r.cookies = answer.header["Set-Cookie"]
		own := a.cookies(q.request, answer.header, recipe.Now(a.clock))
		r.goes = a.session(q.request, own)
	}
	return r, answer
}

// Try asks the site about r, also if that carries nothing by which the site may know anybody. What it answers is not remembered. Harms is
// what the question may do to r, if that is a guest's.
func (a *Asker) Try(r *http.Request) (u session.User, harms []string, err error) {
	q := a.question(r, nil, recipe.Now(a.clock))
	reply, answer := a.put(r.Context(), q)
	if answer == nil {
		return reply.user, nil, reply.err
	}
	for _, harm := range a.harms(q, answer) {
		harms = append(harms, string(harm))
	}
	if a.cookie == "" && a.begins(r, answer) {
		harms = append(harms, string(HarmManySessions))
	}
	return reply.user, harms, reply.err
}
