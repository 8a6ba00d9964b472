package widget

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

const testKey = "0123456789abcdef0123456789abcdef01234567"

func post(t *testing.T, s *Server, path, token, body string) (status int, a answer) {
	t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Origin", "http://site.example")
	if token != "" {
		r.Header.Set("X-Tawk-Token", token)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if got := w.Header().Get("Access-Control-Allow-Origin"); got != "http://site.example" {
		t.Errorf("%s: allowed origin %q", path, got)
	}
	if w.Code != http.StatusInternalServerError {
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	return w.Code, a
}

func login(id, more string) string {
	mac := hmac.New(sha256.New, []byte(testKey))
	mac.Write([]byte(id))
	return `{"userId":"` + id + `","hash":"` + hex.EncodeToString(mac.Sum(nil)) + `"` + more + `}`
}

func TestLogin(t *testing.T) {
	for name, test := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"good":               {login("42", `,"name":"Ada","phone":"+441632960123","attributes":{"plan":"pro"}`), 200, ""},
		"wrong hash":         {`{"userId":"42","hash":"0000"}`, 401, "UnauthorizedError"},
		"no id":              {login("", ""), 400, "BadRequestError"},
		"no hash":            {`{"userId":"42"}`, 400, "BadRequestError"},
		"id is a number":     {`{"userId":42,"hash":"0000"}`, 400, "BadRequestError"},
		"phone":              {login("42", `,"phone":"01632"`), 400, "BadRequestError"},
		"name of attribute":  {login("42", `,"attributes":{"a_b":"x"}`), 400, "BadRequestError"},
		"value of attribute": {login("42", `,"attributes":{"a":"`+strings.Repeat("x", 256)+`"}`), 400, "BadRequestError"},
		"no JSON":            {`hello`, 400, "BadRequestError"},
	} {
		status, a := post(t, &Server{Key: testKey}, "/v1/client/login", "", test.body)
		if status != test.status || a.OK != (status == 200) || a.Error != nil && a.Error.Code != test.code {
			t.Errorf("%s: %d %+v", name, status, a)
		}
	}
	if status, _ := post(t, &Server{Key: testKey, SecureModeOff: true}, "/v1/client/login", "", login("42", "")); status != 401 {
		t.Errorf("without Secure Mode: %d", status)
	}
}

// TestIdentityStays holds that a browser is who it is until logout, and then somebody new.
func TestIdentityStays(t *testing.T) {
	s := &Server{Key: testKey}
	_, first := post(t, s, "/v1/session/start", "", `{}`)
	_, in := post(t, s, "/v1/client/login", first.Data.Token, login("42", `,"name":"Ada"`))
	_, again := post(t, s, "/v1/session/start", in.Data.Token, `{"name":"Mallory"}`)
	if a := again.Data.Agent; a.UserID != "42" || a.Name != "Ada" || !a.Verified || a.UUID != first.Data.Agent.UUID {
		t.Errorf("after login: %+v", a)
	}
	_, out := post(t, s, "/v1/client/logout", again.Data.Token, `{}`)
	if a := out.Data.Agent; a.UserID != "" || a.Verified || a.UUID == first.Data.Agent.UUID {
		t.Errorf("after logout: %+v", a)
	}
	if seen := s.Seen(); len(seen) != 1 || seen[0].UserID != "" {
		t.Errorf("staff see %+v", seen)
	}
	var kinds []string
	for _, c := range s.Calls() {
		kinds = append(kinds, c.Kind)
	}
	if want := []string{"start", "login", "start", "logout"}; !slices.Equal(kinds, want) {
		t.Errorf("calls %v, want %v", kinds, want)
	}
}

func TestBreak(t *testing.T) {
	s := &Server{Key: testKey}
	s.Break("login", Busy, Bad, Mute, Twice)
	for _, want := range []struct {
		name          string
		status        int
		session, once bool
	}{
		{"busy", 500, false, true}, {"bad", 400, false, true}, {"mute", 200, false, true}, {"twice", 200, true, false},
		{"well again", 200, true, true},
	} {
		status, a := post(t, s, "/v1/client/login", "", login("42", ""))
		if status != want.status || (a.Data != nil) != want.session || a.Twice == want.once {
			t.Errorf("%s: %d %+v", want.name, status, a)
		}
	}
}

func TestPaths(t *testing.T) {
	for path, want := range map[string]int{
		"/0123456789abcdef01234567/default": 200, "/_s/v4/app/standin/js/app.js": 200,
		"/": 404, "/short/default": 404, "/v1/client/login": 404,
	} {
		w := httptest.NewRecorder()
		(&Server{Key: testKey}).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
}
