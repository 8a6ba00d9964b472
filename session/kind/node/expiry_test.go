package node

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tawkproxy/config/setting"
	"tawkproxy/examples/testenv"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

// What the libraries of Node themselves make of times of any type: what ends a session there ends it here, and what counts there
// counts here.
func TestToleratedByNode(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Node.js")
	}
	t.Parallel()
	node := testenv.Node(t, "express-session", "session-file-store", "koa-session", "fastify", "@fastify/secure-session", "jose")
	const now = 1795357041000
	values := []string{"", "null", "true", "false", `""`, `"soon"`, `" 17 "`, `"0x10"`, `"1795357041"`, `"1795357041000"`,
		`"2026-11-22T14:17:20.000Z"`, `"2126-11-22T14:17:20.000Z"`, "0", "1", "-1", "0.5", "1795270641", "1795270640", "1795357026",
		"1795357056", "1795357057", "1795357041000", "1795357040999", "1795357040000", "1795357039999", "1795357041000.5",
		"1e20", "1e999", "-1e999", "[]", "[1]", "{}", `{"a":1}`}
	list, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(node, filepath.Join("testdata", "tolerated.js"), fmt.Sprint(now), string(list))
	command.Stderr = os.Stderr
	said, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var verdicts map[string][]struct {
		Counts bool
		Cookie string
	}
	if err := json.Unmarshal(said, &verdicts); err != nil {
		t.Fatalf("%v: %s", err, said)
	}

	site := recipe.Setup{Mapping: session.Mapping{ID: "id"}, Now: func() time.Time { return time.UnixMilli(now) }}
	id := strings.Repeat("i", 32)
	express := func(store store.Store) session.Source {
		stored := site
		stored.Store = store
		return kindtest.MustOpen(t)(NewExpress(kindtest.Usual(ExpressOptions{Setup: stored})))
	}
	file := func(record string) error {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, id+".json"), []byte(record), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := express(&store.Files{Dir: dir, Timeout: sessiontest.Patience}).Identify(sessiontest.WithCookie("connect.sid", "s:"+id+".x"), nil)
		return err
	}
	token := func(claim string) func(value, _ string) error {
		return func(value, _ string) error {
			text := kindtest.EncryptToken(t, jose.A256GCM, 32, "secret", "", "NextAuth.js Generated Encryption Key",
				`{"sub":"42","id":"42"`+optional(claim, value)+`}`)
			_, err := kindtest.MustOpen(t)(NewAuthJS(AuthJSOptions{Setup: site, Secrets: setting.NewKeys([]byte("secret"))})).
				Identify(sessiontest.WithCookie("next-auth.session-token", text), nil)
			return err
		}
	}
	readers := map[string]func(value, cookie string) error{
		"express": func(value, _ string) error {
			record := []byte(`{"id":"42","cookie":{"originalMaxAge":null` + optional("expires", value) + `}}`)
			_, err := express(storetest.StoreFunc(func(context.Context, string) (store.Record, error) { return store.Record{Data: record}, nil })).
				Identify(sessiontest.WithCookie("connect.sid", "s:"+id+".x"), nil)
			return err
		},
		"fileAge": func(value, _ string) error {
			return file(fmt.Sprintf(`{"id":"42","cookie":{"path":"/"%s},"__lastAccess":%d}`, optional("originalMaxAge", value), now-1000))
		},
		"fileAccess": func(value, _ string) error {
			return file(`{"id":"42","cookie":{"originalMaxAge":1000}` + optional("__lastAccess", value) + `}`)
		},
		"koa": func(value, _ string) error {
			record := base64.StdEncoding.EncodeToString([]byte(`{"id":"42"` + optional("_expire", value) + `}`))
			r := sessiontest.WithCookie("", "")
			r.Header["Cookie"] = []string{kindtest.KeygripSign(sha1.New, "key", "koa.sess", record)}
			_, err := kindtest.MustOpen(t)(NewKoa(kindtest.Usual(KoaOptions{Setup: site, Keygrip: Keygrip{Keys: setting.NewKeys([]byte("key"))}}))).Identify(r, nil)
			return err
		},
		"fastify": func(_, cookie string) error {
			key := []byte(strings.Repeat("\x01", 32))
			_, err := kindtest.MustOpen(t)(NewFastify(kindtest.Usual(FastifyOptions{Setup: site, Keys: setting.NewKeys(key)}))).Identify(sessiontest.WithCookie("session", cookie), nil)
			return err
		},
		"exp": token("exp"), "nbf": token("nbf"), "iat": token("iat"),
	}
	// What JavaScript adds up to a number in ways that are not followed here: no library writes that.
	stricter := map[string]bool{`"0x10"`: true, "[]": true, "[1]": true}
	for kind, read := range readers {
		for i, verdict := range verdicts[kind] {
			err := read(values[i], verdict.Cookie)
			if _, certain := session.NobodyReason(err); err != nil && !certain {
				t.Errorf("%s: %s: %v", kind, values[i], err)
			}
			if counts := err == nil; counts != verdict.Counts && !(verdict.Counts && stricter[values[i]]) {
				t.Errorf("%s: %s counts there: %t, here: %v", kind, values[i], verdict.Counts, err)
			}
		}
		if len(verdicts[kind]) != len(values) {
			t.Errorf("%s: %d verdicts of %d", kind, len(verdicts[kind]), len(values))
		}
	}
}

// optional is a member of an object behind another, if it has a value.
func optional(name, value string) string {
	if value == "" {
		return ""
	}
	return `,"` + name + `":` + value
}
