package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"tawkproxy/examples/shop"
)

const explainToken = "why-is-this-page-so"

// TestExplain asks about answers of all kinds why they are as they are.
func TestExplain(t *testing.T) {
	t.Parallel()
	p := start(t, append(demoSettings(oddSite(t), "https://embed.tawk.to"), "TAWK_LISTEN=127.0.0.1:0", "TAWK_ADMIN_LISTEN=127.0.0.1:0",
		"TAWK_EXPLAIN_TOKEN="+explainToken, "TAWK_EXCLUDE=/odd/excluded", "TAWK_LOG_LEVEL=debug")...)
	guest, ada, forged := newBrowser(t, p.url), newBrowser(t, p.url), newBrowser(t, p.url)
	ada.read(ada.post("/login", "person=ada"))
	forged.client.Jar.SetCookies(forged.at("/"), []*http.Cookie{{Name: shop.Cookie, Value: "MTIzNDU2Nzg5MHxmb3JnZWR8bWFj"}})
	const document = "Sec-Fetch-Dest"

	for _, test := range []struct {
		browser *browser
		path    string
		header  []string
		want    string
	}{
		{guest, "/hours", nil, `decision=inserted, reason=nobody, offset=…, before="<LINK", who=nobody, why=no_cookie`},
		{ada, "/hours", nil, `decision=inserted, reason=user, offset=…, before="<LINK", who=user, why=recognised`},
		{forged, "/hours", nil, `decision=inserted, reason=nobody, offset=…, before="<LINK", who=nobody, why=forged`},
		{ada, "/hours", []string{document, "document", "Referer", "https://elsewhere.example/", "Sec-Fetch-Site", "cross-site"},
			`decision=inserted, reason=ask, offset=…, before="<LINK"`},
		{guest, "/about", nil, `decision=inserted, reason=ask, offset=…, before="<LINK"`},
		{guest, "/odd/data", nil, "decision=no_page, reason=not_page"},
		{guest, "/odd/data", []string{document, "empty"}, "decision=no_page, reason=not_page"},
		{guest, "/hours", []string{document, "image"}, "decision=no_page, reason=subresource"},
		{guest, "/hours", []string{document, "iframe"}, "decision=no_page, reason=frame"},
		{guest, "/hours", []string{"Hx-Request", "true"}, "decision=no_page, reason=partial_page"},
		{guest, "/odd/download", nil, "decision=no_page, reason=attachment"},
		{guest, "/odd/fragment", nil, "decision=no_page, reason=fragment"},
		{guest, "/odd/moved", nil, "decision=no_page, reason=status"},
		{guest, "/odd/fixed", nil, "decision=skipped, reason=no_transform"},
		{guest, "/odd/sandbox", nil, "decision=skipped, reason=sandboxed, who=nobody, why=no_cookie"},
		{guest, "/odd/utf16", nil, "decision=skipped, reason=charset"},
		{guest, "/odd/packed", nil, "decision=skipped, reason=encoding"},
		{guest, "/odd/excluded", nil, "decision=skipped, reason=excluded"},
		{guest, "/odd/late", nil, "decision=skipped, reason=window"},
		{guest, "/odd/hangup", nil, "decision=no_answer, reason=site_failed"},
		{guest, "/.tawkproxy/user", []string{"Sec-Fetch-Site", "same-origin"}, "decision=own, reason=own_path, who=nobody, why=no_cookie"},
		{ada, "/hours/.tawkproxy/user", []string{"Sec-Fetch-Site", "same-origin"}, "decision=own, reason=own_path, who=user, why=recognised"},
		{guest, "/.tawkproxy/nothing", nil, "decision=own, reason=own_path"},
	} {
		answer := test.browser.open(test.path, append(test.header, explainHeader, explainToken)...)
		test.browser.read(answer)
		if got := answer.Header.Get(explainHeader); !matches(got, test.want) {
			t.Errorf("%s %v: %s, want %s", test.path, test.header, got, test.want)
		}
	}

	t.Run("not modified", func(t *testing.T) {
		first := ada.open("/terms")
		ada.read(first)
		again := ada.open("/terms", "If-None-Match", first.Header.Get("Etag"), explainHeader, explainToken)
		const want = "decision=unmodified, reason=unmodified, who=user, why=recognised"
		if got := again.Header.Get(explainHeader); again.StatusCode != http.StatusNotModified || got != want {
			t.Errorf("%s: %s, want %s", again.Status, got, want)
		}
	})
	t.Run("where it stands", func(t *testing.T) {
		answer := guest.open("/hours", explainHeader, explainToken)
		page := guest.read(answer)
		offset := insertions([]byte(page))[0].begin
		if got := answer.Header.Get(explainHeader); !strings.Contains(got, " offset="+strconv.Itoa(offset)+",") {
			t.Errorf("%s, but it stands at %d", got, offset)
		}
	})
	t.Run("only with the token", func(t *testing.T) {
		for _, token := range []string{"", explainToken[1:], explainToken + "0", "Why-is-this-page-so"} {
			answer := guest.open("/odd/data", explainHeader, token) // which checks that it is not passed on
			if got := answer.Header.Get(explainHeader); got != "" {
				t.Errorf("%q is told %s", token, got)
			}
		}
	})
	if log := p.Log(); strings.Contains(log, explainToken) {
		t.Error("the token is in the log")
	}
}

// TestExplainsRefusals asks where nothing is passed on, or nothing but that.
func TestExplainsRefusals(t *testing.T) {
	t.Parallel()
	site := oddSite(t)
	settings := append(demoSettings(site, "https://embed.tawk.to"), "TAWK_LISTEN=127.0.0.1:0", "TAWK_ADMIN_LISTEN=127.0.0.1:0",
		"TAWK_EXPLAIN_TOKEN="+explainToken, "TAWK_LOG_LEVEL=info")
	on, off := start(t, settings...), start(t, append(settings, "TAWK_ENABLED=false")...)
	for _, test := range []struct{ url, target, want string }{
		{on.url, "http://somebody@shop.example/odd/data", "decision=refused, reason=not_passed_on"},
		{off.url, "/odd/data", "decision=off, reason=not_enabled"},
		{off.url, "/.tawkproxy/user", "decision=off, reason=not_enabled"},
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(test.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: shop.example\r\n%s: %s\r\nConnection: close\r\n\r\n", test.target, explainHeader, explainToken)
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := answer.Header.Get(explainHeader); got != test.want {
			t.Errorf("%s %s: %s, want %s", test.target, answer.Status, got, test.want)
		}
	}
}

// TestExplainsNothing asks where nobody has said who may.
func TestExplainsNothing(t *testing.T) {
	t.Parallel()
	guest := newBrowser(t, newTown(t).url)
	for _, token := range []string{"", explainToken} {
		if got := guest.open("/hours", explainHeader, token).Header.Get(explainHeader); got != "" {
			t.Errorf("%q is told %s", token, got)
		}
	}
}

// matches compares with a text in which … stands for anything.
func matches(got, want string) bool {
	before, after, any := strings.Cut(want, "…")
	return got == want || any && strings.HasPrefix(got, before) && strings.HasSuffix(got, after) && len(got) > len(before)+len(after)
}
