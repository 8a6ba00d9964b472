package seal

import (
	"context"
	"regexp"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// LaravelID is the form of a session's id (Session/Store.php, isValidId).
const LaravelID = `[A-Za-z0-9]{40}`

// ID is the step from the cookie of that name to the session's id.
func (c *LaravelCrypt) ID(cookie string) recipe.Step {
	return func(_ context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
		id, err := c.cookie(cookie, string(s.Data))
		if err == nil {
			v.Tell("a key opens it")
		}
		s.Data = id
		return s, err
	}
}

// cookie opens the value of an encrypted cookie.
func (c *LaravelCrypt) cookie(name, value string) ([]byte, error) {
	plain, key, err := c.Open(value)
	if err != nil {
		return nil, err
	}
	return c.inside(plain, name, key)
}

var wholeLaravelID = regexp.MustCompile(`\A` + LaravelID + `\z`)

// Second is the step from a session's id to its record in the cookie that is named by it (Session/CookieSessionHandler.php),
// which was written a lifetime before its end. Of several PHP takes the first.
func (c *LaravelCrypt) Second(lifetime time.Duration) recipe.Step {
	return func(_ context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
		name := string(s.Data)
		if !wholeLaravelID.MatchString(name) {
			return s, session.Nobodyf(session.Malformed, "a session id that the site would not give out")
		}
		values := v.Cookies.Values(name)
		if len(values) == 0 {
			return s, session.Nobodyf(session.NoRecord, "there is no second cookie, named by the id in the first")
		}
		content, err := c.cookie(name, values[0])
		if err != nil {
			return s, err
		}
		v.Tell("the second cookie has come, and a key opens it")
		tree, err := record.ParseJSON(content)
		if err != nil {
			return s, session.Nobodyf(session.Malformed, "the second cookie: %w", err)
		}
		members, _ := tree.(map[string]any)
		end, ok := recipe.LastOf(members["expires"])
		if !ok {
			return s, session.Nobodyf(session.Malformed, "the second cookie does not say when it ends")
		}
		s.Data, s.Issued, s.Expires = []byte(record.Text(members["data"])), end.Add(-time.Second-lifetime), end
		return s, nil
	}
}

// maxLayers bounds how often a record is wrapped: by the cache, by the encrypter and by the serializer inside it.
const maxLayers = 4

// Values unwraps a record: PHP's serialize() text or JSON, as text that is serialized again by the cache, and encrypted if
// session.encrypt is set (Session/EncryptedStore.php).
func (c *LaravelCrypt) Values(data []byte) (any, error) {
	for range maxLayers {
		switch {
		case len(data) == 0:
			return map[string]any{}, nil
		case data[0] == '{' || data[0] == '[':
			tree, err := record.ParseJSON(data)
			if err != nil {
				return nil, session.Nobodyf(session.Malformed, "laravel record: %w", err)
			}
			return tree, nil
		case len(data) > 1 && data[1] == ':':
			tree, err := record.ParsePHP(data)
			if err != nil {
				return nil, session.Nobodyf(session.Malformed, "laravel record: %w", err)
			}
			text, wrapped := tree.(string)
			if !wrapped {
				return tree, nil
			}
			data = []byte(text)
		default:
			plain, _, err := c.Open(string(data))
			if err != nil {
				return nil, err
			}
			data = plain
		}
	}
	return nil, session.Nobodyf(session.Malformed, "laravel record: wrapped more than %d times", maxLayers)
}
