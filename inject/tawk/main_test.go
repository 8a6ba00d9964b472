package tawk

import (
	"os"
	"testing"

	"tawkproxy/examples/testenv"
	"tawkproxy/examples/testenv/chrome"
)

// wholeChromium is for what the browser's headless shell cannot do.
var wholeChromium = chrome.Shared{Whole: true}

func TestMain(m *testing.M) {
	testenv.Parallel("8") // they mostly wait for the browser
	code := m.Run()
	wholeChromium.Close()
	os.Exit(code)
}
