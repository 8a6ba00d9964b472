package inject

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCorpus holds the rule against the documents of the html5lib tree-construction tests, which are part of the x/net module.
func TestCorpus(t *testing.T) {
	documents := corpus(t)
	count := map[effect]int{}
	verdicts := map[Reason]int{}
	for _, document := range documents {
		answer := place(document, whole, page{contentType: "text/html; charset=utf-8", marker: marker, navigation: true})
		verdicts[answer.verdict]++

		// Alone, without the question whether it is a document, the rule must hold for every piece of markup.
		w := walk{end: whole, scanner: scanner{page: document, whole: true, marker: "data-" + marker}}
		w.seek(0)
		bare := w.place()
		if answer.verdict == Inserted && answer != bare {
			t.Errorf("%q: %v, but the rule says %v", document, answer, bare)
		}
		if bare.verdict != Inserted {
			count["nothing"]++
			continue
		}
		e := effectOf(t, document, bare.offset)
		count[e]++
		if e != live {
			t.Errorf("%s: %q", e, spliced(document, bare.offset))
		}
	}
	t.Logf("%d documents: %v; with the question for evidence: %v", len(documents), count, verdicts)
	// The best rule known before ours left out 49, which have nothing but comments or white space.
	if len(documents) < 1601 || count["nothing"] > 49 {
		t.Errorf("%d documents, %d without the element: want at least 1601, at most 49", len(documents), count["nothing"])
	}
}

// corpus returns the whole documents, not the fragments, of the html5lib tree-construction tests.
func corpus(t testing.TB) [][]byte {
	t.Helper()
	directory, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/net").Output()
	if err != nil {
		t.Fatalf("find the x/net module: %v", err)
	}
	root := filepath.Join(strings.TrimSpace(string(directory)), "html", "testdata")
	var documents [][]byte
	err = filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".dat" {
			return err
		}
		text, err := os.ReadFile(path)
		for _, test := range bytes.Split(append([]byte("\n"), text...), []byte("\n#data\n"))[1:] {
			data, rest, _ := bytes.Cut(append([]byte("\n"), test...), []byte("\n#errors"))
			if !bytes.Contains(rest, []byte("\n#document-fragment\n")) {
				documents = append(documents, bytes.TrimPrefix(data, []byte("\n")))
			}
		}
		return err
	})
	if err != nil {
		t.Fatalf("read the corpus: %v", err)
	}
	return documents
}
