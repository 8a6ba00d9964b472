package config

import (
	"encoding/base64"
	"os"
	"regexp"
	"strings"
	"testing"
)

// An assignment is one of a line that exports some: NAME=value or NAME='value'.
var assignment = regexp.MustCompile(`(TAWK_\w+)=('[^']*'|[^'\s]+)`)

// What the README sets for each kind of site is all that this kind needs.
func TestReadmeKinds(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, sections, _ := strings.Cut(string(readme), "\n## Your kind of site\n")
	sections, _, _ = strings.Cut(sections, "\n## ")
	secret := "0123456789abcdef0123456789abcdef"
	blanks := strings.NewReplacer("'", "", "base64:…", "base64:"+base64.StdEncoding.EncodeToString([]byte(secret)), "…", secret)
	kinds := map[string]bool{}
	for _, section := range strings.Split(sections, "\n### ")[1:] {
		title, text, _ := strings.Cut(section, "\n")
		var environ []string
		for line := range strings.Lines(text) {
			exports, ok := strings.CutPrefix(line, "    export ")
			if !ok {
				continue
			}
			exports, _, _ = strings.Cut(exports, " #")
			for _, found := range assignment.FindAllStringSubmatch(exports, -1) {
				environ = append(environ, found[1]+"="+blanks.Replace(found[2]))
			}
			if strings.Count(exports, "TAWK_") != strings.Count(exports, "=") {
				t.Errorf("%s: cannot read %s", title, line)
			}
		}
		if len(environ) == 0 {
			continue
		}
		c, err := load(append([]string{"TAWK_UPSTREAM=http://127.0.0.1:3000", "TAWK_PROPERTY_ID=64b0c0ffee64b0c0ffee64b0",
			"TAWK_SECRET_KEY=" + secret + "01234567"}, environ...))
		if err != nil {
			t.Errorf("%s: %v", title, err)
			continue
		}
		kinds[c.Session.Kind] = true
	}
	if len(kinds) < 14 {
		t.Errorf("only these kinds were found: %v", kinds)
	}
}
