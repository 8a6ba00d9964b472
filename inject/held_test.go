package inject

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestCasesAreHeld holds that testdata/CASES.md has every case, and that the tests it names exist.
func TestCasesAreHeld(t *testing.T) {
	table, err := os.ReadFile("testdata/CASES.md")
	if err != nil {
		t.Fatal(err)
	}
	sources := testSources(t)
	held := map[string]bool{}
	row := regexp.MustCompile(`(?m)^\| ([A-Z]\d\d) \|.*\| ([^|]+) \|$`)
	for _, match := range row.FindAllStringSubmatch(string(table), -1) {
		number, by := match[1], match[2]
		if held[number] {
			t.Errorf("%s has two rows", number)
		}
		held[number] = true
		names := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(by, -1)
		if len(names) == 0 && by != "—" {
			t.Errorf("%s names no test", number)
		}
		for _, name := range names {
			function, subtest, _ := strings.Cut(name[1], "/")
			if !strings.Contains(sources, "\nfunc "+function+"(") {
				t.Errorf("%s is held by %s, which does not exist", number, function)
			}
			if !strings.Contains(sources, `"`+subtest) {
				t.Errorf("%s is held by %s, but no case is called %s", number, function, subtest)
			}
		}
	}
	for _, cases := range []struct {
		letter      string
		first, last int
	}{{"A", 1, 41}, {"B", 1, 20}, {"C", 1, 10}, {"D", 1, 13}, {"E", 1, 14}, {"F", 1, 20}, {"I", 1, 11}} {
		for n := cases.first; n <= cases.last; n++ {
			if number := fmt.Sprintf("%s%02d", cases.letter, n); !held[number] {
				t.Errorf("%s has no row", number)
			}
		}
	}
}

// testSources returns the text of all test files of this package and those below it.
func testSources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range []string{"*_test.go", "*/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
	}
	return all.String()
}
