package examples

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tawkproxy/config"
	"tawkproxy/session/kinds"
)

// A setting is a line of the compose file, or an item of the pod's environment.
var setting = regexp.MustCompile(`(?:^ +|\{name: )(TAWK_\w+)(?:, value)?: (?:"([^"]*)"|([^}\n]*))`)

// The settings in the examples are settings that the program takes.
func TestExamplesConfigureTheProgram(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("a secret for the test\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"compose/compose.yaml", "kubernetes/deployment.yaml", "kubernetes/sidecar/tawkproxy.yaml"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var environ []string
		for line := range strings.Lines(string(text)) {
			m := setting.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			name, value := m[1], m[2]+m[3]
			switch {
			case strings.HasSuffix(name, "_FILE"):
				value = secret
			case strings.HasPrefix(value, "${TAWK_PROPERTY_ID"):
				value = "0123456789abcdef01234567"
			case strings.HasPrefix(value, "${TAWK_WIDGET_ID"):
				value = "default"
			}
			environ = append(environ, name+"="+value)
		}
		if len(environ) < 10 {
			t.Errorf("%s: only %d settings found: %q", path, len(environ), environ)
		}
		if _, err := config.Load(environ, kinds.Variants()); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}
