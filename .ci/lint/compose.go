package main

import (
	"context"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// compose loads a file as "docker compose config" does: against the schema, and checked for names that nothing defines.
func compose(path string, text []byte) []mistake {
	details := types.ConfigDetails{
		WorkingDir:  filepath.Dir(path),
		ConfigFiles: []types.ConfigFile{{Filename: path, Content: text}},
		Environment: types.Mapping{"TAWK_PROPERTY_ID": "0123456789abcdef01234567"}, // the file demands it
	}
	if _, err := loader.LoadWithContext(context.Background(), details); err != nil {
		return []mistake{{text: err.Error()}}
	}
	return nil
}
