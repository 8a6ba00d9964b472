package tawk

import (
	"flag"
	"os"
	"testing"
)

// TestMain lets more tests run at a time than there are processors: they mostly wait for the browser.
func TestMain(m *testing.M) {
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == parallel.DefValue {
		_ = parallel.Value.Set("8")
	}
	os.Exit(m.Run())
}
