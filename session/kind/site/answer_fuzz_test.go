package site

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/sessiontest"
)

// FuzzAskAnswer reads any answer in all three ways. Only a good one leads to a user, and an id is text of the answer.
func FuzzAskAnswer(f *testing.F) {
	f.Add(200, "application/json", []byte(`{"id":42,"profile":{"name":"Ada"}}`), "42")
	f.Add(200, "text/html; charset=shift_jis", []byte("<p id=id>42<input name=n value='&eacute;\x8e'>"), "a, b")
	f.Add(200, "text/html", []byte("\xff\xfe<\x00p\x00 \x00i\x00d\x00=\x00i\x00d\x00>\x004\x00"), "")
	f.Add(302, "", []byte(""), "=?utf-8?q?42?=")
	f.Add(503, "text/html", []byte("<template><p id=id>x</template><svg><foreignObject><table>"), "0")
	paths := map[string]session.Mapping{
		"json": {ID: "id", Name: "profile.name"}, "html": {ID: "#id", Name: "input@value"}, "headers": {ID: "X-Id", Name: "X-Name"},
	}
	f.Fuzz(func(t *testing.T, status int, contentType string, body []byte, header string) {
		site := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header()["X-Id"], w.Header()["X-Name"] = strings.Split(header, ","), []string{header}
			w.WriteHeader(status)
			w.Write(body)
		})
		for answer, m := range paths {
			u, err := mustAsk(t, AskOptions{Answer: answer, Mapping: m, Questions: kind.Questions{Site: site}}).Identify(sessiontest.Visitor("s=1"), nil)
			_, certain := session.NobodyReason(err)
			switch failed := status >= 500 || status == 408 || status == 425 || status == 429; {
			case err == nil && (status > 200 || u.ID == "" || !utf8.ValidString(u.ID+u.Name) || max(len(u.ID), len(u.Name)) > session.MaxText):
				t.Errorf("%s: status %d: %+v", answer, status, u)
			case err == nil && answer == "headers" && u.ID != header:
				t.Errorf("%q became %q", header, u.ID)
			case err != nil && certain == failed:
				t.Errorf("%s: status %d: %v", answer, status, err)
			case err != nil && u.ID != "":
				t.Errorf("%s: %+v beside %v", answer, u, err)
			}
		}
	})
}

// BenchmarkAsk leaves out the way to the site: what it costs to ask, to read the answer, and to remember it.
func BenchmarkAsk(b *testing.B) {
	page := `<!DOCTYPE html><title>x</title><p id=id>42</p><b class=name>Ada</b>` +
		strings.Repeat("<p class=x>Lorem <b>ipsum</b></p>\n", 600)
	for answer, m := range map[string]session.Mapping{
		"json": {ID: "id", Name: "profile.name"}, "html": {ID: "#id", Name: ".name"}, "headers": {ID: "X-Id", Name: "X-Name"},
	} {
		site := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["X-Id"], w.Header()["X-Name"] = []string{"42"}, []string{"Ada"}
			w.Header()["Content-Type"] = []string{map[string]string{"json": "application/json", "html": "text/html"}[answer]}
			fmt.Fprint(w, map[string]string{"json": `{"id":42,"profile":{"name":"Ada"}}`, "html": page}[answer])
		})
		r := sessiontest.Visitor("JSESSIONID=8E80B38CEF2662574493D4C00DD5DE29; theme=dark")
		b.Run(answer, func(b *testing.B) {
			kindtest.BenchmarkIdentify(b, mustAsk(b, AskOptions{Answer: answer, Mapping: m, Keep: 1, Questions: kind.Questions{Site: site}}), r, nil)
		})
		b.Run(answer+" remembered", func(b *testing.B) {
			kindtest.BenchmarkIdentify(b, mustAsk(b, AskOptions{Answer: answer, Mapping: m, Keep: 1 << 62, Questions: kind.Questions{Site: site}}), r, nil)
		})
	}
}

func BenchmarkAskGuard(b *testing.B) {
	source := mustAsk(b, AskOptions{Cookie: "s", Questions: kind.Questions{Site: http.NotFoundHandler()}})
	handler := source.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(200) }))
	kindtest.BenchmarkHandler(b, handler)
}

func BenchmarkResponse(b *testing.B) {
	source, err := NewResponses(ResponseOptions{})
	if err != nil {
		b.Fatal(err)
	}
	answer := http.Header{"X-Tawk-User-Id": {"42"}, "X-Tawk-User-Name": {"Ada"}, "Content-Type": {"text/html"}}
	kindtest.BenchmarkIdentify(b, source, sessiontest.Visitor("s=1"), answer)
}
