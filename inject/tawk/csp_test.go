package tawk

import (
	"slices"
	"strings"
	"testing"
)

func TestSources(t *testing.T) {
	for directive, list := range testWidget.Sources() {
		for _, source := range list {
			if strings.HasPrefix(source, "'unsafe") || source == "*" || strings.HasPrefix(source, "http:") {
				t.Errorf("%s %s weakens a policy", directive, source)
			}
		}
	}
	other := Widget{Origin: "https://chat.example"}
	for _, directive := range []string{"script-src", "connect-src"} {
		before, after := testWidget.Sources()[directive], other.Sources()[directive]
		if slices.Contains(before, other.Origin) || !slices.Contains(after, other.Origin) {
			t.Errorf("%s is not that of the widget's origin", directive)
		}
	}
}
