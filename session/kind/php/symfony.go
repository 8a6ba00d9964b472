package php

import (
	"cmp"
	"context"
	"maps"
	"strconv"
	"strings"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
)

// Symfony is the kind of sites that use Symfony's security component.
func Symfony() kind.Kind {
	return kind.Kind{
		Name: "symfony", Title: "Symfony sites",
		Guide:    "a Symfony site with its security component",
		Cookie:   "PHPSESSID",
		Stores:   setting.Stores{Files: true, Redis: true, Memcached: true, Tables: true},
		Prefixes: []string{"TAWK_SYMFONY_PREFIX"},
		Forms:    []string{"TAWK_PHP_SERIALIZE_HANDLER"},
		Signs:    kind.Signs{Cookies: []string{"sf_redirect"}, Headers: []string{"X-Debug-Token: "}},
		Find:     findSymfony,
		New:      func() kind.Settings { return new(SymfonyOptions) },
	}
}

// SymfonyOptions describe a site built with Symfony and its security component, 3.4 to 7.4. The records are PHP's; a path leads
// through the session's attributes, and user.… through the object of the user's class that the site keeps in the security
// token: user.id is its property id, even if it is private. A class that serializes itself to a list has positions: user.0.
//
// What Symfony does with the user on each request, to load it anew and to log out who has got another password, is not seen.
type SymfonyOptions struct {
	PHPOptions // Cookie "": the usual one; Mapping: user.id, user.name, user.email where empty

	// Firewall at which users log in, by its name in security.yaml, or by its context if it has one.
	Firewall string `env:"TAWK_SYMFONY_FIREWALL" envDefault:"main"`

	// The option `prefix` of RedisSessionHandler or MemcachedSessionHandler, or `none`.
	HandlerPrefix setting.Prefix `env:"TAWK_SYMFONY_PREFIX"` // not set: sf_s, and sf2s in memcached; unless the save path has another
}

func (s *SymfonyOptions) Rules(common *setting.Common) []setting.Rule {
	return append(s.PHPOptions.Rules(common),
		setting.Rule{Settings: []string{"TAWK_SESSION_STORE"}, Check: func() error { return noPrefix(common.Session.Store.Reveal()) }})
}

// noPrefix finds the prefix of keys where Symfony's own configuration has it.
func noPrefix(address string) error {
	if _, query, _ := strings.Cut(address, "?"); strings.Contains(query, "prefix=") {
		return setting.Wrong("write what stands there into TAWK_SYMFONY_PREFIX, and the address without it", "names a prefix")
	}
	return nil
}

func (s *SymfonyOptions) Open(site kind.Site) (session.Source, error) {
	s.Prefix = s.HandlerPrefix.Or("sf_s")
	if _, is := site.Store.(*store.Memcached); is {
		s.Prefix, s.object = s.HandlerPrefix.Or("sf2s"), true
	}
	if err := s.place(site); err != nil {
		return nil, err
	}
	return NewSymfony(*s)
}

// NewSymfony makes the recipe. Errors name the option that is wrong.
func NewSymfony(o SymfonyOptions) (*recipe.Recipe, error) {
	o.Cookie = cmp.Or(o.Cookie, Symfony().Cookie)
	o.Mapping.ID = cmp.Or(o.Mapping.ID, "user.id")
	o.Mapping.Name = cmp.Or(o.Mapping.Name, "user.name")
	o.Mapping.Email = cmp.Or(o.Mapping.Email, "user.email")
	if place, inTable := o.Store.(*store.Table); inTable {
		o.Store = place.Or(store.Table{Name: "sessions", Key: "sess_id", Data: "sess_data", Modified: "sess_time", Expires: "sess_lifetime"})
	}
	record, err := o.record()
	if err != nil {
		return nil, err
	}
	return o.Recipe("symfony", cookie.PHP(), nil, record, symfonyUser(o.Firewall))
}

// symfonyUser is the step that takes the user out of the security token. The token stands in the session as serialize() text of
// its own.
func symfonyUser(firewall string) recipe.Step {
	return func(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
		bag, _ := record.At(s.Values, "_sf2_attributes")
		attributes, _ := bag.(map[string]any)
		text, _ := attributes["_security_"+firewall].(string)
		if text == "" {
			return s, session.Nobodyf(session.NoUser, "there is no security token of the firewall %s, but %s", firewall, session.NearbyKeys(attributes, ""))
		}
		token, err := record.ParsePHP([]byte(text))
		if err != nil {
			return s, session.Nobodyf(session.Malformed, "security token: %w", err)
		}
		user, ok := tokenUser(token)
		if !ok {
			return s, session.Nobodyf(session.NoUser, "the security token names nobody who is fully logged in")
		}
		if used, ok := record.At(record.ValueAt(s.Values, "_sf2_meta"), "u"); ok && s.Issued.IsZero() {
			if unix, ok := used.(int64); ok {
				s.Issued = time.Unix(unix, 0) // the last use, for stores that do not tell
			}
		}
		values := maps.Clone(attributes)
		values["user"] = user
		s.Values = values
		return s, nil
	}
}

// maxTokenLists bounds the lists in a token that are looked through. Each token class has one, or a few.
const maxTokenLists = 16

// tokenUser finds the user in what a token class writes of itself. AbstractToken (symfony/security-core) writes a list that
// begins with the user and whether that is authenticated; each class derived from it a list that has the list of its parent in
// it, most often as its last element. Objects in these lists are passed by: the token of an administrator who has switched to
// another user contains their own, and one that waits for a second factor the one to come.
func tokenUser(token any) (user any, ok bool) {
	lists := []map[string]any{tokenList(token)}
	for n := 0; n < len(lists); n++ {
		list := lists[n]
		if authenticated, ok := list["1"].(bool); ok && record.IsPHPObject(list["0"]) {
			return list["0"], authenticated
		}
		for i := len(list) - 1; i >= 0 && len(lists) < maxTokenLists; i-- {
			element := list[strconv.Itoa(i)]
			if inner := tokenList(element); inner != nil && !record.IsPHPObject(element) {
				lists = append(lists, inner)
			}
		}
	}
	return nil, false
}

// tokenList is a list within a token, or nil. Before Symfony 4.3 it is serialize() text, written while the token was, so that its
// references count the token as the first value.
func tokenList(element any) map[string]any {
	if text, ok := element.(string); ok && strings.HasPrefix(text, "a:") {
		r := &record.PHPReader{Rest: []byte(text), Slots: []any{record.Unfinished{}}}
		element = r.Value()
		if r.End(); r.Err != nil {
			return nil
		}
	}
	list, _ := element.(map[string]any)
	return list
}
