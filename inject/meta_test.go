package inject

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestMetaPolicies(t *testing.T) {
	const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'self'">`
	for _, c := range []struct {
		name, head string // of a page, behind the element's place
		want       []string
	}{
		{"G-14 first", policy + "</head>", []string{"default-src 'self'"}},
		{"behind others", "<link rel=a><style>p > a {}</style><script>'<p>'</script><meta name=a>" + policy,
			[]string{"default-src 'self'"}},
		{"other spelling", `<META content='img-src a&#46;example' HTTP-EQUIV=CONTENT-SECURITY-POLICY />`,
			[]string{"img-src a.example"}},
		{"two", policy + `<meta http-equiv=content-security-policy content=sandbox>`, []string{"default-src 'self'", "sandbox"}},
		{"no content", `<meta http-equiv=content-security-policy>`, []string{""}},
		{"in a script", "<script>'" + policy + "'</script>", nil},
		{"in a comment", "<!--" + policy + "-->", nil},
		{"in the body", "</head><body>" + policy, nil},
		{"in the body, by the look of it", "<p>" + policy, nil},
		{"report only", `<meta http-equiv="Content-Security-Policy-Report-Only" content="default-src 'self'">`, nil},
		{"cut", policy[:len(policy)-3], nil},
		{"script without an end", "<script>" + policy, nil},
		{"none", "<meta name=a><title></title>", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			const before = "<!doctype html><head>" + policy
			if got := metaPolicies([]byte(before+c.head), len(before)); !slices.Equal(got, c.want) {
				t.Errorf("policies %q, want %q", got, c.want)
			}
		})
	}
}

// TestWarnOfMeta tells of a policy in the page that will stop the program.
func TestWarnOfMeta(t *testing.T) {
	w := newWorld()
	var warned []Warning
	w.Sources = map[string][]string{"img-src": {"https://chat.example"}}
	w.ExtendPolicies = true
	w.Warn = func(_ *http.Request, warnings []Warning) { warned = append(warned, warnings...) }
	page := strings.Replace(testPage, "</head>", `<meta http-equiv=content-security-policy content="img-src 'self'"></head>`, 1)
	w.Base = canned{header: headerOf("Content-Type: text/html", fmt.Sprint("Content-Length: ", len(page))), body: []byte(page)}
	w.ask(t, http.MethodGet)
	if want := (Warning{Directive: "img-src", Lacks: "https://chat.example", Meta: true}); len(warned) != 1 || warned[0] != want {
		t.Errorf("warned of %v, want %v", warned, want)
	}
}
