package inject

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	element = `<script data-mark='{"id":"1"}'>var mark="</"+"p>"</script>`
	marker  = "mark"
)

// An effect is what an insertion does to a page's document.
type effect string

const (
	live    effect = "live in head"
	body    effect = "live in body"
	dead    effect = "dead"
	changed effect = "changed"
)

// effectOf parses a page before and after the insertion and compares the documents.
func effectOf(t testing.TB, page []byte, offset int) effect {
	t.Helper()
	before, after := parse(t, page), parse(t, spliced(page, offset))
	var scripts []*html.Node
	for n := range after.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == atom.Script && n.Namespace == "" && hasAttribute(n, "data-"+marker) {
			scripts = append(scripts, n)
		}
	}
	if len(scripts) != 1 || inTemplate(scripts[0]) {
		return dead
	}
	place := live
	if p := scripts[0].Parent; p.DataAtom != atom.Head || p.Parent.Parent.Type != html.DocumentNode {
		place = body
	}
	scripts[0].Parent.RemoveChild(scripts[0])
	if dump(before) != dump(after) {
		return changed
	}
	return place
}

func spliced(page []byte, offset int) []byte {
	return bytes.Join([][]byte{page[:offset], page[offset:]}, []byte(element))
}

// parse parses as a browser does that has decoded the bytes, which takes one byte order mark away.
func parse(t testing.TB, page []byte) *html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(bytes.TrimPrefix(page, []byte("\xef\xbb\xbf"))))
	if err != nil {
		t.Fatalf("parse %q: %v", page, err)
	}
	return root
}

func hasAttribute(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

func inTemplate(n *html.Node) bool {
	for p := range n.Ancestors() {
		if p.DataAtom == atom.Template {
			return true
		}
	}
	return false
}

// dump writes a document so that two are equal if and only if their dumps are.
func dump(n *html.Node) string {
	var b strings.Builder
	var walk func(n *html.Node, depth int)
	walk = func(n *html.Node, depth int) {
		fmt.Fprintf(&b, "%*s%d %q %q %q\n", depth, "", n.Type, n.Namespace, n.Data, n.Attr)
		for c := range n.ChildNodes() {
			walk(c, depth+1)
		}
	}
	walk(n, 0)
	return b.String()
}
