package inject

import (
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"tawkproxy/examples/testenv"
	"tawkproxy/examples/testenv/chrome"
)

// A site's page as it comes, with a sample of what policies decide about. The element goes in front of the first script.
const browserPage = `<!doctype html><html><head><meta charset="utf-8">ELEMENT<title>A page</title>META
<script>seen.inline = true</script>
<script nonce="site">seen.nonced = true</script>
<script src="/external.js"></script>
<style>#styled { color: rgb(1, 2, 3) }</style>
</head><body><p id="styled" style="background-color: rgb(4, 5, 6)">Text</p>
<button id="button" onclick="seen.handler = true">Button</button>
<a id="link" href="javascript:void(seen.url = true)">Link</a></body></html>`

const browserElement = `seen.ours = true`

// The probe is the browser's own observer, out of reach of the policies. It tries everything that needs an occasion, and
// loads from the origin WIDGET what a widget loads.
const browserProbe = `
window.seen = {};
window.violations = [];
addEventListener('securitypolicyviolation', e => violations.push([e.disposition, e.effectiveDirective, e.blockedURI].join(' ')));
window.observed = new Promise(resolve => addEventListener('load', async () => {
	const happens = attempt => new Promise(resolve => {
		try { attempt(() => resolve(true), () => resolve(false)) } catch { resolve(false) }
	});
	const load = (tag, key, url) => happens((yes, no) => {
		const e = document.createElement(tag);
		e.onload = yes; e.onerror = no; e.rel = 'stylesheet'; e[key] = url;
		document.head.append(e);
	});
	const works = (worker, no) => yes => { const w = new Worker(worker); w.onmessage = yes; w.onerror = no };
	const style = getComputedStyle(document.getElementById('styled'));
	seen.style = style.color === 'rgb(1, 2, 3)';
	seen.attribute = style.backgroundColor === 'rgb(4, 5, 6)';
	document.getElementById('button').click();
	document.getElementById('link').click();
	try { seen.eval = eval('true') } catch { seen.eval = false }
	seen.worker = await happens((yes, no) => works('/worker.js', no)(yes));
	seen.made = await load('script', 'src', '/made.js');
	seen.image = await load('img', 'src', '/image.svg');
	seen.fetch = await fetch('/data').then(() => true, () => false);
	seen.elsewhere = await load('script', 'src', 'ELSEWHERE/script.js');

	seen.widgetScript = await load('script', 'src', 'WIDGET/script.js');
	seen.widgetStyle = await load('link', 'href', 'WIDGET/style.css');
	seen.widgetImage = await load('img', 'src', 'WIDGET/image.svg');
	seen.widgetFetch = await fetch('WIDGET/data').then(() => true, () => false);
	seen.widgetWorker = await happens((yes, no) => works(URL.createObjectURL(new Blob(['postMessage(1)'])), no)(yes));
	seen.widgetFrame = await happens((yes, no) => {
		const frame = document.createElement('iframe');
		addEventListener('message', yes);
		// A refused frame loads an error page; its load event does not tell it from a frame that is about to write.
		addEventListener('securitypolicyviolation', e => e.disposition === 'enforce' && e.effectiveDirective === 'frame-src' && no());
		frame.src = 'WIDGET/frame.html';
		document.body.append(frame);
	});
	const made = document.createElement('style');
	made.textContent = '#styled { outline: 7px solid }';
	document.head.append(made);
	seen.widgetInlineStyle = style.outlineWidth === '7px';
	setTimeout(() => resolve(JSON.stringify({seen, violations})), 50);
}));`

// browserPolicies are the policies under which Chromium is asked. SHA(text) stands for the hash of the text.
var browserPolicies = []struct {
	name    string
	header  http.Header
	meta    string
	lacking []string // what the widget lacks in mode extend
}{
	{name: "none"},
	{name: "self", header: enforced("script-src 'self'")},
	{name: "other host", header: enforced("script-src https://cdn.test")},
	{name: "none keyword", header: enforced("script-src 'none'")},
	{name: "none keyword and more", header: enforced("script-src 'none' 'self'")},
	{name: "empty list", header: enforced("script-src")},
	{name: "live unsafe-inline", header: enforced("script-src 'self' 'unsafe-inline'")},
	{name: "live unsafe-inline with eval", header: enforced("script-src 'unsafe-inline' 'unsafe-eval'")},
	{name: "live unsafe-inline of default-src", header: enforced("default-src 'self' 'unsafe-inline'")},
	{name: "unsafe-inline dead by nonce", header: enforced("script-src 'unsafe-inline' 'nonce-site'")},
	{name: "unsafe-inline dead by hash", header: enforced("script-src 'unsafe-inline' SHA(seen.inline = true)")},
	{name: "unsafe-inline dead by strict-dynamic", header: enforced("script-src 'unsafe-inline' 'strict-dynamic'")},
	{name: "nonce", header: enforced("script-src 'nonce-site'")},
	{name: "two nonces in a list", header: enforced("script-src 'nonce-other' 'nonce-site' 'self'")},
	{name: "two policies, two nonces", header: enforced("script-src 'nonce-site'", "script-src 'nonce-other' 'self'")},
	{name: "nonce in default-src", header: enforced("default-src 'self' 'nonce-site'"), lacking: []string{"widgetInlineStyle"}},
	{name: "hash", header: enforced("script-src SHA(seen.inline = true)")},
	{name: "unsafe-hashes for the handler", header: enforced("script-src 'unsafe-hashes' SHA(seen.handler = true)")},
	{name: "strict-dynamic with nonce", header: enforced("script-src 'strict-dynamic' 'nonce-site' https: 'unsafe-inline'")},
	{name: "strict-dynamic with hash", header: enforced("script-src 'strict-dynamic' SHA(seen.inline = true)")},
	{name: "strict-dynamic in default-src", header: enforced("default-src 'strict-dynamic' 'nonce-site' 'self'"),
		lacking: []string{"widgetInlineStyle"}},
	{name: "strict-dynamic and live styles in default-src", header: enforced("default-src 'strict-dynamic' 'unsafe-inline' 'self'")},
	{name: "default-src self", header: enforced("default-src 'self'")},
	{name: "default-src none", header: enforced("default-src 'none'")},
	{name: "default-src with eval", header: enforced("default-src 'self' 'unsafe-eval'")},
	{name: "default-src with unsafe-hashes", header: enforced("default-src 'unsafe-hashes' SHA(seen.handler = true)"),
		lacking: []string{"widgetInlineStyle"}},
	{name: "script-src-elem strict, script-src live",
		header: enforced("script-src 'unsafe-inline' 'unsafe-eval'; script-src-elem 'self'")},
	{name: "script-src-elem live, script-src strict", header: enforced("script-src 'self'; script-src-elem 'unsafe-inline'")},
	{name: "script-src-attr", header: enforced("script-src 'self'; script-src-attr 'unsafe-inline'")},
	{name: "duplicate directive", header: enforced("script-src 'self'; script-src 'unsafe-inline'")},
	{name: "upper case", header: enforced("SCRIPT-SRC 'SELF' 'UNSAFE-EVAL'")},
	{name: "two fields", header: enforced("script-src 'self'", "default-src 'self' 'unsafe-inline'")},
	{name: "comma list", header: enforced("script-src 'self', default-src * 'unsafe-inline', script-src 'nonce-site' 'self'")},
	{name: "worker-src and child-src", header: enforced("child-src 'self'; script-src 'none'; worker-src 'self'")},
	{name: "child-src alone", header: enforced("child-src 'self'")},
	{name: "style-src self", header: enforced("style-src 'self'")},
	{name: "style-src nonce", header: enforced("style-src 'nonce-site'; script-src 'unsafe-inline'"),
		lacking: []string{"widgetInlineStyle"}},
	{name: "style-src-elem and -attr",
		header: enforced("style-src-elem 'self'; style-src-attr 'none'; default-src 'unsafe-inline' 'self'")},
	{name: "each of its own",
		header: enforced("img-src 'none'; connect-src 'self'; frame-src 'self'; script-src 'self'; style-src 'unsafe-inline'")},
	{name: "sandbox with scripts", header: enforced("sandbox allow-scripts allow-same-origin; script-src 'self'")},
	{name: "report only", header: http.Header{monitor: {"default-src 'self'"}}},
	{name: "report only nonce", header: http.Header{monitor: {"script-src 'nonce-site' 'strict-dynamic'"}}},
	{name: "both headers",
		header: http.Header{enforce: {"script-src 'self' 'unsafe-inline'"}, monitor: {"script-src 'self'; style-src 'none'"}}},
	{name: "both headers, two nonces",
		header: http.Header{enforce: {"script-src 'nonce-site'"}, monitor: {"script-src 'nonce-other'"}}},
	{name: "trusted types", header: enforced("require-trusted-types-for 'script'; script-src 'self'"),
		lacking: []string{"widgetScript", "widgetWorker"}},
	{name: "meta", meta: "script-src 'none'", lacking: []string{"widgetScript", "widgetWorker"}},
	{name: "meta and header", header: enforced("script-src 'self'"), meta: "default-src 'nonce-site'",
		lacking: strings.Fields("widgetFetch widgetFrame widgetImage widgetInlineStyle widgetScript widgetStyle widgetWorker")},
}

func enforced(fields ...string) http.Header { return http.Header{enforce: fields} }

// withHashes returns the header with SHA(text) replaced.
func withHashes(header http.Header) http.Header {
	h := header.Clone()
	for _, values := range h {
		for i, value := range values {
			if before, rest, ok := strings.Cut(value, "SHA("); ok {
				text, after, _ := strings.Cut(rest, ")")
				values[i] = before + newPolicy([]byte(text), nil, false).hash + after
			}
		}
	}
	return h
}

// TestPolicyChromium asks Chromium for its verdict on each policy, without the element, with it, in mode extend, and with the script
// on its own address where that may be. One page frames all others, those of three policies at a time, since most of what they do is
// wait: a policy is a document's own, and a tab for each would cost more than what it shows.
func TestPolicyChromium(t *testing.T) {
	browser := chrome.New(t)
	other := http.HandlerFunc(serveParts)
	widget, elsewhere := httptest.NewServer(other), httptest.NewServer(other)
	defer widget.Close()
	defer elsewhere.Close()
	sources := map[string][]string{"connect-src": {widget.URL}, "frame-src": {widget.URL}, "img-src": {widget.URL},
		"script-src": {widget.URL}, "style-src": {widget.URL, "'unsafe-inline'"}, "worker-src": {"blob:"}}

	var asked, loaded atomic.Int32
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			serveParts(w, r)
			return
		}
		maps.Copy(w.Header(), unmarshalled(t, r.URL.Query().Get("header")))
		var address *external
		policy, mode := r.URL.Query().Get("meta"), r.URL.Query().Get("mode")
		if mode == "load" {
			asked.Add(1)
			r.URL.Scheme = "http"
			address = (&Transport{Script: Script{Src: "/ours.js"}}).external(r).on([]string{policy}, nil)
		}
		element := ""
		if mode != "before" {
			ruling := newPolicy([]byte(browserElement), sources, mode == "extend").allow(w.Header(), address)
			element = fmt.Sprintf("<script nonce=%q>%s</script>", ruling.nonce, browserElement)
			if ruling.form == fetching {
				element = fmt.Sprintf("<script async src=/ours.js nonce=%q></script>", ruling.nonce)
				loaded.Add(1)
			}
		}
		meta := ""
		if policy != "" {
			meta = `<meta http-equiv="Content-Security-Policy" content="` + html.EscapeString(policy) + `">`
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = strings.NewReplacer("ELEMENT", element, "META", meta).WriteString(w, browserPage)
	}))
	defer site.Close()
	probe := strings.NewReplacer("WIDGET", widget.URL, "ELSEWHERE", elsewhere.URL).Replace(browserProbe)

	tab := browser.Visitor(t)
	tab.Before("if (window !== top && parent === top) {" + probe + "}")
	tab.Open(site.URL + "/data")
	policies := slices.Clone(browserPolicies[:0])
	for i, test := range browserPolicies {
		if testenv.Sampled(i, 3) {
			policies = append(policies, test)
		}
	}
	var addresses [][]string // of each policy
	for _, test := range policies {
		header, err := json.Marshal(withHashes(test.header))
		if err != nil {
			t.Fatal(err)
		}
		var modes []string
		for _, mode := range []string{"before", "keep", "extend", "load"} {
			modes = append(modes, "/?"+url.Values{"header": {string(header)}, "meta": {test.meta}, "mode": {mode}}.Encode())
		}
		addresses = append(addresses, modes)
	}
	list, err := json.Marshal(addresses)
	if err != nil {
		t.Fatal(err)
	}
	// Nobody waits here: an evaluation may take two minutes at most.
	tab.Eval(fmt.Sprintf(`
		visit = async address => {
			const frame = document.createElement('iframe');
			const loaded = new Promise(resolve => frame.onload = resolve);
			frame.src = address;
			document.body.append(frame);
			await loaded;
			const observed = JSON.parse(await frame.contentWindow.observed);
			frame.remove();
			return observed;
		};
		visits = [];
		for (const modes of %s) {
			const place = Promise.resolve(visits.at(-3)).catch(() => {});
			visits.push(place.then(() => Promise.all(modes.map(visit))).then(JSON.stringify));
		}
		void 0`, list))
	for i, test := range policies {
		t.Run(test.name, func(t *testing.T) {
			var visits []visited
			seen := tab.Text(fmt.Sprintf("visits[%d]", i))
			if err := json.Unmarshal([]byte(seen), &visits); err != nil {
				t.Fatal(err)
			}
			for _, v := range visits {
				slices.Sort(v.Violations)
			}
			before, keep, extend, load := visits[0], visits[1], visits[2], visits[3]
			before.Seen["ours"] = true
			if !reflect.DeepEqual(load, before) {
				t.Errorf("%q, on its own address\nbefore %v\nafter  %v", test.header, before, load)
			}
			if !reflect.DeepEqual(keep, before) {
				t.Errorf("%q\nbefore %v\nafter  %v", test.header, before, keep)
			}
			for what := range extend.Seen {
				if strings.HasPrefix(what, "widget") {
					before.Seen[what] = !slices.Contains(test.lacking, what)
				}
			}
			for _, what := range []string{"style", "attribute"} { // the widget's 'unsafe-inline' is the site's too
				before.Seen[what] = before.Seen[what] || before.Seen["widgetInlineStyle"]
			}
			if !reflect.DeepEqual(extend.Seen, before.Seen) {
				t.Errorf("%q, mode extend\nexpected %v\nafter    %v", test.header, before.Seen, extend.Seen)
			}
			for _, violation := range extend.Violations {
				if !slices.Contains(before.Violations, violation) {
					t.Errorf("%q, mode extend: new violation: %s", test.header, violation)
				}
			}
		})
	}
	t.Run("base", func(t *testing.T) { testBaseChromium(t, browser.Visitor(t)) })
	if asked, n := asked.Load(), loaded.Load(); asked > 1 && (n < asked/3 || n == asked) {
		t.Errorf("%d of %d policies let a page load the script", n, asked)
	}
}

// A base element that leads elsewhere stops no script: in front of the place the page holds it, behind the place it is too late.
func testBaseChromium(t *testing.T, tab *chrome.Tab) {
	const text = "window.ran = document.currentScript.hasAttribute('src') ? 'loaded' : 'held'"
	transport := &Transport{Script: Script{Name: "test", Text: []byte(text), Src: "/own/script.x"}}
	s := newStage(t, transport, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, text)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><head>"+r.URL.Query().Get("head")+"</head><p>text")
	}))
	const held, loaded = "held", "loaded"
	for head, want := range map[string]string{
		"<meta charset=utf-8><title>x</title><base href=//localhost:1/>":                  loaded,
		"<base href=//localhost:1/><meta charset=utf-8><title>x</title>":                  held,
		"<base href='" + s.address + "/'><meta charset=utf-8><title>x</title>":            loaded,
		"<base href=/app/><meta charset=utf-8><title>x</title>":                           loaded,
		"<!-- <base href=//localhost:1/> --><meta charset=utf-8><title>x</title>":         loaded,
		"<script></script><base href=\"https:\t//localhost:1/\"><meta charset=utf-8><p>x": held,
	} {
		tab.Open(s.address + "/?" + url.Values{"head": {head}}.Encode())
		tab.Until("window.ran")
		if ran := tab.Text("ran"); ran != want {
			t.Errorf("%s: the script was %s, want %s", head, ran, want)
		}
	}
}

// visited is what the probe saw on one page.
type visited struct {
	Seen       map[string]bool
	Violations []string
}

func unmarshalled(t *testing.T, text string) (h http.Header) {
	if err := json.Unmarshal([]byte(text), &h); err != nil {
		t.Error(err)
	}
	return h
}

// serveParts answers everything that is not a page.
func serveParts(w http.ResponseWriter, r *http.Request) {
	part := map[string]struct{ kind, text string }{
		"/ours.js":     {"text/javascript", browserElement},
		"/external.js": {"text/javascript", "seen.external = true"},
		"/made.js":     {"text/javascript", ""},
		"/script.js":   {"text/javascript", ""},
		"/worker.js":   {"text/javascript", "postMessage(1)"},
		"/image.svg":   {"image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg"/>`},
		"/style.css":   {"text/css", ""},
		"/data":        {"text/plain", ""},
		"/frame.html":  {"text/html", "<!doctype html><title>x</title><script>parent.postMessage(1, '*')</script>"},
	}[r.URL.Path]
	w.Header().Set("Content-Type", part.kind)
	w.Header().Set("Cache-Control", "no-store") // no page is to profit from the one before
	w.Header().Set("Access-Control-Allow-Origin", "*")
	_, _ = fmt.Fprint(w, part.text)
}
