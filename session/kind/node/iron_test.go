package node

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/seal"
	"tawkproxy/session/sessiontest"
)

// ironFixtures reads what iron-session gave out.
var ironFixtures = kindtest.FixtureKind{Framework: "iron-session", Open: openIron,
	Canonical: kindtest.SeenBy(cookie.Node07Cookies)}

func openIron(t *testing.T, site kindtest.FixtureSite) session.Source {
	t.Helper()
	o := IronOptions{Setup: site.Setup}
	for _, password := range site.Config["passwords"].(map[string]any) {
		o.Passwords = append(o.Passwords, setting.NewSecret(password.(string)))
	}
	return kindtest.MustOpen(t)(NewIron(kindtest.Usual(o)))
}

func TestIronFixtures(t *testing.T) { kindtest.RunFixtures(t, ironFixtures) }

func TestIronFlippedBits(t *testing.T) { kindtest.FlipFixtures(t, ironFixtures) }

const ironPassword = "a password of at least thirty-two characters"

func TestIronSeals(t *testing.T) {
	ada := kindtest.Padded(`{"id":"42"}`)
	end := fmt.Sprint(sessiontest.IssuedAt.UnixMilli())
	tests := []struct {
		name, value string
		after       time.Duration
		reason      session.Reason
	}{
		{"of iron-session 8", kindtest.SealIron(t, ironPassword, "1", end, ada) + "~2", 0, ""},
		{"of releases before", kindtest.SealIron(t, ironPassword, "1", end, kindtest.Padded(`{"persistent":{"id":"42"},"flash":{}}`)), 0, ""},
		{"with a member of that name", kindtest.SealIron(t, ironPassword, "1", end, kindtest.Padded(`{"id":"42","persistent":{}}`)) + "~2", 0, ""},
		{"in quotation marks", `"` + kindtest.SealIron(t, ironPassword, "1", end, ada) + `~2"`, 0, session.Ambiguous},
		{"of hapi", kindtest.SealIron(t, ironPassword, "", "", ada), 0, ""},
		{"escaped", strings.ReplaceAll(kindtest.SealIron(t, ironPassword, "1", end, ada), "*", "%2A") + "~2", 0, session.Ambiguous}, // hapi decodes nothing
		{"in the last moment", kindtest.SealIron(t, ironPassword, "1", end, ada), seal.IronLeeway - time.Millisecond, ""},
		{"after it", kindtest.SealIron(t, ironPassword, "1", end, ada), seal.IronLeeway, session.Expired},
		{"of a version to come", kindtest.SealIron(t, ironPassword, "1", end, ada) + "~3", 0, session.Malformed},
		{"of another prefix", "Fe26.1" + kindtest.SealIron(t, ironPassword, "1", end, ada)[6:], 0, session.Malformed},
		{"with a part more", kindtest.SealIron(t, ironPassword, "1", end, ada) + "*", 0, session.Malformed},
		{"of another password", kindtest.SealIron(t, strings.ToUpper(ironPassword), "1", end, ada), 0, session.Forged},
		{"an end beyond all times", kindtest.SealIron(t, ironPassword, "1", strings.Repeat("9", 30), ada), 0, ""},
		{"an end in another form", kindtest.SealIron(t, ironPassword, "1", "+"+end, ada), 0, session.Malformed},
		{"an end with a fraction", kindtest.SealIron(t, ironPassword, "1", end+".5", ada), 0, session.Malformed},
		{"an end that is no time", kindtest.SealIron(t, ironPassword, "1", "soon", ada), 0, session.Malformed},
		{"padding of none", kindtest.SealIron(t, ironPassword, "1", end, make([]byte, 16)), 0, session.Malformed},
		{"padding of too much", kindtest.SealIron(t, ironPassword, "1", end, bytes.Repeat([]byte{17}, 16)), 0, session.Malformed},
		{"padding that differs", kindtest.SealIron(t, ironPassword, "1", end, append(make([]byte, 15), 2)), 0, session.Malformed},
		{"nothing", kindtest.SealIron(t, ironPassword, "1", end, nil), 0, session.Malformed},
		{"not JSON", kindtest.SealIron(t, ironPassword, "1", end, kindtest.Padded("id=42")), 0, session.Malformed},
		{"nobody", kindtest.SealIron(t, ironPassword, "1", end, kindtest.Padded(`{"persistent":{}}`)), 0, session.NoUser},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := kindtest.MustOpen(t)(NewIron(kindtest.Usual(IronOptions{Passwords: setting.NewKeys(bytes.Repeat([]byte("n"), 32), []byte(ironPassword)),
				Setup: recipe.Setup{Cookie: "sid", Mapping: session.Mapping{ID: "id"}, Now: func() time.Time { return sessiontest.IssuedAt.Add(test.after) }}})))
			u, err := source.Identify(sessiontest.WithCookie("sid", test.value), nil)
			if reason, _ := session.NobodyReason(err); reason != test.reason || (u.ID == "42") != (test.reason == "") {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}

func TestIronOptions(t *testing.T) {
	site, passwords := recipe.Setup{Cookie: "sid", Mapping: session.Mapping{ID: "id"}}, setting.NewKeys([]byte(ironPassword))
	aged := site
	aged.MaxAge = time.Hour
	for _, test := range []struct {
		options IronOptions
		want    string
	}{
		{IronOptions{Setup: site}, "the password is missing"},
		{IronOptions{Setup: site, Passwords: append(passwords[:1:1], setting.NewSecret("short"))},
			": password 2 has 5 bytes; iron-session demands 32 characters or more; if a comma belongs to a password, " + setting.AsCode},
		{IronOptions{Setup: recipe.Setup{Mapping: site.Mapping}, Passwords: passwords}, "the name of the session cookie is missing"},
		{IronOptions{Setup: aged, Passwords: passwords},
			"sessions of this kind do not tell when they were made, so that a maximum age cannot be kept"},
	} {
		if _, err := NewIron(kindtest.Usual(test.options)); fmt.Sprint(err) != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}
