package session

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// The operator reads which recipe is in force, and no password.
func TestSourcesInTheLog(t *testing.T) {
	mapping := Mapping{ID: "user.id", Email: "user.email"}
	database, err := NewDatabase("mysql://me:password@127.0.0.1:3306/shop", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	ask := AskOptions{Site: http.NotFoundHandler(), Path: "/me?password=1", Cookie: "sid", Mapping: mapping}
	responses, err := Response(Mapping{}, ask)
	if err != nil {
		t.Fatal(err)
	}
	express := ExpressOptions{Secrets: [][]byte{[]byte("password")}}
	express.Setup = Setup{Store: openRedis(t, "redis://me:password@127.0.0.1:6379/1"), Mapping: mapping, MaxAge: time.Hour}
	django := DjangoOptions{Setup: Setup{Store: &Table{Database: database, Name: "visits"}}, Database: database}
	php := PHPOptions{Setup: Setup{Store: &Files{Dir: "/srv"}, Mapping: mapping}}
	header := HeaderOptions{Mapping: Mapping{ID: "X-User"}, Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
	for _, test := range []struct {
		source Source
		want   string
	}{
		{must[*Recipe](t)(Express(express)),
			`kind=express cookie=connect.sid record="Redis at 127.0.0.1:6379, database 1" max_age=1h0m0s id=user.id email=user.email`},
		{must[*Recipe](t)(PHP(php)), `kind=php cookie=PHPSESSID record="files in /srv" id=user.id email=user.email`},
		{must[*Recipe](t)(Django(django)), `kind=django cookie=sessionid record="the database's table visits" id=_auth_user_id ` +
			`details="by the user's id, in the database"`},
		{must[*Recipe](t)(AuthJS(AuthJSOptions{Secrets: [][]byte{[]byte("password")}})),
			`kind=authjs cookie="authjs.session-token or next-auth.session-token" id=sub name=name email=email phone=phone_number`},
		{must[*Asker](t)(Ask(ask)), "kind=site cookie=sid asks=/me id=user.id email=user.email"},
		{must[*Headers](t)(Header(header)), "kind=header from=[127.0.0.1/32] id=X-User"},
		{responses, "kind=response asks=/me id=X-Tawk-User-Id name=X-Tawk-User-Name email=X-Tawk-User-Email"},
	} {
		var log strings.Builder
		slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 {
				return slog.Attr{} // time, level and message
			}
			return a
		}})).Info("", "source", test.source)
		if got := strings.TrimSpace(strings.ReplaceAll(log.String(), "source.", "")); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

// must returns a source that can be opened.
func must[S Source](t *testing.T) func(S, error) S {
	return func(source S, err error) S {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return source
	}
}
