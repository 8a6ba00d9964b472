package main

import (
	"context"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/opencontainers/go-digest"
)

// dockerfile runs the checks of "docker build --check".
func dockerfile(text []byte) []mistake {
	results, err := dockerfile2llb.DockerfileLint(context.Background(), text, dockerfile2llb.ConvertOpt{
		SourceMap:    &llb.SourceMap{Definition: &llb.Definition{}, Data: text},
		MetaResolver: offline{},
	})
	if err != nil {
		return []mistake{{text: err.Error()}}
	}
	var found []mistake
	if failure := results.Error; failure != nil {
		found = append(found, mistake{text: failure.Message})
		if len(failure.Location.GetRanges()) > 0 {
			found[0].line = int(failure.Location.Ranges[0].Start.Line)
		}
	}
	for _, warning := range results.Warnings {
		m := mistake{text: warning.RuleName + ": " + warning.Detail}
		if len(warning.Location.GetRanges()) > 0 {
			m.line = int(warning.Location.Ranges[0].Start.Line)
		}
		found = append(found, m)
	}
	return found
}

// offline says of every base image that nothing is known of it, so that no registry is asked.
type offline struct{}

func (offline) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	return ref, "", []byte("{}"), nil
}
