package site

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"

	"tawkproxy/session"
)

// A place is where on a page a text stands.
type place struct {
	path      string // as it was written
	elements  goquery.Matcher
	attribute string         // "": the element's text
	within    *regexp.Regexp // of which the one group is the text; nil: all is
}

var (
	plainForm  = regexp.MustCompile(`\A(.+?)(?:@([A-Za-z_][\w:.-]*))?\z`)
	withinForm = regexp.MustCompile(`(?s)\A@([A-Za-z_][\w:.-]*)?/(.*)/([A-Za-z]*)\z`) // after the selector
)

// newPlace compiles a path: a selector (Selectors Level 4), selector@attribute, or one of both with a regular expression behind it,
// selector@/expression/ and selector@attribute/expression/. No selector holds @ or / outside of quotation marks, so each path has one
// meaning; slashes in an expression need no escape.
func newPlace(path string) (place, error) {
	why := ""
	if parts := plainForm.FindStringSubmatch(path); parts != nil {
		selector, err := cascadia.Compile(parts[1])
		if err == nil {
			return place{path: path, elements: selector, attribute: strings.ToLower(parts[2])}, nil
		}
		why = ": " + err.Error()
	}
	for at, char := range path {
		if char != '@' {
			continue
		}
		parts := withinForm.FindStringSubmatch(path[at:])
		if parts == nil {
			continue
		}
		selector, err := cascadia.Compile(path[:at])
		if err != nil {
			continue // the @ stands in quotation marks, or the selector is wrong
		}
		within, err := newExpression(path, parts[2], parts[3])
		return place{path, selector, strings.ToLower(parts[1]), within}, err
	}
	return place{}, &session.PathError{Path: path, What: "is not a CSS selector, nor one with @attribute or @/expression/" + why,
		Remedy: `write it as .user-name, input[name=uid]@value or script@/user:"([^"]+)"/`}
}

const (
	longestExpression = 1000 // bytes
	mostSteps         = 200  // of the program that an expression becomes: each byte of a text may take so many
	mostMatches       = 1000 // in one text
)

// newExpression compiles a regular expression, which takes time in proportion to the text, whatever that is.
func newExpression(path, text, flags string) (*regexp.Regexp, error) {
	wrong := func(remedy, format string, args ...any) (*regexp.Regexp, error) {
		return nil, &session.PathError{Path: path, What: fmt.Sprintf(format, args...), Remedy: remedy}
	}
	if flags != "" {
		return wrong("write (?"+flags+") at the beginning of the expression, as RE2 has it", "has %s behind its expression", flags)
	}
	if len(text) > longestExpression {
		return wrong("write a shorter one", "has an expression of more than %d bytes", longestExpression)
	}
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return wrong(`write it in the syntax of RE2, which has no (?=…), (?!…), (?<=…) and \1`, "has an expression that cannot be read: %v", err)
	}
	if n := parsed.MaxCap(); n != 1 {
		return wrong("put ( ) around the text that is looked for, and (?: ) around all else that belongs together",
			"has %d groups in its expression, and exactly one is needed", n)
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil || len(program.Inst) > mostSteps {
		return wrong("write it without repeating so much, as + in place of {1,1000}", "has an expression that takes too many steps")
	}
	return regexp.Compile(text)
}

// errCut is what a path leads to where the expression cuts an escape apart. It is nobody's name, and does not count as none.
var errCut = errors.New("a match begins or ends in the middle of an escape")

// isCode tells whether a text is written in JavaScript or JSON, where a backslash is an escape: a script, what is to be done on an
// event, or a text that as a whole is JSON.
func (p place) isCode(element *goquery.Selection, text string) bool {
	switch {
	case p.attribute == "" && element.Is("script"):
		media := strings.ToLower(element.AttrOr("type", ""))
		return media == "" || media == "module" || strings.Contains(media, "script") || strings.Contains(media, "json")
	case strings.HasPrefix(p.attribute, "on"):
		return true
	}
	text = strings.TrimSpace(text)
	return text != "" && strings.ContainsAny(text[:1], "{[") && json.Valid([]byte(text))
}

// found lists what the expression finds in a text. In code that is as it stands there, but for its escapes; in other texts, as they
// are shown. What HTML escapes is resolved before, where HTML does that: in attributes and texts, but not in scripts.
func (p place) found(text string, code bool) ([]string, error) {
	if !code {
		text = folded(text)
	}
	var all []string
	matches := p.within.FindAllStringSubmatchIndex(text, mostMatches)
	for _, at := range matches {
		if at[2] < 0 {
			continue
		}
		value, whole := text[at[2]:at[3]], true
		if code {
			value, whole = unescaped(text, at[2], at[3])
		}
		if !whole {
			return nil, errCut
		}
		if !slices.Contains(all, value) {
			all = append(all, value)
		}
	}
	if len(matches) == mostMatches {
		return nil, errors.New("an expression matches too often")
	}
	return all, nil
}
