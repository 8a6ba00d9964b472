package inject

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const (
	enforce = "Content-Security-Policy"
	monitor = "Content-Security-Policy-Report-Only"

	ours     = "go()"                                                  // the text of the element in these tests
	oursHash = "'sha256-5KYv+PUboo5h+0+YAtGRPbwv5d/QxzHslP4YGnUaxRw='" // printf 'go()' | openssl dgst -sha256 -binary | base64
)

// widget is what the program behind the element loads in these tests: every kind of source and of fallback.
var widget = map[string][]string{
	"connect-src": {"'self'", "https://*.chat.test", "wss://*.chat.test"},
	"font-src":    {"https://fonts.test"},
	"form-action": {"https://*.chat.test"},
	"frame-src":   {"https://*.chat.test"},
	"img-src":     {"https://*.chat.test", "data:"},
	"script-src":  {"https://*.chat.test"},
	"style-src":   {"https://*.chat.test", "'unsafe-inline'"},
	"worker-src":  {"blob:"},
}

// TestPolicyElement has what becomes of policies when nothing but the element is to be allowed. In the columns H stands for the
// hash of the element. An empty "after" means: not a byte is changed.
func TestPolicyElement(t *testing.T) {
	tests := []struct {
		name          string
		before, after string // fields of the header, one a line
		nonce         string
		verdict       Reason
	}{
		{name: "G-01 no policy"},
		{name: "G-02 several fields are several policies",
			before: "script-src 'self'\nscript-src https://a.test\ndefault-src *; script-src 'self' 'unsafe-inline'",
			after:  "script-src 'self' H\nscript-src https://a.test H\ndefault-src *; script-src 'self' 'unsafe-inline'"},
		{name: "G-02 a comma ends a policy",
			before: "script-src 'self', img-src *,script-src 'unsafe-inline' , default-src 'none'; script-src a.test",
			after:  "script-src 'self' H, img-src *,script-src 'unsafe-inline' , default-src 'none'; script-src a.test H"},
		{name: "G-02 empty members", before: ", ,;;,"},
		{name: "G-03 nothing governs scripts",
			before: "img-src 'self'; frame-ancestors 'none'; script-src-attr 'none'; scriptsrc 'none'"},
		{name: "G-03 script-src-elem before script-src",
			before: "default-src 'none'; script-src 'unsafe-inline'; script-src-elem 'self'",
			after:  "default-src 'none'; script-src 'unsafe-inline'; script-src-elem 'self' H"},
		{name: "G-03 script-src before default-src",
			before: "default-src 'none';script-src 'self'", after: "default-src 'none';script-src 'self' H"},
		{name: "G-03 the first of two counts",
			before: "script-src 'self'; script-src 'unsafe-inline'", after: "script-src 'self' H; script-src 'unsafe-inline'"},
		{name: "G-03 the first of two allows", before: "script-src 'unsafe-inline'; script-src 'none'"},
		{name: "G-03 names in any case", before: "\tScript-SRC\t'SELF' ;", after: "\tScript-SRC\t'SELF' H;"},
		{name: "G-03 keywords in any case", before: "script-src 'Unsafe-Inline'"},

		{name: "G-04 nonce", before: "script-src 'nonce-aB3+/-_=='", after: "script-src 'nonce-aB3+/-_==' H", nonce: "aB3+/-_=="},
		{name: "G-04 first nonce of the governing list",
			before: "style-src 'nonce-s'; script-src 'self' 'NONCE-x' 'nonce-y'", nonce: "x",
			after: "style-src 'nonce-s'; script-src 'self' 'NONCE-x' 'nonce-y' H"},
		{name: "G-04 nonce of default-src",
			before: "default-src 'nonce-d'; img-src *", nonce: "d",
			after: "default-src 'nonce-d'; img-src *; script-src-elem 'nonce-d' H; script-src 'nonce-d' H"},
		{name: "G-04 no nonce for styles", before: "style-src 'nonce-s'"},
		{name: "G-04 what is no nonce", before: `script-src 'nonce-' 'nonce-"x"' 'nonce-a=b' 'nonce-a===' nonce-a 'nonce-a 'nonce=a'`,
			after: `script-src 'nonce-' 'nonce-"x"' 'nonce-a=b' 'nonce-a===' nonce-a 'nonce-a 'nonce=a' H`},
		{name: "G-05 two nonces, one element",
			before: "script-src 'nonce-a'\nscript-src 'nonce-b'", nonce: "a",
			after: "script-src 'nonce-a' H\nscript-src 'nonce-b' H"},

		{name: "G-06 live 'unsafe-inline'", before: "script-src 'self' 'unsafe-inline'"},
		{name: "G-06 live 'unsafe-inline' of default-src", before: "default-src 'self' 'unsafe-inline' 'unsafe-eval' data:"},
		{name: "G-06 beside what is neither nonce nor hash",
			before: "script-src 'unsafe-inline' 'nonce-' 'sha256-' 'sha1-aaaa' 'unsafe-hashes'"},
		{name: "G-07 dead beside a nonce", before: "script-src 'unsafe-inline' 'nonce-a'", nonce: "a",
			after: "script-src 'unsafe-inline' 'nonce-a' H"},
		{name: "G-07 dead beside a hash", before: "script-src 'sha384-abc' 'unsafe-inline'",
			after: "script-src 'sha384-abc' 'unsafe-inline' H"},
		{name: "G-07 dead beside 'strict-dynamic'", before: "script-src 'unsafe-inline' 'strict-dynamic'",
			after: "script-src 'unsafe-inline' 'strict-dynamic' H"},

		{name: "G-08 hosts", before: "script-src 'self' cdn.test", after: "script-src 'self' cdn.test H"},
		{name: "G-08 no sources", before: "script-src", after: "script-src H"},
		{name: "G-08 the hash is there already", before: "script-src 'self' " + oursHash},
		{name: "G-08 the hash is there in base64url", before: "script-src " + strings.ReplaceAll(oursHash, "/", "_")},
		{name: "G-09 default-src alone",
			before: "default-src 'self' 'unsafe-eval'; img-src *;",
			after: "default-src 'self' 'unsafe-eval'; img-src *; script-src-elem 'self' 'unsafe-eval' H;" +
				" script-src 'self' 'unsafe-eval' H;"},
		{name: "G-09 default-src whose 'unsafe-inline' is left for styles",
			before: "default-src 'unsafe-inline' 'strict-dynamic'",
			after:  "default-src 'unsafe-inline' 'strict-dynamic'; script-src-elem 'unsafe-inline' 'strict-dynamic' H"},
		{name: "G-10 'none'", before: "script-src 'none' ; img-src *", after: "script-src H; img-src *"},
		{name: "G-10 'None' twice", before: "script-src 'None' 'none'", after: "script-src H"},
		{name: "G-10 'none' among others has no effect", before: "script-src 'none' 'self'", after: "script-src 'none' 'self' H"},
		{name: "G-10 default-src 'none'", before: "default-src 'none'", after: "default-src 'none'; script-src-elem H; script-src H"},
		{name: "G-11 'strict-dynamic' with a nonce", before: "script-src 'strict-dynamic' 'nonce-a' https: 'unsafe-inline'", nonce: "a",
			after: "script-src 'strict-dynamic' 'nonce-a' https: 'unsafe-inline' H"},
		{name: "G-11 'strict-dynamic' with a hash", before: "script-src 'strict-dynamic' 'sha256-abc'",
			after: "script-src 'strict-dynamic' 'sha256-abc' H"},

		{name: "G-15 sandbox", before: "sandbox allow-forms; script-src 'self'", verdict: Sandboxed},
		{name: "G-15 empty sandbox in a later field", before: "script-src 'self'\nimg-src *, SANDBOX", verdict: Sandboxed},
		{name: "G-15 sandbox with scripts", before: "sandbox ALLOW-scripts allow-same-origin; script-src 'self'",
			after: "sandbox ALLOW-scripts allow-same-origin; script-src 'self' H"},
		{name: "G-17 trusted types", before: "require-trusted-types-for 'script'; trusted-types 'none'"},
		{name: "G-20 not ASCII", before: "script-src 'self' https://m\u00fcnchen.test", verdict: Policy},
		{name: "G-20 control byte", before: "script-src 'self'\nscript-src 'self'\x00", verdict: Policy},
		{name: "G-20 too long", before: "script-src 'self'; img-src " + strings.Repeat("a.test ", maxPolicies/7), verdict: Policy},
		{name: "G-20 no directives that anybody knows", before: "'self'; =; script-src: 'none'; \x7e"},
		{name: "G-21 nothing else is touched",
			before: "upgrade-insecure-requests; base-uri 'none'; script-src 'self'; report-uri /csp; report-to csp",
			after:  "upgrade-insecure-requests; base-uri 'none'; script-src 'self' H; report-uri /csp; report-to csp"},
	}
	p := newPolicy([]byte(ours), nil, false)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := fields(test.before)
			after := before
			if test.after != "" {
				after = fields(strings.ReplaceAll(test.after, "H", oursHash))
			}
			h := http.Header{"Server": {"old"}, "X-Content-Security-Policy": {"script-src 'self'"}}
			want := h.Clone()
			if before != nil {
				h[enforce], want[enforce] = slices.Clone(before), after
			}
			r := p.allow(h, nil)
			if r.nonce != test.nonce || r.verdict != test.verdict {
				t.Errorf("nonce %q, verdict %q; want %q, %q", r.nonce, r.verdict, test.nonce, test.verdict)
			}
			if !reflect.DeepEqual(h, want) {
				t.Errorf("header\n got %q\nwant %q", h, want)
			}
			again := h.Clone()
			if second := p.allow(again, nil); second.nonce != r.nonce || !reflect.DeepEqual(again, h) {
				t.Errorf("a second time: nonce %q, header %q", second.nonce, again)
			}

			if test.verdict != "" {
				return
			}
			// G-13: a policy that only reports is edited alike.
			if before != nil {
				h, want = http.Header{monitor: slices.Clone(before)}, http.Header{monitor: after}
				if r := p.allow(h, nil); r.nonce != test.nonce || r.warnings != nil || !reflect.DeepEqual(h, want) {
					t.Errorf("report only: nonce %q, warnings %v, header\n got %q\nwant %q", r.nonce, r.warnings, h, want)
				}
			}
		})
	}
}

func fields(lines string) []string {
	if lines == "" {
		return nil
	}
	return strings.Split(lines, "\n")
}

func TestPolicyHeadersTogether(t *testing.T) {
	tests := []struct {
		name           string
		before, after  http.Header
		nonce, verdict string
	}{
		{"G-05 the enforced nonce is the element's",
			http.Header{enforce: {"script-src 'nonce-a'"}, monitor: {"script-src 'nonce-b'"}},
			http.Header{enforce: {"script-src 'nonce-a' H"}, monitor: {"script-src 'nonce-b' H"}}, "a", ""},
		{"G-13 sandbox is nothing to a policy that reports",
			http.Header{monitor: {"sandbox; script-src 'self'"}},
			http.Header{monitor: {"sandbox; script-src 'self' H"}}, "", ""},
		{"G-15 then no policy is edited",
			http.Header{enforce: {"script-src 'self'", "sandbox"}, monitor: {"script-src 'self'"}},
			http.Header{enforce: {"script-src 'self'", "sandbox"}, monitor: {"script-src 'self'"}}, "", "sandboxed"},
		{"G-20 a report-only policy that cannot be read stays as it is",
			http.Header{enforce: {"script-src 'self'"}, monitor: {"script-src \xff, script-src 'self'"}},
			http.Header{enforce: {"script-src 'self' H"}, monitor: {"script-src \xff, script-src 'self' H"}}, "", ""},
		{"G-20 a report-only header that is too long stays as it is",
			http.Header{enforce: {"script-src 'self'"}, monitor: {"script-src 'self'", strings.Repeat(" ", maxPolicies)}},
			http.Header{enforce: {"script-src 'self' H"}, monitor: {"script-src 'self'", strings.Repeat(" ", maxPolicies)}}, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, values := range test.after {
				for i := range values {
					values[i] = strings.ReplaceAll(values[i], "H", oursHash)
				}
			}
			r := newPolicy([]byte(ours), nil, false).allow(test.before, nil)
			if r.nonce != test.nonce || string(r.verdict) != test.verdict || !reflect.DeepEqual(test.before, test.after) {
				t.Errorf("nonce %q, verdict %q, header\n got %q\nwant %q", r.nonce, r.verdict, test.before, test.after)
			}
		})
	}
}

// TestPolicyTurbo is G-22: Turbo and its like put the elements of the next page into the document of this one, whose policy
// stays in force. The next page's nonce is unknown there, the hash is not.
func TestPolicyTurbo(t *testing.T) {
	first, second := http.Header{enforce: {"script-src 'nonce-first'"}}, http.Header{enforce: {"script-src 'nonce-second'"}}
	p := newPolicy([]byte(ours), nil, false)
	p.allow(first, nil)
	next := p.allow(second, nil)
	if !judgeOf(first, enforce).allows(inlineScript(ours, next.nonce)) {
		t.Errorf("the second page's element (nonce %q) is refused under %q", next.nonce, first)
	}
}

// TestPolicyNoMemory is G-23: a nonce is the page's own, and nothing of it is kept for the next.
func TestPolicyNoMemory(t *testing.T) {
	p := newPolicy([]byte(ours), widget, true)
	p.allow(http.Header{enforce: {"script-src 'nonce-first'"}}, nil)
	h := http.Header{enforce: {"script-src 'self'"}}
	if r := p.allow(h, nil); r.nonce != "" || strings.Contains(h.Get(enforce), "nonce") {
		t.Errorf("nonce %q, header %q", r.nonce, h)
	}
}

func TestPolicyExtend(t *testing.T) {
	tests := []struct {
		name          string
		sources       map[string][]string
		before, after string
		warnings      []Warning
	}{
		{"nothing is restricted", widget, "frame-ancestors 'self'; base-uri 'self'", "", nil},
		{"everything is there", widget,
			"default-src https: data: blob: wss: 'self' 'unsafe-inline'; form-action https:", "", nil},
		{"each in its own directive", widget,
			"connect-src 'self'; font-src 'none'; form-action 'self'; frame-src; img-src data: 'self';" +
				" script-src-elem 'unsafe-inline'; style-src 'self'; worker-src 'self'",
			"connect-src 'self' https://*.chat.test wss://*.chat.test; font-src https://fonts.test;" +
				" form-action 'self' https://*.chat.test; frame-src https://*.chat.test; img-src data: 'self' https://*.chat.test;" +
				" script-src-elem 'unsafe-inline' https://*.chat.test;" +
				" style-src 'self' https://*.chat.test 'unsafe-inline'; worker-src 'self' blob:", nil},
		{"default-src is not widened", map[string][]string{"img-src": {"https://a.test"}, "connect-src": {"https://a.test"}},
			"default-src 'self' 'unsafe-inline'",
			"default-src 'self' 'unsafe-inline'; connect-src 'self' 'unsafe-inline' https://a.test;" +
				" img-src 'self' 'unsafe-inline' https://a.test", nil},
		{"default-src 'none'", map[string][]string{"img-src": {"https://a.test"}},
			"default-src 'none'", "default-src 'none'; script-src-elem H; script-src H; img-src https://a.test", nil},
		{"child-src governs workers too", map[string][]string{"frame-src": {"https://a.test"}},
			"child-src 'self'", "child-src 'self'; frame-src 'self' https://a.test", nil},
		{"script-src governs workers too", map[string][]string{"script-src": {"https://a.test"}, "worker-src": {"blob:"}},
			"script-src 'self'", "script-src 'self' H; script-src-elem 'self' H https://a.test; worker-src 'self' blob:", nil},
		{"a nonce is no source of images", map[string][]string{"img-src": {"data:"}},
			"default-src 'self' 'nonce-a'; script-src 'unsafe-inline'",
			"default-src 'self' 'nonce-a'; script-src 'unsafe-inline'; img-src 'self' data:", nil},
		{"'strict-dynamic' asks for no addresses", map[string][]string{"script-src": {"https://a.test"}, "worker-src": {"blob:"}},
			"script-src 'strict-dynamic' 'nonce-a'", "script-src 'strict-dynamic' 'nonce-a' H", nil},
		{"'strict-dynamic' in default-src counts for scripts alone", map[string][]string{"script-src": {"https://a.test"},
			"worker-src": {"blob:"}},
			"default-src 'strict-dynamic'",
			"default-src 'strict-dynamic'; script-src-elem 'strict-dynamic' H; worker-src 'strict-dynamic' blob:", nil},
		{"styles beside a nonce", map[string][]string{"style-src": {"https://a.test", "'unsafe-inline'"}},
			"style-src 'self' 'nonce-a'", "style-src 'self' 'nonce-a' https://a.test", []Warning{{Directive: "style-src", Lacks: "'unsafe-inline'"}}},
		{"styles by element and attribute", map[string][]string{"style-src": {"https://a.test", "'unsafe-inline'"}},
			"style-src 'self'; style-src-elem 'self'; style-src-attr 'none'",
			"style-src 'self'; style-src-elem 'self' https://a.test 'unsafe-inline'; style-src-attr 'unsafe-inline'", nil},
		{"style attributes under default-src", map[string][]string{"style-src": {"https://a.test", "'unsafe-inline'"}},
			"style-src-elem 'self'; default-src 'self'; script-src *  'unsafe-inline'",
			"style-src-elem 'self' https://a.test 'unsafe-inline'; default-src 'self'; script-src *  'unsafe-inline';" +
				" style-src 'self' 'unsafe-inline'", nil},
		{"scripts never get 'unsafe-inline'", map[string][]string{"script-src": {"'unsafe-inline'"}},
			"script-src 'self'", "script-src 'self' H", []Warning{{Directive: "script-src", Lacks: "'unsafe-inline'"}}},
		{"G-17 trusted types", nil, "require-trusted-types-for 'script'", "", []Warning{{Directive: "require-trusted-types-for"}}},
		{"G-15 sandbox without an origin", nil, "sandbox allow-scripts", "", []Warning{{Directive: "sandbox", Lacks: "allow-same-origin"}}},
		{"warned once", nil, "sandbox allow-scripts, sandbox allow-scripts", "", []Warning{{Directive: "sandbox", Lacks: "allow-same-origin"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			after := test.before
			if test.after != "" {
				after = strings.ReplaceAll(test.after, "H", oursHash)
			}
			p := newPolicy([]byte(ours), test.sources, true)
			h, want := http.Header{enforce: {test.before}}, http.Header{enforce: {after}}
			r := p.allow(h, nil)
			if !reflect.DeepEqual(h, want) || !slices.Equal(r.warnings, test.warnings) {
				t.Errorf("warnings %v, want %v, header\n got %q\nwant %q", r.warnings, test.warnings, h, want)
			}
			if p.allow(h, nil); !reflect.DeepEqual(h, want) {
				t.Errorf("a second time: %q", h)
			}
			// G-13: a policy that only reports is edited alike, and stops nothing.
			h, want = http.Header{monitor: {test.before}}, http.Header{monitor: {after}}
			if r := p.allow(h, nil); !reflect.DeepEqual(h, want) || r.warnings != nil {
				t.Errorf("report only: warnings %v, header\n got %q\nwant %q", r.warnings, h, want)
			}
		})
	}
}

// TestPolicyKeep is G-16: nothing is widened silently, but what is missing is named.
func TestPolicyKeep(t *testing.T) {
	p := newPolicy([]byte(ours), widget, false)
	h := http.Header{enforce: {"default-src https: 'unsafe-inline'; script-src 'self' https://x.chat.test",
		"frame-src https://*.chat.test"}}
	r := p.allow(h, nil)
	want := []string{"connect-src lacks 'self' wss://*.chat.test", "img-src lacks data:",
		"script-src lacks https://*.chat.test", "worker-src lacks blob:"}
	if got := texts(r.warnings); !slices.Equal(got, want) {
		t.Errorf("warnings %q, want %q", got, want)
	}
	if got := h[enforce][0]; got != "default-src https: 'unsafe-inline'; script-src 'self' https://x.chat.test "+oursHash {
		t.Errorf("edited: %q", got)
	}
}

// TestPolicyIsolation is G-18 and G-19: other headers that stop what the program loads or opens.
func TestPolicyIsolation(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"Cross-Origin-Embedder-Policy", `require-corp; report-to="x"`, "Cross-Origin-Embedder-Policy"},
		{"Cross-Origin-Embedder-Policy", "credentialless", ""},
		{"Cross-Origin-Opener-Policy", "same-origin", "Cross-Origin-Opener-Policy"},
		{"Cross-Origin-Opener-Policy", "same-origin-allow-popups", ""},
		{"Integrity-Policy", "endpoints=(x), blocked-destinations=(style script)", "Integrity-Policy"},
		{"Integrity-Policy", "blocked-destinations=(style)", ""},
	}
	for _, test := range tests {
		h := http.Header{test.name: {test.value}}
		if got := strings.Join(texts(newPolicy(nil, nil, false).allow(h, nil).warnings), "; "); got != test.want {
			t.Errorf("%s: %s: %q, want %q", test.name, test.value, got, test.want)
		}
	}
}

// TestPolicyMeta is G-14: a policy in the page behind the element is out of reach, but can be read.
func TestPolicyMeta(t *testing.T) {
	tests := []struct{ meta, want string }{
		{"", ""},
		{"script-src 'self'; sandbox", "script-src lacks https://*.chat.test; worker-src lacks blob:"},
		{"img-src\n'self'\ndata:", "img-src lacks https://*.chat.test"},
		{"require-trusted-types-for 'script'; script-src 'strict-dynamic' 'nonce-a'", "require-trusted-types-for"},
		{"style-src \u00fc", ""},
	}
	p := newPolicy([]byte(ours), widget, true)
	for _, test := range tests {
		if got := strings.Join(texts(p.warn(test.meta)), "; "); got != test.want {
			t.Errorf("%q: %q, want %q", test.meta, got, test.want)
		}
	}
}

func texts(warnings []Warning) (texts []string) {
	for _, w := range warnings {
		texts = append(texts, w.String())
	}
	return texts
}

func BenchmarkPolicy(b *testing.B) {
	p := newPolicy([]byte(ours), widget, true)
	for _, field := range []string{"", "default-src 'self'",
		"default-src 'self' https://cdn.test; script-src 'self' 'nonce-abc'; img-src * data:; style-src 'unsafe-inline'"} {
		b.Run(field, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				h := http.Header{}
				if field != "" {
					h[enforce] = []string{field}
				}
				p.allow(h, nil)
			}
		})
	}
}
