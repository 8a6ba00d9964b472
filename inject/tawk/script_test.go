package tawk

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

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
	if len(text) > 6700 {
		t.Errorf("%d bytes in every page", len(text))
	}
}

// TestScriptComments holds what makes it safe to drop lines: no text of the script goes on in the next line, and every comment
// has lines of its own.
func TestScriptComments(t *testing.T) {
	for i, line := range strings.Split(string(script), "\n") {
		code := strings.TrimSpace(line)
		if strings.HasPrefix(code, "//") {
			continue
		}
		if strings.ContainsAny(line, "`\r") || strings.HasSuffix(line, `\`) || strings.Contains(line, "/*") {
			t.Errorf("line %d: %s", i+1, line)
		}
	}
	if bytes.Contains(Script(), []byte("// ")) {
		t.Error("a comment is served")
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
