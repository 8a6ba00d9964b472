package tawk

import (
	"os"
	"testing"

	"tawkproxy/examples/testenv/chrome"
)

// wholeChromium is for what the browser's headless shell cannot do.
var wholeChromium = chrome.Shared{Whole: true}

func TestMain(m *testing.M) {
	code := m.Run()
	wholeChromium.Close()
	os.Exit(code)
}
