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
	for want, source := range map[string]Source{
		"kind=express cookie=connect.sid record=\"Redis at 127.0.0.1:6379\" max_age=1h0m0s id=user.id email=user.email": mustOpen(t)(Express(
			ExpressOptions{Secrets: [][]byte{[]byte("password")},
				Setup: Setup{Store: openRedis(t, "redis://me:password@127.0.0.1:6379/1"), Mapping: mapping, MaxAge: time.Hour}})),
		"kind=php cookie=PHPSESSID record=\"files in /srv\" id=user.id email=user.email": mustOpen(t)(PHP(PHPOptions{
			Setup: Setup{Store: &Files{Dir: "/srv"}, Mapping: mapping}})),
		"kind=django cookie=sessionid record=\"the database's table visits\" id=_auth_user_id details=\"by the user's id, in the database\"": mustOpen(t)(
			Django(DjangoOptions{Setup: Setup{Store: &Table{Database: database, Name: "visits"}}, Database: database})),
		"kind=site cookie=sid asks=/me id=user.id email=user.email": mustAsk(t, ask),
		"kind=header from=[127.0.0.1/32] id=X-User": mustHeader(t, HeaderOptions{
			Mapping: Mapping{ID: "X-User"}, Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}),
		"kind=response asks=/me id=X-Tawk-User-Id name=X-Tawk-User-Name email=X-Tawk-User-Email": responses,
	} {
		var log strings.Builder
		slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 {
				return slog.Attr{} // time, level and message
			}
			return a
		}})).Info("", "source", source)
		if got := strings.TrimSpace(strings.ReplaceAll(log.String(), "source.", "")); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
