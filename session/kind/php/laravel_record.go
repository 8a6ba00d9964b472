package php

import (
	"context"
	"regexp"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// laravelUser is the step that puts the id of the guard's user to login_<guard>.
func laravelUser(guard string) recipe.Step {
	// The key ends in the hash of the guard's class (Auth/SessionGuard.php, getName). Another guard's users may have the same
	// ids and be other people.
	key := regexp.QuoteMeta(guard) + `_[0-9a-f]{40}`
	if guard == "web" {
		key += `|[0-9a-f]{32}` // before 5.2, there was one guard
	}
	login := regexp.MustCompile(`\Alogin_(?:` + key + `)\z`)
	return func(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
		values, ok := s.Values.(map[string]any)
		if !ok {
			return s, nil
		}
		delete(values, "login_"+guard)
		var user any
		for name, value := range values {
			switch {
			case !login.MatchString(name):
			case user != nil && record.Text(user) != record.Text(value):
				return s, session.Nobodyf(session.Ambiguous, "two guards of one name know different users")
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
