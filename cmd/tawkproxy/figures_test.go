package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"tawkproxy/examples/shop"
	"tawkproxy/inject"
	"tawkproxy/session"
)

// scripted sends a site's visitors: what the figures must be afterwards stands in the tests.
func scripted(t *testing.T, p *program) {
	t.Helper()
	guest, ada, forged := newBrowser(t, p.url), newBrowser(t, p.url), newBrowser(t, p.url)
	get := func(b *browser, times int, path string, header ...string) {
		for range times {
			b.read(b.open(path, header...))
		}
	}
	forged.client.Jar.SetCookies(forged.at("/"), []*http.Cookie{{Name: shop.Cookie, Value: "MTIzNDU2Nzg5MHxmb3JnZWR8bWFj"}})
	get(guest, 5, "/hours")
	get(forged, 1, "/hours")
	ada.read(ada.post("/login", "person=ada"))
	get(ada, 7, "/hours")
	get(guest, 3, "/about") // everybody may keep it
	get(guest, 1, "/odd/data")
	get(guest, 2, "/odd/download")
	get(guest, 4, "/odd/fixed")
	get(guest, 1, "/odd/customer/ada", "Sec-Fetch-Dest", "iframe")
	get(guest, 2, "/odd/hangup")
	get(guest, 3, "/odd/moved")
	first := ada.open("/terms")
	ada.read(first)
	get(ada, 2, "/terms", "If-None-Match", first.Header.Get("Etag"))
	get(ada, 6, "/hours/.tawkproxy/user", "Sec-Fetch-Site", "same-origin")
	for _, report := range []string{`{"code":401,"stage":"login"}`, `{"code":401,"stage":"login"}`, `{"code":500,"stage":"logout"}`, "no report"} {
		r, err := http.NewRequest("POST", p.url+"/.tawkproxy/report", strings.NewReader(report))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		guest.read(guest.do(r))
	}
}

// TestFigures counts what the real program says of scripted visitors, to Prometheus and to a person.
func TestFigures(t *testing.T) {
	t.Parallel()
	p := start(t, append(demoSettings(oddSite(t), "https://embed.tawk.to"), "TAWK_LISTEN=127.0.0.1:0", "TAWK_ADMIN_LISTEN=127.0.0.1:0",
		"TAWK_LOG_LEVEL=info")...)
	operator := newBrowser(t, p.admin)
	scripted(t, p)
	text := operator.read(operator.open("/metrics"))

	got := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok && strings.HasPrefix(name, "tawkproxy_") && value != "0" {
			got[name] = value
		}
	}
	want := map[string]string{
		`tawkproxy_pages_total{reason="user",result="inserted"}`:         "9",
		`tawkproxy_pages_total{reason="nobody",result="inserted"}`:       "6",
		`tawkproxy_pages_total{reason="ask",result="inserted"}`:          "3",
		`tawkproxy_pages_total{reason="unmodified",result="unmodified"}`: "2",
		`tawkproxy_pages_total{reason="not_page",result="no_page"}`:      "1",
		`tawkproxy_pages_total{reason="attachment",result="no_page"}`:    "2",
		`tawkproxy_pages_total{reason="frame",result="no_page"}`:         "1",
		`tawkproxy_pages_total{reason="no_transform",result="skipped"}`:  "4",
		`tawkproxy_pages_total{reason="status",result="no_page"}`:        "3",
		`tawkproxy_identities_total{reason="recognised",result="user"}`:  "17",
		`tawkproxy_identities_total{reason="no_cookie",result="nobody"}`: "5",
		`tawkproxy_identities_total{reason="forged",result="nobody"}`:    "1",
		`tawkproxy_widget_reports_total{code="401",stage="login"}`:       "2",
		`tawkproxy_widget_reports_total{code="500",stage="logout"}`:      "1",
		`tawkproxy_requests_total{code="200"}`:                           "32",
		`tawkproxy_requests_total{code="204"}`:                           "3",
		`tawkproxy_requests_total{code="302"}`:                           "3",
		`tawkproxy_requests_total{code="304"}`:                           "2",
		`tawkproxy_requests_total{code="400"}`:                           "1",
		`tawkproxy_requests_total{code="502"}`:                           "2",
		`tawkproxy_cache_lookups_total{cache="sessions",result="hit"}`:   "16",
		`tawkproxy_cache_lookups_total{cache="sessions",result="miss"}`:  "2",
		`tawkproxy_page_overhead_seconds_count`:                          "18",
		`tawkproxy_site_first_byte_seconds_count`:                        "31",
		`tawkproxy_build_info{goversion="…",version="…"}`:                "1",
	}
	quoted := regexp.MustCompile(`version="[^"]*"`)
	for name, value := range got {
		if strings.Contains(name, "_bucket") || strings.HasSuffix(name, "_sum") {
			continue
		}
		name = quoted.ReplaceAllString(name, `version="…"`)
		if want[name] != value {
			t.Errorf("%s %s, want %q", name, value, want[name])
		}
		delete(want, name)
	}
	for name, value := range want {
		t.Errorf("there is no %s %s", name, value)
	}

	documented, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range regexp.MustCompile(`(?m)^# TYPE (tawkproxy_\S+)`).FindAllStringSubmatch(text, -1) {
		if !strings.Contains(string(documented), "`"+name[1]+"`") {
			t.Errorf("docs/operating.md does not have %s", name[1])
		}
	}
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		t.Errorf("%s: %s", problem.Metric, problem.Text)
	}

	page := words(operator.read(operator.open("/")))
	for _, want := range []string{
		"Does tawk.to accept the key? No: browsers report a refusal, 2 times so far, last just now.",
		"check that TAWK_SECRET_KEY is the key of this property and that Secure Mode is on",
		"Are users recognised? Yes: 17 of 23 visits had a user.",
		"Do pages get the script? Yes: 20 did, 4 went out as they came.",
		"9 with a login", "6 anonymous", "3 asking", "4 skipped",
		"The last hour 22 pages", "The last day 22 pages",
		"user somebody is logged in 17", "forged no key of ours made this signature 1",
		"a page went out without the login script; this is said once the site forbids changes by Cache-Control: no-transform verdict no_transform",
		"tawk.to refused or failed", "login 401", "2xx 35", "5xx 2", "Remembered sessions 88 %",
		"TAWK_SECRET_KEY set, 40 characters",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if t.Failed() {
		t.Log(page)
	}
	for _, private := range []string{"Ada", "Lovelace", "ada@", "/odd/", demoKey, shop.DemoKey} {
		if strings.Contains(page, private) {
			t.Errorf("the page says %q", private)
		}
	}
}

var (
	markup = regexp.MustCompile(`(?s)<style>.*?</style>|<script>.*?</script>|<title>[^<]*</title>|<[^>]*>`)
	blanks = regexp.MustCompile(`\s+`)
)

// words is the text of a page.
func words(page string) string {
	return blanks.ReplaceAllString(markup.ReplaceAllString(page, " "), " ")
}

// TestWideListener lets others than this machine ask: without a token they get what probes need, and with one all.
func TestWideListener(t *testing.T) {
	t.Parallel()
	const token = "a-token-that-nobody-guesses"
	for _, test := range []struct {
		settings, bearer string
		codes            map[string]int
	}{
		{"TAWK_ADMIN_TOKEN=", "", map[string]int{"/healthz": 200, "/readyz": 200, "/": 403, "/metrics": 403}},
		{"TAWK_ADMIN_TOKEN=" + token, "", map[string]int{"/healthz": 200, "/readyz": 200, "/": 401, "/metrics": 401}},
		{"TAWK_ADMIN_TOKEN=" + token, "Bearer " + token, map[string]int{"/healthz": 200, "/readyz": 200, "/": 200, "/metrics": 200}},
	} {
		p := newTown(t, "TAWK_ADMIN_LISTEN=0.0.0.0:0", test.settings).program
		_, port, _ := net.SplitHostPort(strings.TrimPrefix(p.admin, "http://"))
		operator := newBrowser(t, "http://127.0.0.1:"+port)
		for path, code := range test.codes {
			answer := operator.open(path, "Authorization", test.bearer)
			if text := operator.read(answer); answer.StatusCode != code || strings.Contains(text, token) {
				t.Errorf("%s with %s: %s %s", path, test.settings, answer.Status, text)
			}
		}
		told := strings.Contains(p.Log(), "so its page and metrics are closed")
		if told != (test.settings == "TAWK_ADMIN_TOKEN=") || strings.Contains(p.Log(), token) {
			t.Errorf("%s: the log says\n%s", test.settings, p.Log())
		}
	}
}

// TestEveryReason holds that the lists of reasons are whole, and that each is explained to a person.
func TestEveryReason(t *testing.T) {
	for _, verdict := range inject.Reasons() {
		if verdict != inject.Inserted && verdictMeanings[verdict] == "" {
			t.Errorf("%s is not explained", verdict)
		}
	}
	for _, reason := range session.Reasons() {
		if reasonMeanings[reason] == "" {
			t.Errorf("%s is not explained", reason)
		}
	}
	for file, listed := range map[string]int{"../../inject/reason.go": len(inject.Reasons()), "../../session/session.go": len(session.Reasons())} {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		declared := 0
		ast.Inspect(tree, func(node ast.Node) bool {
			if spec, ok := node.(*ast.ValueSpec); ok && fmt.Sprint(spec.Type) == "Reason" {
				declared++
			}
			return true
		})
		if declared != listed {
			t.Errorf("%s declares %d reasons, %d are listed", file, declared, listed)
		}
	}
}
