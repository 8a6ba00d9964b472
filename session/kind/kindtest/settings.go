package kindtest

import (
	"strings"
	"testing"

	"tawkproxy/config"
	"tawkproxy/config/setting"
	"tawkproxy/session/kind"
)

// LoadSettings loads settings of a site that has all else.
func LoadSettings(kinds []kind.Kind, settings ...string) (*config.Config, error) {
	var variants []setting.Variant
	for _, k := range kinds {
		variants = append(variants, k.Variant())
	}
	return config.Load(append([]string{"TAWK_UPSTREAM=http://app:3000", "TAWK_EMBED=never", "TAWK_SECRET_KEY=" + strings.Repeat("0", 40)}, settings...), variants)
}

// RunSettings tries settings of kinds. A case is settings in one line, the word that chooses the kind first, and what is said about them,
// one line for each mistake.
func RunSettings(t *testing.T, kinds []kind.Kind, cases [][2]string) {
	for _, c := range cases {
		settings, want, got := c[0], c[1], ""
		if _, err := LoadSettings(kinds, strings.Fields("TAWK_SESSION="+settings)...); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", settings, got, want)
		}
	}
}
