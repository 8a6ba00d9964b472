package admin

import (
	"os"
	"testing"

	"tawkproxy/examples/testenv"
	"tawkproxy/examples/testenv/chrome"
)

// sharedChromium is one browser for all tests that need one.
var sharedChromium chrome.Shared

func TestMain(m *testing.M) {
	testenv.Parallel("4") // they mostly wait for the browser
	code := m.Run()
	sharedChromium.Close()
	os.Exit(code)
}
