package main

import (
	"bytes"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
)

// kubernetes decodes every document of a file into the type that it names, and takes no field that this type lacks.
func kubernetes(text []byte) []mistake {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{appsv1.AddToScheme, corev1.AddToScheme} {
		if err := add(scheme); err != nil {
			return []mistake{{text: err.Error()}}
		}
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()

	var found []mistake
	line := 1
	for document := range bytes.SplitAfterSeq(text, []byte("\n---\n")) {
		if _, _, err := decoder.Decode(document, nil, nil); err != nil {
			found = append(found, mistake{line, err.Error()})
		}
		line += bytes.Count(document, []byte("\n"))
	}
	return found
}
