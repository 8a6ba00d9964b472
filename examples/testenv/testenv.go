// Package testenv gives tests the real programs that they need: servers, interpreters and, in package chrome, a browser.
//
// A test whose program is missing is skipped with a plain reason, so that "go test ./..." passes on a machine with Go alone.
// With TAWKPROXY_TEST_ALL=1 it fails instead: then everything is meant to be there. With -short a test is skipped too if what it
// needs takes over a second to start. Where a test goes through hundreds of like cases, it takes a part of them, and all with
// TAWKPROXY_TEST_ALL=1.
package testenv

import (
	"os"
	"os/exec"
	"testing"
)

// Need returns the path of the first of these programs that is installed.
func Need(t testing.TB, programs ...string) string {
	t.Helper()
	for _, program := range programs {
		if path, err := exec.LookPath(program); err == nil {
			return path
		}
	}
	Missing(t, "%s is not installed", programs[0])
	return ""
}

// Missing skips the test for the reason given, or fails it under TAWKPROXY_TEST_ALL=1.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if All() {
		t.Fatalf("TAWKPROXY_TEST_ALL=1: "+format, args...)
	}
	t.Skipf(format, args...)
}

// Slow skips the test under -short, for what it is about to start.
func Slow(t testing.TB, what string) {
	t.Helper()
	if testing.Short() {
		t.Skipf("-short: starting %s takes over a second", what)
	}
}

// Sampled tells whether case i of many is to be tried: one in n, and each under TAWKPROXY_TEST_ALL=1.
func Sampled(i, n int) bool { return i%n == 0 || All() }

// Sample is how many of so many cases are to be tried: a third, and all of them under TAWKPROXY_TEST_ALL=1.
func Sample(cases int) int {
	if All() {
		return cases
	}
	return (cases + 2) / 3
}

// All tells whether every program is to be there, and every case to be tried: TAWKPROXY_TEST_ALL=1.
func All() bool { return os.Getenv("TAWKPROXY_TEST_ALL") == "1" }
