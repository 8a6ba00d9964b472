package proxy

import (
	"os"
	"testing"

	"tawkproxy/examples/testenv"
)

func TestMain(m *testing.M) {
	testenv.Parallel("8") // they mostly wait for ends that take their time
	os.Exit(m.Run())
}
