package admin

import (
	"os"
	"testing"

	"tawkproxy/examples/testenv"
)

// sharedChromium is one browser for all tests that need one.
var sharedChromium testenv.SharedChromium

func TestMain(m *testing.M) {
	testenv.Parallel("4") // they mostly wait for the browser
	code := m.Run()
	sharedChromium.Close()
	os.Exit(code)
}
