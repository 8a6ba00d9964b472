package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		play(role)
		return
	}
	os.Exit(m.Run())
}

// The command runs with what there is, finds every answer right, and writes its figures down. What they are is not tested.
func TestBench(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells what other processes have used")
	}
	if testing.Short() {
		t.Skip("builds and runs all of it")
	}
	docs := t.TempDir()
	page, err := os.ReadFile("../../docs/cost.md")
	if err != nil {
		t.Fatal(err)
	}
	written := filepath.Join(docs, "cost.md")
	if err := os.WriteFile(written, page, 0o644); err != nil {
		t.Fatal(err)
	}
	only := everyName
	if !testenv.All() {
		only = regexp.MustCompile("30 KB|upload")
	}
	if err := bench(t.Context(), []string{"-rounds", "1", "-time", "1ms", "-only", only.String(), "-write"}, docs, t.Output()); err != nil {
		t.Fatal(err)
	}
	if page, err = os.ReadFile(written); err != nil {
		t.Fatal(err)
	}
	works, err := workloads(only)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range works {
		if !strings.Contains(string(page), "\n| "+w.name+" | ") {
			t.Errorf("there are no figures of %q", w.name)
		}
	}
	if text := string(page); strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
		t.Errorf("some figures are none:\n%s", text)
	}
	plot, err := os.Open(filepath.Join(docs, "cost.svg"))
	if err != nil {
		t.Fatal(err)
	}
	defer plot.Close()
	for d := xml.NewDecoder(plot); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// What a proxy has spoilt is found out.
func TestVerify(t *testing.T) {
	const site = "<head><title>a</title></head>"
	for _, test := range []struct {
		got   string
		right bool
	}{
		{"<head><title>a</title><script mark></script></head>", true},
		{"<mark><head><title>a</title></head>", true},
		{site, false},
		{"<head><title>a</title><script></script></head>", false},
		{"<head><title>b</title><script mark></script></head>", false},
		{"<head><title>a</title><script mark></script></head", false},
		{"<head> <title>a</title><script mark></script></head>", false},
	} {
		if err := inserted([]byte(test.got), []byte(site), "mark"); (err == nil) != test.right {
			t.Errorf("%s: %v", test.got, err)
		}
	}
}
