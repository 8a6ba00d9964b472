package tawk

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv/chrome"
)

// BenchmarkLogin measures in Chromium, as medians in ms, from the start of a navigation to the call of login: on pages that hold the script and on
// pages that load it, on a browser's first visit and on the next page, where load comes at once and where an image holds it up for 300 ms.
// Every answer of the site is 20 ms away. It is for "go test ./inject/tawk -run - -bench Login -benchtime 15x"; figures of a busy machine mean nothing.
func BenchmarkLogin(b *testing.B) {
	const away = 20 * time.Millisecond
	chromium := chrome.New(b)
	for _, late := range []bool{false, true} {
		for _, loaded := range []bool{false, true} {
			b.Run(fmt.Sprintf("late=%t/loaded=%t", late, loaded), func(b *testing.B) {
				site := newSite(b, loaded)
				image := ""
				if late {
					image = "<img src=/slow.png>"
				}
				for _, path := range []string{"/", "/other"} {
					site.pages[path] = strings.Replace(site.pages[path], "<p>", image+"<p>", 1)
				}
				inner := site.Config.Handler
				site.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					time.Sleep(away)
					if r.URL.Path == "/slow.png" {
						time.Sleep(300 * time.Millisecond)
					}
					inner.ServeHTTP(w, r)
				})
				var first, next []float64
				for b.Loop() {
					tab := chromium.Visitor(b)
					tab.Before(`addEventListener('tawkBeforeLoad', function () {
						var login = Tawk_API.login;
						Tawk_API.login = function (who, back) { window.took = window.took || performance.now(); login(who, back); };
					}, true)`)
					measure := func(address string) float64 {
						tab.Open(address)
						tab.Until("window.took")
						ms, err := strconv.ParseFloat(tab.Text("String(took)"), 64)
						if err != nil {
							b.Fatal(err)
						}
						return ms
					}
					tab.Open(site.URL + "/session?sid=ada") // no page yet: the connection is there, and the cookie
					first = append(first, measure(site.URL+"/"))
					next = append(next, measure(site.URL+"/other"))
				}
				slices.Sort(first)
				slices.Sort(next)
				b.ReportMetric(first[len(first)/2], "ms-first")
				b.ReportMetric(next[len(next)/2], "ms-next")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
