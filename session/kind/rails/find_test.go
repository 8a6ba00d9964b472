package rails

import (
	"flag"
	"strings"
	"testing"

	"tawkproxy/session/kind/kindtest"
)

var update = flag.Bool("update", false, "write what is found in the folders of testdata anew")

// TestFinders looks into the folders of many sites, and says what is to be set for each.
func TestFinders(t *testing.T) { kindtest.Finds(t, "testdata/find", findRails, *update) }

// Whatever stands in a file, it is read to its end, and what is found stands in it.
func FuzzCalls(f *testing.F) {
	for _, seed := range []string{
		"config.session_store :cookie_store, key: '_a_session'\n", "x.session_store(:a, :key => \"b\",\n  c: {d: 'e'})", "session_store =",
		"=begin\nsession_store :x\n=end\n", "session_store \"#{x}\"", "((((",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, code string) {
		for _, c := range calls(code, "session_store") {
			if c.first != "" && !strings.ContainsAny(code, ":\"'") {
				t.Errorf("%q: nothing is a text or a symbol", c.first)
			}
		}
	})
}
