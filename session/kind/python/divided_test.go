package python

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/store"
)

// Of several servers it must be said how they are divided: nobody must be looked for where the site would not.
func TestDivided(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{"memcached://a": true, "memcached://a,b": false, "memcached://a,b?hash=modula": true} {
		kept, err := store.NewMemcached(address, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		setup := recipe.Setup{Store: kept, Mapping: session.Mapping{ID: "id"}}
		_, djangoErr := NewDjango(DjangoOptions{Setup: setup, SessionEngine: "cache"})
		_, flaskErr := NewFlask(FlaskOptions{Setup: setup})
		for _, err := range []error{djangoErr, flaskErr} {
			mistake, named := errors.AsType[setting.Mistake](err)
			if (err == nil) != want || named && (mistake.Name != "TAWK_SESSION_STORE" || !strings.Contains(mistake.Remedy, "?hash=pymemcache")) {
				t.Errorf("%s: %v", address, err)
			}
		}
		setup.MaxAge = time.Hour
		if _, err := NewDjango(DjangoOptions{Setup: setup, SessionEngine: "cache"}); err == nil {
			t.Error("an age that cannot be kept is taken")
		}
		if _, err := NewDjango(DjangoOptions{Setup: setup, SessionEngine: "db"}); err == nil {
			t.Error("a table in memcached is taken")
		}
	}
}
