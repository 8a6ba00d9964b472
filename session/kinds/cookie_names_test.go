package kinds

import (
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/kind/node"
	"tawkproxy/session/kind/php"
	"tawkproxy/session/recipe"
	"tawkproxy/session/store"
)

// What tells scripts of a new session must know all the cookies that the session may be in.
func TestRecipeReads(t *testing.T) {
	wordPress, err := php.NewWordPress(kindtest.Usual(php.WordPressOptions{Database: new(store.Database)}))
	if err != nil {
		t.Fatal(err)
	}
	authJS, err := node.NewAuthJS(node.AuthJSOptions{Secrets: setting.NewKeys([]byte("s"))})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		source *recipe.Recipe
		cookie string
		reads  bool
	}{
		{&recipe.Recipe{Cookie: "s"}, "s", true},
		{&recipe.Recipe{Cookie: "s"}, "s.sig", false},
		{&recipe.Recipe{Cookie: "s"}, "", false},
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
