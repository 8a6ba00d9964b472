package admin

import (
	"fmt"
	"html/template"
	"strings"
	"time"
)

// A chart shows how many pages there were, as bars out of what became of them.
type chart struct {
	Title string
	Each  string // what a bar stands for
	Most  string // what the full height stands for
	Marks []string
	Total string
	Bars  template.HTML // the drawing, an element svg
}

// A part is what of a bar is told apart, from its foot on. Its name is the class that colours it.
var parts = []struct {
	class, words string
	of           func(tally) uint64
}{
	{"login", "with a login", func(t tally) uint64 { return t.login }},
	{"anonymous", "anonymous", func(t tally) uint64 { return t.anonymous }},
	{"asking", "asking", func(t tally) uint64 { return t.asking }},
	{"unknown", "unknown", func(t tally) uint64 { return t.unknown }},
	{"skipped", "skipped", func(t tally) uint64 { return t.skipped }},
}

// The drawing is stretched to its place, so its lengths have no unit.
const (
	chartHeight = 100
	barWidth    = 10
	barGap      = 2
)

func newChart(title, each string, span time.Duration, marks []string, tallies []tally) chart {
	var total tally
	var most uint64
	for _, t := range tallies {
		total = total.plus(t)
		most = max(most, t.sum())
	}
	most = roundUp(most)
	c := chart{Title: title, Each: each, Most: number(most), Marks: marks}
	var b strings.Builder
	width := len(tallies)*barWidth - barGap
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" preserveAspectRatio="none" role="img" aria-label="%s: %s">`, width, chartHeight, title, words(total))
	for line := range 5 {
		y := line * chartHeight / 4
		fmt.Fprintf(&b, `<path class="line" d="M0 %dH%d"/>`, y, width)
	}
	for i, t := range tallies {
		if t.sum() == 0 {
			continue
		}
		fmt.Fprintf(&b, `<g><title>%s: %s</title>`, ago(time.Duration(len(tallies)-1-i)*span), words(t))
		foot := float64(chartHeight)
		for _, p := range parts {
			if n := p.of(t); n > 0 {
				height := float64(n) * chartHeight / float64(most)
				foot -= height
				fmt.Fprintf(&b, `<rect class="%s" x="%d" y="%.2f" width="%d" height="%.2f"/>`, p.class, i*barWidth, foot, barWidth-barGap, height)
			}
		}
		b.WriteString("</g>")
	}
	b.WriteString("</svg>")
	c.Total = number(total.sum())
	c.Bars = template.HTML(b.String()) // numbers, and words that stand here
	return c
}

// words says what came.
func words(t tally) string {
	var all []string
	for _, p := range parts {
		if n := p.of(t); n > 0 {
			all = append(all, number(n)+" "+p.words)
		}
	}
	if all == nil {
		return "no pages"
	}
	return strings.Join(all, ", ")
}

// ago says when a bar is about.
func ago(d time.Duration) string {
	switch {
	case d == 0:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d h %d min ago", int(d.Hours()), int(d.Minutes())%60)
}

// roundUp returns the next round number, so that the highest bar is not much lower: 4, 5, 6, 8, 10, 12, 16, 20, 30, 40 …
func roundUp(n uint64) uint64 {
	for decade := uint64(1); ; decade *= 10 {
		for _, step := range []uint64{4, 5, 6, 8, 10, 12, 16, 20, 30} {
			if n <= step*decade {
				return step * decade
			}
		}
	}
}

// number writes a number with a thin space between thousands.
func number(n uint64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return text
}
