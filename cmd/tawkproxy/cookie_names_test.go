package main

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

func TestPresentable(t *testing.T) {
	for _, c := range []struct {
		cookies, shown string
		likely         int
	}{
		{"", "", 0},
		{"a=1; express.sid=2; b=3; express.sid=4", "express.sid a b", 1},
		{"_ga=1; _gid=2; _ga_ABC123=3; _fbp=4; cookieconsent_status=5; CookieConsent=6; OptanonConsent=7; _hjSessionUser_1=8; " +
			"_pk_id.1=9; _pk_ses.1=10; __utmz=11; csrftoken=12; XSRF-TOKEN=13; AWSALB=14; TawkConnectionTime=15; twk_uuid_1=16; " +
			"tawkproxy_session=17; tawkproxy_user=18; __cf_bm=19; cf_clearance=20; wp-settings-1=21; lang=22; _clck=23; __hssc=24", "", 0},
		{"PHPSESSID=1; JSESSIONID=1; ASP.NET_SessionId=1; koa:sess=1; laravel_session=1", "PHPSESSID JSESSIONID ASP.NET_SessionId koa:sess laravel_session", 5},
		{"wordpress_logged_in_0123=1; __Host-sid=1; __Secure-authjs.session-token=1; remember_me=1", "wordpress_logged_in_0123 __Host-sid __Secure-authjs.session-token remember_me", 4},
		{"DokuWiki=1; Cacti=2; inside=3; gallery=4", "DokuWiki Cacti inside gallery", 0},
		{"s1=1; s2=1; s3=1; s4=1; s5=1; s6=1; mysid=1", "mysid s1 s2 s3 s4", 1},
		{"sess\x1b[31m=1; sess\"x=2; sess x=3; =4; sess; sessé=5; " + strings.Repeat("sess", 17) + "=6", "", 0},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", c.cookies)
		shown, likely := presentable(cookieNames(r), sessionLike.MatchString)
		if !slices.Equal(shown, strings.Fields(c.shown)) || likely != c.likely {
			t.Errorf("%s:\n got %q, %d likely\nwant %q, %d", c.cookies, shown, likely, c.shown, c.likely)
		}
	}
}
