package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

const (
	image      = "../../Dockerfile"
	sideBySide = "../../examples/compose/compose.yaml"
	pod        = "../../examples/kubernetes/deployment.yaml"
)

// Each case is a copy of a real file with one thing made wrong in it.
func TestEveryLinterBites(t *testing.T) {
	cases := []struct {
		path, right, wrong string
		want               string // in the message
	}{
		{image, "EXPOSE 8080", "EXPOZE 8080", "unknown instruction: EXPOZE"},
		{image, "FROM scratch", "from scratch", "ConsistentInstructionCasing"},
		{image, `CMD ["serve"]`, "CMD serve", "JSONArgsRecommended"},
		{image, "EXPOSE 8080", "ENV TAWK_SECRET_KEY=here", "SecretsUsedInArgOrEnv"},
		{image, "-o /tawkproxy ./cmd", "-o /tawkproxy \\\n\n ./cmd", "NoEmptyContinuation"},
		{sideBySide, "read_only:", "readonly:", "readonly"},
		{sideBySide, "secrets: [tawk_secret_key, session_key]", "secrets: [tawk_secret_key, session_kye]", "session_kye"},
		{sideBySide, "depends_on: [shop]", "depends_on: [chop]", "chop"},
		{sideBySide, "  tawkproxy:\n", "\ttawkproxy:\n", "cannot start any token"},
		{pod, "readOnlyRootFilesystem:", "readOnlyRootFileSystem:", `[0].securityContext.readOnlyRootFileSystem"`},
		{pod, "kind: Service\n", "kind: Servise\n", "Servise"},
		{pod, "replicas: 2", "replicas: two", "replicas"},
		{pod, "replicas: 2", "replicas: 2\n  replicas: 3", `"replicas" already set`},
	}
	for _, c := range cases {
		text, err := os.ReadFile(c.path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, []byte(c.right)) {
			t.Errorf("%s has no %q any more", c.path, c.right)
			continue
		}
		var said []string
		for _, m := range lint(c.path, bytes.Replace(text, []byte(c.right), []byte(c.wrong), 1)) {
			said = append(said, m.text)
		}
		if all := strings.Join(said, "\n"); !strings.Contains(all, c.want) {
			t.Errorf("%s with %q: the linter says %q, nothing of %q", c.path, c.wrong, all, c.want)
		}
	}
}

// What a kustomization makes is decoded as strictly as a manifest, and holds what was added.
func TestKustomization(t *testing.T) {
	const folder = "../../examples/kubernetes/sidecar"
	if found := lint(folder+"/kustomization.yaml", nil); len(found) > 0 {
		t.Errorf("%+v", found)
	}
	for _, c := range []struct{ file, right, wrong, want string }{
		{"tawkproxy.yaml", "readOnlyRootFilesystem:", "readOnlyRootFileSystem:", "readOnlyRootFileSystem"},
		{"tawkproxy.yaml", "name: shop\nspec:\n  template:", "name: chop\nspec:\n  template:", "chop"},
		{"kustomization.yaml", "patches:", "patchez:", "patchez"},
		{"kustomization.yaml", "[site.yaml]", "[sight.yaml]", "sight.yaml"},
	} {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(folder)); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(dir + "/" + c.file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, []byte(c.right)) {
			t.Fatalf("%s has no %q any more", c.file, c.right)
		}
		if err := os.WriteFile(dir+"/"+c.file, bytes.Replace(text, []byte(c.right), []byte(c.wrong), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, m := range lint(dir+"/kustomization.yaml", nil) {
			said = append(said, m.text)
		}
		if all := strings.Join(said, "\n"); !strings.Contains(all, c.want) {
			t.Errorf("%s with %q: the linter says %q, nothing of %q", c.file, c.wrong, all, c.want)
		}
	}
}

func TestMistakesHaveLines(t *testing.T) {
	cases := []struct {
		path, text string
		line       int
	}{
		{"Dockerfile", "FROM scratch\n\nCMD serve\n", 3},
		{"Dockerfile", "FROM scratch\nWRONG\n", 2},
		{"two.yaml", "apiVersion: v1\nkind: Service\n---\napiVersion: v1\nkind: Service\nspeck: {}\n", 4},
	}
	for _, c := range cases {
		if found := lint(c.path, []byte(c.text)); len(found) != 1 || found[0].line != c.line {
			t.Errorf("%q: %+v, want one mistake in line %d", c.text, found, c.line)
		}
	}
}

func TestUnknownKindsAreMistakes(t *testing.T) {
	if found := lint("notes.txt", nil); len(found) != 1 {
		t.Errorf("%+v", found)
	}
}
