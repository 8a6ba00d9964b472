package kinds_test

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/kind/header"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/kind/node"
	"tawkproxy/session/kind/php"
	"tawkproxy/session/kind/python"
	"tawkproxy/session/kind/site"
	"tawkproxy/session/recipe"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

// The operator reads which recipe is in force, and no password.
func TestSourcesInTheLog(t *testing.T) {
	mapping := session.Mapping{ID: "user.id", Email: "user.email"}
	database, err := store.NewDatabase("mysql://me:password@127.0.0.1:3306/shop", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	questions := kind.Questions{Site: http.NotFoundHandler()}
	ask := kindtest.Usual(site.AskOptions{Questions: questions, Path: "/me?password=1", Cookie: "sid", Mapping: mapping})
	responses, err := site.NewResponses(site.ResponseOptions{Questions: questions, Path: "/me?password=1", Cookie: "sid"})
	if err != nil {
		t.Fatal(err)
	}
	express := kindtest.Usual(node.ExpressOptions{Secrets: setting.NewKeys([]byte("password"))})
	express.Setup = recipe.Setup{Store: storetest.OpenRedis(t, "redis://me:password@127.0.0.1:6379/1"), Mapping: mapping, MaxAge: time.Hour}
	django := python.DjangoOptions{Setup: recipe.Setup{Store: &store.Table{Database: database, Name: "visits"}}, Database: database}
	portal := php.PHPOptions{Setup: recipe.Setup{Store: &store.Files{Dir: "/srv"}, Mapping: mapping}}
	headers := header.HeaderOptions{Mapping: session.Mapping{ID: "X-User"}, Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
	for _, test := range []struct {
		source session.Source
		want   string
	}{
		{must[*recipe.Recipe](t)(node.NewExpress(express)),
			`kind=express cookie=connect.sid record="Redis at 127.0.0.1:6379, database 1" max_age=1h0m0s id=user.id email=user.email`},
		{must[*recipe.Recipe](t)(php.NewPHP(kindtest.Usual(portal))), `kind=php cookie=PHPSESSID record="files in /srv" id=user.id email=user.email`},
		{must[*recipe.Recipe](t)(python.NewDjango(kindtest.Usual(django))), `kind=django cookie=sessionid record="the database's table visits" id=_auth_user_id ` +
			`details="by the user's id, in the database"`},
		{must[*recipe.Recipe](t)(node.NewAuthJS(node.AuthJSOptions{Secrets: setting.NewKeys([]byte("password"))})),
			`kind=authjs cookie="authjs.session-token or next-auth.session-token" id=sub name=name email=email phone=phone_number`},
		{must[*site.Asker](t)(site.NewAsker(ask)), "kind=site cookie=sid asks=/me id=user.id email=user.email"},
		{must[*header.Headers](t)(header.NewHeaders(headers)), "kind=header from=[127.0.0.1/32] id=X-User"},
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
func must[S session.Source](t *testing.T) func(S, error) S {
	return func(source S, err error) S {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return source
	}
}
