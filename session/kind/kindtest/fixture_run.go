package kindtest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
)

// RunFixtures compares outcome and user of every case, once as the browser asks and once with what the site had answered,
// and logs how many agreed.
func RunFixtures(t *testing.T, kind FixtureKind) {
	var agreed, refused, unreadable int
	left := make(map[string]bool, len(kind.OnPurpose))
	for name := range kind.OnPurpose {
		left[name] = true
	}
	for _, variant := range LoadFixtures(t, kind.Framework) {
		if reason, ok := kind.Unreadable[variant.Name]; ok {
			t.Logf("%s: %d cases cannot be read: %s", variant.Name, len(variant.Cases), reason)
			unreadable += len(variant.Cases)
			continue
		}
		for _, c := range variant.Cases {
			name := variant.Name + "/" + c.Name
			t.Run(name, func(t *testing.T) {
				source := kind.Open(t, OpenFixture(t, kind, variant, c))
				var steps []string
				r := c.Request()
				r = r.WithContext(session.Traced(r.Context(), func(step string) { steps = append(steps, step) }))
				user, err := source.Identify(r, nil)
				c.betrayedBy(t, err)
				c.betrayedBy(t, errors.New(strings.Join(steps, "; ")))
				if recipe, ok := source.(*recipe.Recipe); ok && err == nil {
					told(t, recipe, steps)
				}
				got, want := Outcome(err), c.Expect.Outcome
				reason, onPurpose := kind.OnPurpose[name]
				delete(left, name)
				switch agree := got == want || got == "expired" && want != "user"; {
				case got == "unknown":
					unreadable++
					t.Errorf("cannot be read: %v", err)
				case onPurpose && agree:
					t.Errorf("agrees, but stands among the deviations: %s", reason)
				case onPurpose && want != "user":
					t.Errorf("got %s, want %s: only a refusal can be on purpose", got, want)
				case onPurpose:
					refused++
					t.Logf("refused on purpose: %s (%v)", reason, err)
				case !agree:
					t.Errorf("got %s (%v), want %s (%s)", got, err, want, c.Expect.Reason)
				case want == "user" && !IsUser(user, c):
					t.Errorf("got %+v, want %+v", user, c.Expect.User)
				default:
					agreed++
				}
				if recipe, ok := source.(*recipe.Recipe); ok {
					c.outlives(t, recipe)
				}
				if len(c.SetCookie) == 0 || onPurpose {
					return
				}
				again, err := source.Identify(c.Request(), http.Header{"Set-Cookie": c.SetCookie})
				if again.ID != user.ID || got != "user" && err == nil {
					t.Errorf("with the site's answer: got %q, %v", again.ID, err)
				}
			})
		}
	}
	for name := range left {
		t.Errorf("%s stands among the deviations, but there is no such case", name)
	}
	t.Logf("%s: %d agreed, %d refused on purpose, %d unreadable", kind.Framework, agreed, refused, unreadable)
}

// Outcome names what Identify said in the words of the fixtures. A session that ended is anonymous to some frameworks and
// rejected by others.
func Outcome(err error) string {
	reason, certain := session.NobodyReason(err)
	switch {
	case err == nil:
		return "user"
	case !certain:
		return "unknown"
	case reason == session.Expired:
		return "expired"
	case reason == session.NoCookie, reason == session.NoRecord, reason == session.NoUser, reason == session.Unmet:
		return "anonymous"
	}
	return "rejected"
}

// outlives checks that a recipe which remembers a session judges it, at any time later, like one which reads it for the first
// time.
func (c FixtureCase) outlives(t *testing.T, recipe *recipe.Recipe) {
	t.Helper()
	if _, _, remembers := recipe.Memory(); !remembers {
		return
	}
	const day = 24 * time.Hour
	defer func(clock func() time.Time) { recipe.Now = clock }(recipe.Now)
	for _, later := range []time.Duration{0, time.Second, time.Hour, day, 2 * day, 15 * day, 32 * day, 91 * day, 3660 * day} {
		recipe.Now = func() time.Time { return time.Unix(c.Now, 0).Add(later) }
		forgetful := recipe.Forgetful()
		got, err := recipe.Identify(c.Request(), nil)
		want, refusal := forgetful.Identify(c.Request(), nil)
		if fmt.Sprint(got) != fmt.Sprint(want) || Outcome(err) != Outcome(refusal) {
			t.Errorf("%s later: got %+v, %v, want %+v, %v", later, got, err, want, refusal)
		}
	}
}

// told checks the steps that a recipe tells of a visit with a user: what has come, why it counts, and that a user was found.
func told(t *testing.T, r *recipe.Recipe, steps []string) {
	t.Helper()
	const come, found = "has come", "there is a user at "
	has := func(text string) bool {
		return slices.ContainsFunc(steps, func(step string) bool { return strings.Contains(step, text) })
	}
	if len(steps) < 3 || !has(come) || !has(found+r.Mapping.ID) {
		t.Errorf("the steps told are %q", steps)
	}
}

// betrayedBy checks that an error, which may be logged, repeats nothing of a session or of a person.
func (c FixtureCase) betrayedBy(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	const least = 10 // bytes that cannot be there by chance
	said := err.Error()
	var secrets []string
	for _, line := range strings.Split(c.Cookie, "; ") {
		_, value, _ := strings.Cut(line, "=")
		secrets = append(secrets, value)
	}
	for _, line := range c.HeaderLines {
		secrets = append(secrets, line[1])
	}
	for i := range max(0, len(said)-least+1) {
		for _, secret := range secrets {
			if strings.Contains(secret, said[i:i+least]) {
				t.Errorf("the error repeats %q of the session: %s", said[i:i+least], said)
				return
			}
		}
	}
	for _, detail := range []string{"Lovelace", "O'Neil", "example.com", "u-7f3"} {
		if strings.Contains(said, detail) {
			t.Errorf("the error names a person: %s", said)
		}
	}
}

func IsUser(u session.User, c FixtureCase) bool {
	want := c.Expect.User
	return u.ID == want.ID && u.Name == want.Name && u.Email == want.Email
}
