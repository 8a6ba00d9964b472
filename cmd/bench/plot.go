package main

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// The measures of the plot, in pixels.
const (
	panelWidth, panelHeight = 300, 330
	leftMargin, topMargin   = 62, 46
	labelWidth              = 225
	labelHeight             = 15
)

// A curve is what a peer's pages cost, by their size.
type curve struct {
	title  string
	class  string
	sizes  []int
	values []float64 // microseconds
}

// plot draws CPU time for each page against the page's size, both in powers: one panel for pages that the site sends plain, one for
// compressed ones. Its colours are told apart by those who see few (Okabe and Ito), in light and in dark.
func (f *figures) plot() []byte {
	var b bytes.Buffer
	const wide = leftMargin + panelWidth + labelWidth
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="12" role="img">
<title>CPU time of the proxy for each page, by the size of the page</title>
<style>
.back { fill: #fff } text { fill: #222 } .grid { stroke: #ddd } .axis { stroke: #888 }
.line { fill: none; stroke-width: 1.6 } .own { stroke-width: 3.2 }
.c0 { stroke: #d55e00 } .c1 { stroke: #0072b2 } .c2 { stroke: #56b4e9 } .c3 { stroke: #777 } .c4 { stroke: #009e73 } .c5 { stroke: #cc79a7 }
@media (prefers-color-scheme: dark) { .back { fill: #0d1117 } text { fill: #ddd } .grid { stroke: #30363d } .axis { stroke: #777 }
.c0 { stroke: #ff8a3d } .c1 { stroke: #4aa3e0 } .c2 { stroke: #9bd3f5 } .c3 { stroke: #aaa } .c4 { stroke: #2bc79b } .c5 { stroke: #e6a3c8 } }
</style>
<rect class="back" width="100%%" height="100%%"/>
`, 2*wide, topMargin+panelHeight+50)
	low, high := f.bounds()
	for i, panel := range []struct {
		title string
		kind  kind
	}{{"the site sends plain pages", plainPage}, {"the site sends gzip, and so does the proxy", gzipPage}} {
		fmt.Fprintf(&b, `<g transform="translate(%d %d)">`+"\n", leftMargin+i*wide, topMargin)
		axes(&b, panel.title, low, high)
		f.curves(&b, panel.kind, low, high)
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// bounds returns the powers of ten between which all figures lie.
func (f *figures) bounds() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, w := range f.works {
		for _, p := range f.peersOf(w) {
			if v := f.cpu(w, p); w.kind == plainPage || w.kind == gzipPage {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	return math.Pow(10, math.Floor(math.Log10(low))), math.Pow(10, math.Ceil(math.Log10(high)))
}

func across(size int) float64 {
	first, last := math.Log(float64(sizes[0])), math.Log(float64(sizes[len(sizes)-1]))
	return (math.Log(float64(size)) - first) / (last - first) * panelWidth
}

func down(value, low, high float64) float64 {
	return panelHeight * (1 - math.Log(value/low)/math.Log(high/low))
}

// axes draws the grid of a panel and what stands beside it.
func axes(b *bytes.Buffer, title string, low, high float64) {
	fmt.Fprintf(b, `<text x="0" y="-24" font-weight="600">%s</text>`+"\n", html.EscapeString(title))
	fmt.Fprintf(b, `<text x="0" y="-8" font-size="11">µs of CPU for each page</text>`+"\n")
	for power := low; power <= high*1.01; power *= 10 {
		for _, times := range []float64{1, 2, 5} {
			value := power * times
			if value > high*1.01 {
				break
			}
			y := down(value, low, high)
			fmt.Fprintf(b, `<line class="grid" x1="0" x2="%d" y1="%.1f" y2="%.1[2]f"/><text x="-8" y="%.1f" text-anchor="end">%s</text>`+"\n",
				panelWidth, y, y+4, thousands(value))
		}
	}
	for _, size := range sizes {
		x := across(size)
		fmt.Fprintf(b, `<line class="grid" x1="%.1f" x2="%.1[1]f" y1="0" y2="%d"/><text x="%.1[1]f" y="%[3]d" text-anchor="middle">%s</text>`+"\n",
			x, panelHeight, panelHeight+18, inWords(size))
	}
	fmt.Fprintf(b, `<line class="axis" x1="0" x2="%d" y1="%d" y2="%[2]d"/><line class="axis" x1="0" x2="0" y1="0" y2="%[2]d"/>`+"\n", panelWidth, panelHeight)
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle" font-size="11">size of the page, decoded</text>`+"\n", panelWidth/2, panelHeight+36)
}

// thousands writes a whole number as people read it.
func thousands(value float64) string {
	text := fmt.Sprintf("%.0f", value)
	if len(text) > 3 {
		return text[:len(text)-3] + "," + text[len(text)-3:]
	}
	return text
}

// curves draws what peers cost in one kind of workloads, each with its name behind its end.
func (f *figures) curves(b *bytes.Buffer, of kind, low, high float64) {
	var all []curve
	for _, p := range f.peers {
		c := curve{title: p.name, class: "line " + colour(p.name)}
		for _, w := range f.works {
			if w.kind == of && p.takes(of) {
				c.sizes, c.values = append(c.sizes, w.size), append(c.values, f.cpu(w, p))
			}
		}
		if len(c.sizes) > 0 {
			all = append(all, c)
		}
	}
	end := func(c curve) float64 { return down(c.values[len(c.values)-1], low, high) }
	slices.SortFunc(all, func(a, b curve) int { return cmp.Compare(end(a), end(b)) })
	labels := apart(all, end)
	for i, c := range all {
		var points []string
		for i, size := range c.sizes {
			points = append(points, fmt.Sprintf("%.1f,%.1f", across(size), down(c.values[i], low, high)))
		}
		fmt.Fprintf(b, `<polyline class="%s" points="%s"/>`+"\n", c.class, strings.Join(points, " "))
		last := across(c.sizes[len(c.sizes)-1])
		fmt.Fprintf(b, `<polyline class="%s" stroke-width="1" points="%.1f,%.1f %.1f,%.1f %.1f,%.1f"/>`, strings.Replace(c.class, "own", "", 1),
			last, end(c), last+10, labels[i], last+18, labels[i])
		weight := "400"
		if c.title == program {
			weight = "700"
		}
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" font-size="11" font-weight="%s">%s</text>`+"\n", last+22, labels[i]+4, weight, html.EscapeString(c.title))
	}
}

// colour is that of a peer's curve.
func colour(name string) string {
	switch name {
	case program:
		return "own c0"
	case tuned:
		return "c1"
	case "bare":
		return "c2"
	case "nginx":
		return "c3"
	case "nginx sub_filter", "nginx sub_filter + gzip": // no page is for both
		return "c4"
	}
	return "c5"
}

// apart returns where labels stand so that none is upon another, as near as can be to where their curves end.
func apart(sorted []curve, end func(curve) float64) []float64 {
	at := make([]float64, len(sorted))
	for i, c := range sorted {
		at[i] = end(c)
	}
	for range 100 {
		for i := 1; i < len(at); i++ {
			if short := labelHeight - (at[i] - at[i-1]); short > 0 {
				at[i-1] -= short / 2
				at[i] += short / 2
			}
		}
	}
	return at
}
