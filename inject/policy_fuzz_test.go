package inject

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// acts returns all that is tried under every random policy.
func acts() (all []act) {
	urls := []string{"https://site.test/x.js", "https://a.test/x", "https://a.test:8443/dir/x", "http://a.test/x",
		"https://va.chat.test/x", "wss://va.chat.test/s", "https://fonts.test/f", "https://other.test/x", "data:,x",
		"blob:https://site.test/1"}
	for kind := range fallbacks {
		switch kind {
		case "eval", "wasm":
			all = append(all, act{kind: kind})
			continue
		case "navigation", "script-src-attr", "style-src-attr":
		default:
			for _, u := range urls {
				all = append(all, act{kind: kind, url: u})
				if strings.Contains(fallbacks[kind], "script-src") { // elsewhere it does not matter who made the element
					all = append(all, act{kind: kind, url: u, parser: true})
				}
			}
		}
		if kind == "script-src-elem" || kind == "style-src-elem" {
			for _, nonce := range []string{"n1", "n2"} {
				all = append(all, act{kind: kind, url: "https://other.test/x", nonce: nonce, parser: true})
				all = append(all, act{kind: kind, inline: "theirs", nonce: nonce})
			}
			all = append(all, act{kind: kind, url: "https://other.test/x", sri: "sha256-" + theirsHash, parser: true})
		}
		if kind == "navigation" || strings.HasPrefix(kind, "script-src") || strings.HasPrefix(kind, "style-src") {
			all = append(all, act{kind: kind, inline: "theirs"}, act{kind: kind, inline: "unknown"})
		}
	}
	for _, flag := range []string{"allow-scripts", "allow-same-origin", "allow-forms"} {
		all = append(all, act{kind: "sandbox " + flag})
	}
	return all
}

// printf theirs | openssl dgst -sha256 -binary | base64
const theirsHash = "TFWoVSoscmH2H3mMImXm8TNY8yauW5NAlv8WvRXmLDM="

// granted reports whether an act is one that the widget's sources allow on purpose.
func (a act) granted() bool {
	key := a.kind
	if rest, ok := strings.CutSuffix(key, "-elem"); ok {
		key = rest
	} else if rest, ok := strings.CutSuffix(key, "-attr"); ok && strings.HasPrefix(key, "style") {
		key = rest
	}
	if a.inline != "" {
		return slices.Contains(widget[key], "'unsafe-inline'")
	}
	return slices.ContainsFunc(widget[key], func(s string) bool { return urlMatches(a.url, s) })
}

// keepsPromise checks that what was allowed stays allowed; what was refused stays refused, but for the element and, in mode
// extend, the sources; that the element runs; that doing it twice is doing it once.
func keepsPromise(t *testing.T, before http.Header, extend bool) {
	t.Helper()
	p := newPolicy([]byte(ours), widget, extend)
	h := before.Clone()
	r := p.allow(h, nil)
	if r.verdict != "" {
		if !reflect.DeepEqual(h, before) {
			t.Fatalf("%s, but edited\n%q\n%q", r.verdict, before, h)
		}
		return
	}
	for _, key := range []string{enforce, monitor} {
		if _, readable := parsePolicies(before[key]); !readable {
			continue
		}
		former, current := judgeOf(before, key), judgeOf(h, key)
		for _, a := range everyAct {
			was, is := former.allows(a), current.allows(a)
			if was && !is || !was && is && !(extend && a.granted()) {
				t.Fatalf("%s: %+v allowed before: %t, after: %t\n%q\n%q", key, a, was, is, before[key], h[key])
			}
		}
		if !current.allows(inlineScript(ours, r.nonce)) {
			t.Fatalf("%s: the element is refused\n%q\n%q", key, before[key], h[key])
		} else if !current.allows(inlineScript(ours, "other")) {
			t.Fatalf("%s: the element is refused in another page\n%q\n%q", key, before[key], h[key])
		}
		if extend && key == enforce && len(r.warnings) == 0 {
			for _, a := range everyAct {
				if a.granted() && !a.parser && !current.allows(a) {
					t.Fatalf("%+v is refused without a warning\n%q\n%q", a, before[key], h[key])
				}
			}
		}
	}
	again := h.Clone()
	if second := p.allow(again, nil); !reflect.DeepEqual(again, h) || !reflect.DeepEqual(second, r) {
		t.Fatalf("twice is not once\n%q\n%q\n%+v\n%+v", h, again, r, second)
	}
}

var everyAct = acts()

// randomPolicy makes policies of the pieces that matter, and of some noise.
func randomPolicy(r *rand.Rand) string {
	names := []string{"default-src", "default-src", "script-src", "script-src", "Script-Src-Elem", "script-src-attr", "style-src",
		"style-src-elem", "style-src-attr", "worker-src", "child-src", "frame-src", "connect-src", "img-src", "font-src", "media-src",
		"form-action", "object-src", "base-uri", "frame-ancestors", "sandbox", "upgrade-insecure-requests", "report-uri",
		"nonsense", ""}
	sources := []string{"'self'", "'none'", "'NONE'", "*", "https:", "http:", "wss:", "data:", "blob:", "a.test",
		"https://a.test:8443/dir/",
		"https://*.chat.test", "https://*.chat.test/dir/", "va.chat.test", "http://*.test:*", "*.test", "'unsafe-inline'",
		"'Unsafe-Inline'", "'unsafe-inline'", "'unsafe-eval'",
		"'wasm-unsafe-eval'", "'unsafe-hashes'", "'strict-dynamic'", "'report-sample'", "'nonce-n1'", "'nonce-n2'", "'NONCE-n1'",
		"'nonce-'", "'sha256-" + theirsHash + "'", "'SHA384-abc'", "'sha256-=='", oursHash, "allow-scripts", "allow-same-origin",
		"junk://"}
	spaces := []string{" ", "  ", "\t"}
	var b strings.Builder
	for i := range 1 + r.IntN(5) {
		if i > 0 {
			b.WriteString([]string{";", "; ", " ; ", ";;", ", ", ";;,"}[min(r.IntN(12), 5)%6])
		}
		b.WriteString(names[r.IntN(len(names))])
		for range r.IntN(5) {
			b.WriteString(spaces[r.IntN(len(spaces))] + sources[r.IntN(len(sources))])
		}
	}
	return b.String()
}

func TestPolicyProperty(t *testing.T) {
	rounds := 1_000
	if testing.Short() {
		rounds = 200
	}
	edited, fetches := 0, 0
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 4))
		before := http.Header{}
		for range 1 + r.IntN(3) {
			key := enforce
			if r.IntN(4) == 0 {
				key = monitor
			}
			before[key] = append(before[key], randomPolicy(r))
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) { keepsPromise(t, before, r.IntN(2) == 0) })
		if keepsExternal(t, before) {
			fetches++
		}
		if h := before.Clone(); newPolicy([]byte(ours), nil, false).allow(h, nil).verdict == "" && !reflect.DeepEqual(h, before) {
			edited++
		}
	}
	t.Logf("%d policies, %d edited for the element alone, %d let it load the script", rounds, edited, fetches)
	if fetches < rounds/10 || fetches > rounds*9/10 {
		t.Errorf("%d of %d let a page load the script: too one-sided to show anything", fetches, rounds)
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add("script-src 'self'", "default-src 'none', script-src 'nonce-n1'", true)
	f.Add("default-src 'unsafe-inline' 'strict-dynamic';;", "", false)
	f.Add("script-src \t'NONE' ;style-src 'self';script-src-elem", "sandbox allow-scripts", true)
	f.Add("script-src \xff", "script-src 'nonce-a===' 'sha256-=='", true)
	f.Fuzz(func(t *testing.T, enforced, monitored string, extend bool) {
		keepsPromise(t, http.Header{enforce: {enforced}, monitor: {monitored}}, extend)
		keepsExternal(t, http.Header{enforce: {enforced}, monitor: {monitored}})
		for _, text := range []string{enforced, monitored} {
			fields := []string{"", text}
			list, _ := parsePolicies([]string{"", text})
			if list.write(fields); fields[1] != text {
				t.Errorf("written back: %q, read: %q", fields[1], text)
			}
			newPolicy(nil, widget, extend).warn(text)
		}
	})
}
