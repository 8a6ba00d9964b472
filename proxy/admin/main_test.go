package admin

import (
	"os"
	"testing"

	"tawkproxy/examples/testenv/chrome"
)

// sharedChromium is one browser for all tests that need one.
var sharedChromium chrome.Shared

func TestMain(m *testing.M) {
	code := m.Run()
	sharedChromium.Close()
	os.Exit(code)
}
