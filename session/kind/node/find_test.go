package node

import (
	"flag"
	"testing"

	"tawkproxy/session/kind/kindtest"
)

var update = flag.Bool("update", false, "write what is found in the folders of testdata anew")

// TestFinders looks into the folders of many sites, and says what is to be set for each.
func TestFinders(t *testing.T) {
	kindtest.Finds(t, "testdata/find/express", Express().Find, *update)
	kindtest.Finds(t, "testdata/find/authjs", AuthJS().Find, *update)
}
