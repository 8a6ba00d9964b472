package tawk

import (
	"os"
	"testing"

	"tawkproxy/examples/testenv"
)

func TestMain(m *testing.M) {
	testenv.Parallel("8") // they mostly wait for the browser
	os.Exit(m.Run())
}
