package tawk

import "slices"

// widgetSources are what the widget loads, by the directive of a Content-Security-Policy that governs it. The hosts are those
// of the vendor's own list, etc/csp_whitelist.xml of github.com/tawk/tawk-magento-2; the video players in frame-src and the
// schemes were observed in the widget. Its chat window is an about:blank frame, which inherits the policy of the page.
var widgetSources = map[string][]string{
	"script-src": {"https://*.tawk.to", "https://cdn.jsdelivr.net"},
	"style-src":  {"https://*.tawk.to", "https://fonts.googleapis.com", "https://cdn.jsdelivr.net"},
	"font-src":   {"https://*.tawk.to", "https://fonts.gstatic.com"},
	"img-src": {"https://*.tawk.to", "https://tawk.link", "https://cdn.jsdelivr.net", "https://s3.amazonaws.com",
		"data:", "blob:"},
	"media-src":   {"https://*.tawk.to", "https://tawk.link"},
	"connect-src": {"https://*.tawk.to", "wss://*.tawk.to"},
	"frame-src": {"https://*.tawk.to", "https://www.youtube.com", "https://player.vimeo.com", "https://www.dailymotion.com",
		"https://www.loom.com"},
	"form-action": {"https://*.tawk.to"},
	"worker-src":  {"blob:"},
}

// Sources returns what a Content-Security-Policy must allow for the widget to work, by directive. They take effect only where
// the page has the directive, or one that it falls back to. The login script itself needs its hash or a nonce beside these.
//
// One need is missing here because it would weaken the policy for more than the widget: style-src 'unsafe-inline', without
// which the widget works but looks broken. Whoever reports on a policy should name it.
func (w *Widget) Sources() map[string][]string {
	sources := make(map[string][]string, len(widgetSources))
	for directive, list := range widgetSources {
		sources[directive] = slices.Clone(list)
	}
	sources["connect-src"] = append(sources["connect-src"], "'self'") // where the script asks, and reports
	if w.Origin != "https://embed.tawk.to" {
		for _, directive := range []string{"script-src", "connect-src"} {
			sources[directive] = append(sources[directive], w.Origin)
		}
	}
	return sources
}
