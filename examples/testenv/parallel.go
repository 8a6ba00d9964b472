package testenv

import "flag"

// Parallel lets n tests of a package run at a time, unless the command says how many: where most of them wait, for sites, browsers or
// clocks, that is more than there are processors. It belongs into TestMain.
func Parallel(n string) {
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == parallel.DefValue {
		_ = parallel.Value.Set(n)
	}
}
