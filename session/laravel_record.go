package session

import (
	"context"
	"regexp"
	"time"
)

// id is the step from the cookie of that name to the session's id.
func (c *laravelCrypt) id(cookie string) Step {
	return func(_ context.Context, _ *Visit, s State) (State, error) {
		id, err := c.cookie(cookie, string(s.Data))
		s.Data = id
		return s, err
	}
}

// cookie opens the value of an encrypted cookie.
func (c *laravelCrypt) cookie(name, value string) ([]byte, error) {
	plain, key, err := c.open(value)
	if err != nil {
		return nil, err
	}
	return c.inside(plain, name, key)
}

var wholeLaravelID = regexp.MustCompile(`\A` + laravelID + `\z`)

// second is the step from a session's id to its record in the cookie that is named by it (Session/CookieSessionHandler.php),
// which was written a lifetime before its end. Of several PHP takes the first.
func (c *laravelCrypt) second(lifetime time.Duration) Step {
	return func(_ context.Context, v *Visit, s State) (State, error) {
		name := string(s.Data)
		if !wholeLaravelID.MatchString(name) {
			return s, nobody(Malformed, "a session id that the site would not give out")
		}
		values := v.Cookies.Values(name)
		if len(values) == 0 {
			return s, nobody(NoRecord, "there is no second cookie, named by the id in the first")
		}
		record, err := c.cookie(name, values[0])
		if err != nil {
			return s, err
		}
		tree, err := parseJSON(record)
		if err != nil {
			return s, nobody(Malformed, "the second cookie: %w", err)
		}
		members, _ := tree.(map[string]any)
		end, ok := lastOf(members["expires"])
		if !ok {
			return s, nobody(Malformed, "the second cookie does not say when it ends")
		}
		s.Data, s.Issued, s.Expires = []byte(Text(members["data"])), end.Add(-time.Second-lifetime), end
		return s, nil
	}
}

// laravelUser is the step that puts the id of the guard's user to login_<guard>.
func laravelUser(guard string) Step {
	// The key ends in the hash of the guard's class (Auth/SessionGuard.php, getName). Another guard's users may have the same
	// ids and be other people.
	key := regexp.QuoteMeta(guard) + `_[0-9a-f]{40}`
	if guard == "web" {
		key += `|[0-9a-f]{32}` // before 5.2, there was one guard
	}
	login := regexp.MustCompile(`\Alogin_(?:` + key + `)\z`)
	return func(_ context.Context, _ *Visit, s State) (State, error) {
		values, ok := s.Values.(map[string]any)
		if !ok {
			return s, nil
		}
		delete(values, "login_"+guard)
		var user any
		for name, value := range values {
			switch {
			case !login.MatchString(name):
			case user != nil && Text(user) != Text(value):
				return s, nobody(Ambiguous, "two guards of one name know different users")
			default:
				user = value
			}
		}
		if user != nil {
			values["login_"+guard] = user
		}
		return s, nil
	}
}

// maxLayers bounds how often a record is wrapped: by the cache, by the encrypter and by the serializer inside it.
const maxLayers = 4

// values unwraps a record: PHP's serialize() text or JSON, as text that is serialized again by the cache, and encrypted if
// session.encrypt is set (Session/EncryptedStore.php).
func (c *laravelCrypt) values(data []byte) (any, error) {
	for range maxLayers {
		switch {
		case len(data) == 0:
			return map[string]any{}, nil
		case data[0] == '{' || data[0] == '[':
			tree, err := parseJSON(data)
			if err != nil {
				return nil, nobody(Malformed, "laravel record: %w", err)
			}
			return tree, nil
		case len(data) > 1 && data[1] == ':':
			tree, err := parsePHP(data)
			if err != nil {
				return nil, nobody(Malformed, "laravel record: %w", err)
			}
			text, wrapped := tree.(string)
			if !wrapped {
				return tree, nil
			}
			data = []byte(text)
		default:
			plain, _, err := c.open(string(data))
			if err != nil {
				return nil, err
			}
			data = plain
		}
	}
	return nil, nobody(Malformed, "laravel record: wrapped more than %d times", maxLayers)
}
