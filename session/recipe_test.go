package session

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// A word is the whole session of the recipe in these tests: the id of its user, or what goes wrong.
func wordRecipe(now time.Time) *Recipe {
	return &Recipe{Name: "word", Cookie: "s", Mapping: Mapping{ID: "id"}, MaxAge: time.Hour,
		Now: func() time.Time { return now },
		Steps: []Step{func(_ context.Context, v *Visit, s State) (State, error) {
			switch string(s.Data) {
			case "forged":
				return s, nobody(Forged, "no key fits")
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
		Lookup: func(_ context.Context, u User) (User, error) {
			if u.ID == "deleted" {
				return User{}, &Nobody{Reason: NoUser}
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
		reason  Reason // "" beside no user: unknown
	}{
		{"", "", NoCookie},
		{"t=ada", "", NoCookie},
		{"s=", "", NoCookie},
		{"s=ada", "ada", ""},
		{"s=young", "young", ""},
		{"s=old", "", Expired},
		{"s=ended", "", Expired},
		{"s=forged", "", Forged},
		{"s=damaged", "", Malformed},
		{"s=0", "", NoUser},
		{"s=deleted", "", NoUser},
		{"s=down", "", ""},
		{"s=ada; s=ada", "ada", ""},
		{"s=; s=ada", "", Ambiguous},
		{"s=ada; s=", "", Ambiguous},
		{"s=ada; s=jose", "", Ambiguous},
		{"s=forged; s=ada", "", Ambiguous},
		{"s=ada; s=old", "", Ambiguous},
		{"s=ada; s=0", "", Ambiguous},
		{"s=ada; s=down", "", ""},
		{"s=forged; s=down", "", ""},
		{"s=down; s=forged", "", ""},
		{"s=forged; s=old", "", Forged},
		{"s=a; s=a; s=a; s=a; s=a", "a", ""},
		{`s="ada"`, "", Ambiguous},
		{"s=a%64a", "", Ambiguous},
		{"s =ada", "", Ambiguous},
		{"s=ada; x=y", "ada", ""},
	}
	source := wordRecipe(time.Unix(1795357041, 0))
	for _, test := range tests {
		t.Run(test.cookies, func(t *testing.T) {
			r := httptest.NewRequest("GET", "http://shop.example/", nil)
			r.Header.Set("Cookie", test.cookies)
			u, err := source.Identify(r, nil)
			reason, certain := NobodyReason(err)
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
		reason Reason
	}
	for _, test := range []struct {
		cookies     string
		first, last want
	}{
		{"s=; s=ada", want{"", NoCookie}, want{"ada", ""}},
		{"s=ada; s=forged", want{"ada", ""}, want{"", Forged}},
		{"s=forged; s=ada", want{"", Forged}, want{"ada", ""}},
		{"s=0; s=ada", want{"", NoUser}, want{"ada", ""}},
		{"s=ada; s=jose", want{"ada", ""}, want{"jose", ""}},
		{"s=ada; s=forged; s=jose", want{"ada", ""}, want{"jose", ""}},
		{"s=down; s=ada", want{"", ""}, want{"ada", ""}},
	} {
		for name, site := range map[string]struct {
			readers []CookieReader
			want    want
		}{
			"first": {[]CookieReader{phpCookies}, test.first},
			"last":  {[]CookieReader{djangoCookies}, test.last},
		} {
			source := wordRecipe(time.Unix(1795357041, 0))
			source.Readers = site.readers
			r := httptest.NewRequest("GET", "http://shop.example/", nil)
			r.Header.Set("Cookie", test.cookies)
			u, err := source.Identify(r, nil)
			if reason, _ := NobodyReason(err); u.ID != site.want.user || reason != site.want.reason {
				t.Errorf("%s: %s: got %+v, %v", name, test.cookies, u, err)
			}
		}
	}
}

func TestRecipeValues(t *testing.T) {
	source := wordRecipe(time.Unix(1795357041, 0))
	source.Values = func(c Cookies) []Cookie { return Cookies{{Name: "other", Value: c.Values("other")[0]}} }
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
		reason Reason
	}{
		{nil, "ada", ""},
		{[]string{"jose"}, "jose", ""},
		{[]string{"forged"}, "", Forged},
		{[]string{""}, "", NoCookie},
		{[]string{"jose", "jose"}, "", Ambiguous},
		{[]string{"jose", "forged"}, "", Ambiguous},
	} {
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header.Set("Cookie", "s=ada")
		r.Header["X-Session"] = test.lines
		u, err := source.Identify(r, nil)
		if reason, _ := NobodyReason(err); u.ID != test.user || reason != test.reason {
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

// What tells scripts of a new session must know all the cookies that the session may be in.
func TestRecipeReads(t *testing.T) {
	wordPress, err := WordPress(WordPressOptions{Database: new(Database)})
	if err != nil {
		t.Fatal(err)
	}
	authJS, err := AuthJS(AuthJSOptions{Secrets: [][]byte{[]byte("s")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		source *Recipe
		cookie string
		reads  bool
	}{
		{&Recipe{Cookie: "s"}, "s", true},
		{&Recipe{Cookie: "s"}, "s.sig", false},
		{&Recipe{Cookie: "s"}, "", false},
		{wordPress, "wordpress_logged_in_0123456789abcdef0123456789abcdef", true},
		{wordPress, "wordpress_test_cookie", false},
		{authJS, "next-auth.session-token", true},
		{authJS, "__Secure-authjs.session-token", true},
		{authJS, "__Secure-authjs.session-token.0", true},
		{authJS, "authjs.csrf-token", false},
	} {
		if got := test.source.Reads(test.cookie); got != test.reads {
			t.Errorf("%s, %q: %t", test.source.Name, test.cookie, got)
		}
	}
}

func TestNobody(t *testing.T) {
	cause := errors.New("cause")
	err := error(&Nobody{Reason: Forged, Err: cause})
	if reason, ok := NobodyReason(errors.Join(errors.New("x"), err)); reason != Forged || !ok || !errors.Is(err, cause) {
		t.Errorf("got %q, %t", reason, ok)
	}
	if _, ok := NobodyReason(cause); ok {
		t.Error("an error of another kind is taken for nobody")
	}
	if got := (&Nobody{Reason: NoUser}).Error(); got != "nobody is logged in: no_user" {
		t.Errorf("got %q", got)
	}
}
