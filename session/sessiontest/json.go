package sessiontest

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
)

func Exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func ReadJSON(t testing.TB, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
