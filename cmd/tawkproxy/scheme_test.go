package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tawkproxy/session/kind/kindtest"
)

// What a page says of an https visit and what its script hears when it asks are the same, whether or not the proxy that says https
// is trusted. Else the script would log out whom the page has logged in.
func TestSchemeOfQuestions(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!doctype html><title>Site</title>")
	}))
	t.Cleanup(site.Close)
	token := kindtest.EncryptToken(t, jose.A256GCM, 32, "secret", "", "NextAuth.js Generated Encryption Key",
		fmt.Sprintf(`{"sub":"42","exp":%d}`, time.Now().Add(time.Hour).Unix()))
	for trusted, want := range map[string]string{"127.0.0.1": "nobody", "192.0.2.1": "42"} {
		program := front(t, site.URL, "TAWK_SESSION=authjs", "TAWK_AUTHJS_SECRET=secret", "TAWK_TRUSTED_PROXIES="+trusted)
		b := newBrowser(t, program.url)
		header := []string{"Cookie", "next-auth.session-token=" + token, "X-Forwarded-Proto", "https", "Sec-Fetch-Site", "same-origin"}
		b.page("/", want, header...)
		b.asks(want, header...)
	}
}
