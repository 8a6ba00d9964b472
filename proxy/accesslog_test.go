package proxy

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAccessLog(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/nothing":
		case "/hinted":
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusNotFound)
			w.Write([]byte("gone"))
		default:
			io.WriteString(w, "four")
			http.NewResponseController(w).Flush()
			io.WriteString(w, "five5")
		}
	})
	for _, c := range []struct {
		queries      bool
		target, want string
	}{
		{false, "/a%20b?secret", "map[bytes:9 level:INFO method:GET msg:request path:/a b status:200]"},
		{false, "/nothing", "map[bytes:0 level:INFO method:GET msg:request path:/nothing status:200]"},
		{false, "/hinted", "map[bytes:4 level:INFO method:GET msg:request path:/hinted status:404]"},
		{true, "/a?b=%20c;d", "map[bytes:9 level:INFO method:GET msg:request path:/a query:b=%20c;d status:200]"},
		{true, "/", "map[bytes:9 level:INFO method:GET msg:request path:/ status:200]"},
	} {
		lines := &logLines{}
		log := slog.New(slog.NewJSONHandler(lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
		server := httptest.NewServer(AccessLog(log, c.queries)(handler))
		request, _ := http.NewRequest("GET", server.URL+c.target, nil)
		request.Header.Set("Cookie", "secret=1")
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		server.Close()
		var got []string
		for _, line := range lines.with("") {
			delete(line, "time")
			if took, ok := line["took"].(float64); !ok || took < 0 {
				t.Errorf("%s took %v", c.target, line["took"])
			}
			delete(line, "took")
			got = append(got, fmt.Sprint(line))
		}
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%s: logged %q, want %q", c.target, got, c.want)
		}
	}
}
