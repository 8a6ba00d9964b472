package proxy

import (
	"bufio"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func TestRecover(t *testing.T) {
	lines := &logLines{}
	server := httptest.NewUnstartedServer(Recover(NewErrorPages("", testLog(lines)))(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/half":
				io.WriteString(w, strings.Repeat("x", 1<<16))
			case "/hinted":
				w.WriteHeader(http.StatusEarlyHints)
			case "/abort":
				panic(http.ErrAbortHandler)
			}
			w.Header().Set("Content-Length", "1000")
			panic("the coffee is out")
		})))
	server.Config.ErrorLog = quiet()
	server.Start()
	defer server.Close()

	for _, path := range []string{"/", "/hinted"} {
		answer, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != 500 || err != nil || !strings.HasPrefix(string(body), "Something went wrong.") {
			t.Errorf("%s: %d %q %v", path, answer.StatusCode, body, err)
		}
	}
	line := lines.wait(t, "a fault in tawkproxy")
	if line["panic"] != "the coffee is out" || !strings.Contains(line["stack"].(string), "recover_test.go") {
		t.Errorf("logged %v", line)
	}

	answer, err := http.Get(server.URL + "/half")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.ReadAll(bufio.NewReader(answer.Body)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half an answer ended with %v", err)
	}

	before := len(lines.with("a fault"))
	if _, err := http.Get(server.URL + "/abort"); err == nil || len(lines.with("a fault")) != before {
		t.Errorf("an abort: %v, logged %v", err, lines.with("a fault")[before:])
	}
}
