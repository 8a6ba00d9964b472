package python

import (
	"flag"
	"testing"
	"testing/fstest"

	"tawkproxy/session/folder"
	"tawkproxy/session/kind/kindtest"
)

var update = flag.Bool("update", false, "write what is found in the folders of testdata anew")

// TestFinders looks into the folders of many sites, and says what is to be set for each.
func TestFinders(t *testing.T) {
	kindtest.Finds(t, "testdata/find/django", findDjango, *update)
	kindtest.Finds(t, "testdata/find/flask", findFlask, *update)
}

// Whatever stands in a file, it is read to its end.
func FuzzAssignments(f *testing.F) {
	for _, seed := range []string{
		"A = {'a': [1, (2, \"x\" 'y')], **b}\n", "from .base import *\n", "A: str = r'\\' + f'{x}' or os.environ['B'] / 'c'", "((((", "A = '''",
		"A = env.db('X', default='sqlite:///a')", "A = Path(__file__).resolve().parent.parents[1] / 'x'", "A=-+*~[{(", "A = B.c.d[0](1)(2)",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, code string) {
		m := newModule(folder.New(fstest.MapFS{"a.py": {Data: []byte(code)}}, "/srv", nil, nil), folder.Dotenv{})
		m.read("a.py")
		for name := range m.values {
			if name == "" {
				t.Error("a name without letters")
			}
		}
	})
}
