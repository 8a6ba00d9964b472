// Command lint checks the files by which tawkproxy is packaged: Dockerfiles, compose files, Kubernetes manifests and
// kustomizations.
//
//	go -C .ci/lint run . FILE...
//
// It prints every mistake as file:line: message, as far as the line is known, and exits with 1 if there is one. It asks no
// network.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A mistake is something wrong in a file.
type mistake struct {
	line int // counted from 1; 0 if the linter does not tell
	text string
}

func main() {
	found := false
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		for _, m := range lint(path, text) {
			found = true
			place := path
			if m.line > 0 {
				place += fmt.Sprint(":", m.line)
			}
			fmt.Printf("%s: %s\n", place, m.text)
		}
	}
	if found {
		os.Exit(1)
	}
}

// lint tells what is wrong with a file, whose kind its name tells.
func lint(path string, text []byte) []mistake {
	switch name := filepath.Base(path); {
	case strings.HasSuffix(name, "Dockerfile"):
		return dockerfile(text)
	case strings.HasSuffix(name, "compose.yaml"):
		return compose(path, text)
	case name == "kustomization.yaml":
		return kustomization(path)
	case filepath.Ext(name) == ".yaml":
		return kubernetes(text)
	}
	return []mistake{{text: "no linter knows this kind of file"}}
}
