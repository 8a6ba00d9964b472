package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
	"tawkproxy/examples/testenv/chrome"
)

// legacyPages is where the engine's own tests keep what old sites serve; see the list in it.
const legacyPages = "../../inject/testdata/pages/"

// A legacyPage is one of them. Inserted says whether it gets the element when it is served with this type.
type legacyPage struct {
	name, contentType string
	inserted          bool
}

// A legacySite serves them: /0/name with the type in the list, /1/name with another one, and nothing else.
type legacySite struct {
	pages []legacyPage
	types map[string]string // by path
}

// newLegacySite reads the list: a line a page with its name, its Content-Type and, separated by tabs, either the verdict on it
// or two fields about its place.
func newLegacySite(t *testing.T) *legacySite {
	t.Helper()
	list, err := os.ReadFile(legacyPages + "PAGES.txt")
	if err != nil {
		t.Fatal(err)
	}
	site := &legacySite{types: map[string]string{}}
	for line := range strings.Lines(string(list)) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		site.pages = append(site.pages, legacyPage{fields[0], fields[1], len(fields) == 4})
		site.types["/0/"+fields[0]] = fields[1]
		// A header takes the decision from what the page declares, and a page without one has to speak for itself.
		site.types["/1/"+fields[0]] = "text/html; charset=utf-8"
		if strings.Contains(fields[1], "charset") {
			site.types["/1/"+fields[0]] = "text/html"
		}
	}
	return site
}

func (s *legacySite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	contentType, ok := s.types[r.URL.Path]
	if !ok {
		w.WriteHeader(http.StatusNoContent) // a page that moves the browser on stays
		return
	}
	w.Header().Set("Content-Type", contentType)
	http.ServeFile(w, r, legacyPages+path.Base(r.URL.Path)+".html")
}

// outline is what a page is in the browser: its mode, its encoding and every node of its document, one a line. The element
// is left out of it and reported on a line of its own, with its place in the head.
const outline = `(function () {
	var lines = [document.compatMode, document.characterSet, document.contentType], found = [];
	function walk(parent, depth) {
		var nodes = (parent instanceof HTMLTemplateElement ? parent.content : parent).childNodes;
		for (var i = 0; i < nodes.length; i++) {
			var node = nodes[i];
			var words = [depth, node.nodeType, node.namespaceURI, node.nodeName, node.nodeValue, node.publicId, node.systemId];
			if (node.nodeType === 1 && node.hasAttribute('data-tawkproxy')) {
				found.push(node.nodeName + ' in ' + (parent === document.head ? 'head' : parent.nodeName));
				continue;
			}
			for (var j = 0; node.attributes && j < node.attributes.length; j++) {
				words.push(node.attributes[j].name + '=' + node.attributes[j].value);
			}
			lines.push(JSON.stringify(words).split(location.host).join('HOST'));
			walk(node, depth + 1);
		}
	}
	walk(document, 0);
	return found.join(', ') + '\n' + lines.join('\n');
})()`

// TestLegacyPages shows pages of old sites to a real browser, straight from the site and through the program. Scripts off, the
// element stays where the parser has put it; scripts on, it has run and is gone. Nothing else may differ.
func TestLegacyPages(t *testing.T) {
	t.Parallel()
	chromium := sharedChromium.Get(t)
	legacy := newLegacySite(t)
	site := httptest.NewServer(legacy)
	t.Cleanup(site.Close)
	proxied := start(t, append(demoSettings(site.URL, "https://widget.invalid"),
		"TAWK_LISTEN=127.0.0.1:0", "TAWK_LOG_LEVEL=info", "TAWK_EMBED=never")...)

	compare := func(tab *chrome.Tab, path string) (element string) {
		outlined := func(address string) (element, rest string) {
			tab.Open(address)
			element, rest, _ = strings.Cut(tab.Text(outline), "\n")
			return element, rest
		}
		_, want := outlined(site.URL + path)
		element, got := outlined(proxied.url + path)
		// Where nothing says what a page is encoded in, the browser guesses, by what has arrived when it begins to read.
		for try := 0; got != want && strings.HasSuffix(path, "-undeclared") && try < 20; try++ {
			element, got = outlined(proxied.url + path)
		}
		if got != want {
			t.Errorf("%s: the browser makes of it\n%s\nnot\n%s", path, got, want)
		}
		return element
	}

	t.Run("scripts off", func(t *testing.T) {
		t.Parallel()
		tab := chromium.Visitor(t)
		tab.DisableScripts()
		tried, inserted := 0, 0
		for i, page := range legacy.pages {
			if !testenv.Sampled(i, 3) {
				continue
			}
			tried++
			want := ""
			if page.inserted {
				want = "SCRIPT in head"
				inserted++
			}
			if element := compare(tab, "/0/"+page.name); element != want {
				t.Errorf("%s: the element is %q, want %q", page.name, element, want)
			}
		}
		t.Logf("%d pages, %d with the element", tried, inserted)
		if inserted < testenv.Sample(40) {
			t.Errorf("only %d of %d pages have the element", inserted, tried)
		}
	})

	t.Run("scripts on", func(t *testing.T) {
		t.Parallel()
		tab := chromium.Visitor(t)
		for i, page := range legacy.pages {
			if !testenv.Sampled(i+1, 3) {
				continue
			}
			if element := compare(tab, "/1/"+page.name); element != "" {
				t.Errorf("%s: the element is still there: %s", page.name, element)
			}
		}
	})
}
