package tawk

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"tawkproxy/examples/testenv"
)

func TestScriptText(t *testing.T) {
	text := Script()
	for _, b := range text {
		if b != '\n' && (b < ' ' || b > '~') {
			t.Fatalf("byte %#x", b)
		}
	}
	for _, never := range []string{"</script", "<!--", "<script", "{{"} {
		if bytes.Contains(bytes.ToLower(text), []byte(never)) {
			t.Errorf("contains %q", never)
		}
	}
	if len(text) > 5000 {
		t.Errorf("%d bytes in pages that must hold it", len(text))
	}
}

var update = flag.Bool("update", false, "write script.min.js anew")

// TestScriptIsMinified holds script.min.js to script.js.
func TestScriptIsMinified(t *testing.T) {
	source, err := os.ReadFile("script.js")
	if err != nil {
		t.Fatal(err)
	}
	made := api.Transform(string(source), api.TransformOptions{
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LegalComments: api.LegalCommentsNone,
		Target: api.ES5, Charset: api.CharsetASCII,
	})
	if len(made.Errors) > 0 {
		t.Fatal(made.Errors)
	}
	if *update {
		if err := os.WriteFile("script.min.js", made.Code, 0o644); err != nil {
			t.Fatal(err)
		}
		script = made.Code
	}
	if !bytes.Equal(made.Code, Script()) {
		t.Errorf("script.js has changed: go test ./inject/tawk -run %s -update", t.Name())
	}
}

func TestScriptIsES5(t *testing.T) {
	node := testenv.Need(t, "node")
	if exec.Command(node, "-e", "require('acorn')").Run() != nil {
		testenv.Missing(t, "the node module acorn is not installed, or NODE_PATH does not lead to it")
	}
	const parse = "require('acorn').parse(require('fs').readFileSync(0, 'utf8'), {ecmaVersion: 5})"
	acorn := exec.Command(node, "-e", parse)
	acorn.Stdin = bytes.NewReader(Script())
	if out, err := acorn.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
