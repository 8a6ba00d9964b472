package proxy

import (
	"flag"
	"os"
	"testing"
)

// Most of these tests wait for ends that take their time: more of them run at once than there are processors, unless the command
// says how many.
func TestMain(m *testing.M) {
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == parallel.DefValue {
		_ = parallel.Value.Set("8")
	}
	os.Exit(m.Run())
}
