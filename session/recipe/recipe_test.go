package recipe

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/cookie"
)

// A word is the whole session of the recipe in these tests: the id of its user, or what goes wrong.
func wordRecipe(now time.Time) *Recipe {
	return &Recipe{Name: "word", Cookie: "s", Mapping: session.Mapping{ID: "id"}, MaxAge: time.Hour,
		Now: func() time.Time { return now },
		Steps: []Step{func(_ context.Context, v *Visit, s State) (State, error) {
			switch string(s.Data) {
			case "forged":
				return s, session.Nobodyf(session.Forged, "no key fits")
			case "down":
				return s, errors.New("store is down")
			case "old":
				s.Issued = v.Now.Add(-time.Hour - time.Second)
			case "ended":
				s.Expires = v.Now
			case "young":
				s.Issued, s.Expires = v.Now.Add(-time.Hour), v.Now.Add(time.Second)
			}
			return s, nil
		}},
		Parse: func(record []byte) (any, error) {
			if string(record) == "damaged" {
				return nil, errors.New("not a word")
			}
			return map[string]any{"id": string(record)}, nil
		},
		Lookup: func(_ context.Context, u session.User, _ map[string]string) (session.User, error) {
			if u.ID == "deleted" {
				return session.User{}, &session.Nobody{Reason: session.NoUser}
			}
			u.Name = "looked up"
			return u, nil
		},
	}
}

func TestRecipe(t *testing.T) {
	tests := []struct {
		cookies string
		user    string
		reason  session.Reason // "" beside no user: unknown
	}{
		{"", "", session.NoCookie},
		{"t=ada", "", session.NoCookie},
		{"s=", "", session.NoCookie},
		{"s=ada", "ada", ""},
		{"s=young", "young", ""},
		{"s=old", "", session.Expired},
		{"s=ended", "", session.Expired},
		{"s=forged", "", session.Forged},
		{"s=damaged", "", session.Malformed},
		{"s=0", "", session.NoUser},
		{"s=deleted", "", session.NoUser},
		{"s=down", "", ""},
		{"s=ada; s=ada", "ada", ""},
		{"s=; s=ada", "", session.Ambiguous},
		{"s=ada; s=", "", session.Ambiguous},
		{"s=ada; s=jose", "", session.Ambiguous},
		{"s=forged; s=ada", "", session.Ambiguous},
		{"s=ada; s=old", "", session.Ambiguous},
		{"s=ada; s=0", "", session.Ambiguous},
		{"s=ada; s=down", "", ""},
		{"s=forged; s=down", "", ""},
		{"s=down; s=forged", "", ""},
		{"s=forged; s=old", "", session.Forged},
		{"s=a; s=a; s=a; s=a; s=a", "a", ""},
		{`s="ada"`, "", session.Ambiguous},
		{"s=a%64a", "", session.Ambiguous},
		{"s =ada", "", session.Ambiguous},
		{"s=ada; x=y", "ada", ""},
	}
	source := wordRecipe(time.Unix(1795357041, 0))
	for _, test := range tests {
		t.Run(test.cookies, func(t *testing.T) {
			r := httptest.NewRequest("GET", "http://shop.example/", nil)
			r.Header.Set("Cookie", test.cookies)
			u, err := source.Identify(r, nil)
			reason, certain := session.NobodyReason(err)
			if u.ID != test.user || reason != test.reason || (err == nil) != (test.user != "") || certain != (test.reason != "") {
				t.Errorf("got %+v, %v", u, err)
			}
			if test.user != "" && u.Name != "looked up" {
				t.Error("nothing was looked up")
			}
		})
	}
}

// A site sees one of several cookies of a name, whatever the others are.
func TestRecipeReaders(t *testing.T) {
	type want struct {
		user   string
		reason session.Reason
	}
	for _, test := range []struct {
		cookies     string
		first, last want
	}{
		{"s=; s=ada", want{"", session.NoCookie}, want{"ada", ""}},
		{"s=ada; s=forged", want{"ada", ""}, want{"", session.Forged}},
		{"s=forged; s=ada", want{"", session.Forged}, want{"ada", ""}},
		{"s=0; s=ada", want{"", session.NoUser}, want{"ada", ""}},
		{"s=ada; s=jose", want{"ada", ""}, want{"jose", ""}},
		{"s=ada; s=forged; s=jose", want{"ada", ""}, want{"jose", ""}},
		{"s=down; s=ada", want{"", ""}, want{"ada", ""}},
	} {
		for name, site := range map[string]struct {
			readers []cookie.Reader
			want    want
		}{
			"first": {[]cookie.Reader{cookie.PhpCookies}, test.first},
			"last":  {[]cookie.Reader{cookie.DjangoCookies}, test.last},
		} {
			source := wordRecipe(time.Unix(1795357041, 0))
			source.Readers = site.readers
			r := httptest.NewRequest("GET", "http://shop.example/", nil)
			r.Header.Set("Cookie", test.cookies)
			u, err := source.Identify(r, nil)
			if reason, _ := session.NobodyReason(err); u.ID != site.want.user || reason != site.want.reason {
				t.Errorf("%s: %s: got %+v, %v", name, test.cookies, u, err)
			}
		}
	}
}

func TestRecipeValues(t *testing.T) {
	source := wordRecipe(time.Unix(1795357041, 0))
	source.Values = func(c cookie.Cookies) []cookie.Cookie {
		return cookie.Cookies{{Name: "other", Value: c.Values("other")[0]}}
	}
	r := httptest.NewRequest("GET", "http://shop.example/", nil)
	r.Header.Set("Cookie", "s=ada; other=jose")
	if u, err := source.Identify(r, http.Header{}); u.ID != "jose" || err != nil {
		t.Errorf("got %+v, %v", u, err)
	}
}

// A header comes before the cookie; repeated, it is nobody's.
func TestRecipeHeader(t *testing.T) {
	source := wordRecipe(time.Unix(1795357041, 0))
	source.Header = "X-Session"
	for _, test := range []struct {
		lines  []string
		user   string
		reason session.Reason
	}{
		{nil, "ada", ""},
		{[]string{"jose"}, "jose", ""},
		{[]string{"forged"}, "", session.Forged},
		{[]string{""}, "", session.NoCookie},
		{[]string{"jose", "jose"}, "", session.Ambiguous},
		{[]string{"jose", "forged"}, "", session.Ambiguous},
	} {
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header.Set("Cookie", "s=ada")
		r.Header["X-Session"] = test.lines
		u, err := source.Identify(r, nil)
		if reason, _ := session.NobodyReason(err); u.ID != test.user || reason != test.reason {
			t.Errorf("%q: got %+v, %v", test.lines, u, err)
		}
	}
}

// A step behind one that finds the session too old is not taken: no store is asked for what has ended.
func TestRecipeStopsAtTheEnd(t *testing.T) {
	source := wordRecipe(time.Unix(1795357041, 0))
	source.Steps = append(source.Steps, func(context.Context, *Visit, State) (State, error) {
		t.Error("the next step was taken")
		return State{}, nil
	})
	r := httptest.NewRequest("GET", "http://shop.example/", nil)
	r.Header.Set("Cookie", "s=old")
	if _, err := source.Identify(r, nil); err == nil {
		t.Error("a user")
	}
}

func TestNobody(t *testing.T) {
	cause := errors.New("cause")
	err := error(&session.Nobody{Reason: session.Forged, Err: cause})
	if reason, ok := session.NobodyReason(errors.Join(errors.New("x"), err)); reason != session.Forged || !ok || !errors.Is(err, cause) {
		t.Errorf("got %q, %t", reason, ok)
	}
	if _, ok := session.NobodyReason(cause); ok {
		t.Error("an error of another kind is taken for nobody")
	}
	if got := (&session.Nobody{Reason: session.NoUser}).Error(); got != "nobody is logged in: no_user" {
		t.Errorf("got %q", got)
	}
}
