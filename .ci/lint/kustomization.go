package main

import (
	"path/filepath"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// kustomization makes of a folder what "kubectl apply -k" does, and looks at that as at any manifest.
func kustomization(path string) []mistake {
	made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), filepath.Dir(path))
	if err != nil {
		return []mistake{{text: err.Error()}}
	}
	text, err := made.AsYaml()
	if err != nil {
		return []mistake{{text: err.Error()}}
	}
	found := kubernetes(text)
	for i := range found {
		found[i].line = 0 // it would be one of what was made
	}
	return found
}
