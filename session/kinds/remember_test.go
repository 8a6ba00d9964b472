package kinds_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/gorilla/securecookie"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/golang"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/kind/node"
	"tawkproxy/session/kind/python"
	"tawkproxy/session/kind/rails"
	"tawkproxy/session/kind/token"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/record/recordtest"
	"tawkproxy/session/sessiontest"
)

// A cookieKind is a kind whose cookie holds the session.
type cookieKind struct {
	name   string
	source *recipe.Recipe
	cookie string
	write  func(record string) (value string) // of JSON
}

// rememberingKinds makes one of every kind that remembers sessions, which maps user.
func rememberingKinds(t testing.TB, user session.Mapping) []cookieKind {
	t.Helper()
	var kinds []cookieKind
	add := func(name, cookie string, write func(record string) string) func(*recipe.Recipe, error) {
		return func(source *recipe.Recipe, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			kinds = append(kinds, cookieKind{name, source, cookie, write})
		}
	}
	secret := bytes.Repeat([]byte("s"), 32)
	setup := recipe.Setup{Mapping: user, Now: func() time.Time { return sessiontest.IssuedAt }}
	sealed := func(content []byte) string {
		value, err := securecookie.New(secret, nil).MaxLength(0).SetSerializer(securecookie.NopEncoder{}).Encode("session", content)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	ageless := setup
	ageless.MaxAge, ageless.Cookie = -1, ""
	add("flask", "session", func(record string) string { return signFlask(string(secret), kindtest.Deflated(record)) })(
		python.NewFlask(kindtest.Usual(python.FlaskOptions{Setup: ageless, SecretKeys: setting.NewKeys(secret)})))
	add("django", "sessionid", func(record string) string {
		return kindtest.SignDjango(sha256.New, string(secret), kindtest.DjangoCookieSalt, kindtest.Deflated(record))
	})(python.NewDjango(kindtest.Usual(python.DjangoOptions{Setup: ageless, SessionEngine: "signed_cookies", SecretKeys: setting.NewKeys(secret)})))
	railss := setup
	railss.Cookie = "_shop"
	writer := kindtest.RailsWriter{T: t, Secret: string(secret), Digest: sha256.New, Rounds: 1}
	add("rails", "_shop", func(record string) string {
		return writer.Gcm("authenticated encrypted cookie", record)
	})(rails.NewRails(kindtest.Usual(rails.RailsOptions{Setup: railss, SecretKeyBases: setting.NewKeys(secret), KeyIterations: 1})))
	gorilla := ageless
	gorilla.Cookie = "session"
	add("gorilla", "session", func(record string) string {
		var values map[string]any
		if err := json.Unmarshal([]byte(record), &values); err != nil {
			t.Fatal(err)
		}
		return sealed(recordtest.EncodeGob(t, values))
	})(golang.NewGorilla(kindtest.Usual(golang.GorillaOptions{Setup: gorilla, Keys: setting.NewKeys(secret), MaxLength: 1 << 20})))
	add("gorilla, JSON", "session", func(record string) string { return sealed([]byte(record)) })(
		golang.NewGorilla(kindtest.Usual(golang.GorillaOptions{Setup: gorilla, Keys: setting.NewKeys(secret), MaxLength: 1 << 20, Serializer: "json"})))
	add("fastify", "session", func(record string) string {
		return kindtest.BoxFastify(1, 24, record[:len(record)-1]+fmt.Sprintf(`,"__ts":%d}`, sessiontest.IssuedAt.Unix()))
	})(node.NewFastify(kindtest.Usual(node.FastifyOptions{Setup: setup, Keys: setting.NewKeys(append([]byte{1}, make([]byte, 31)...))})))
	sid := setup
	sid.Cookie = "sid"
	add("iron", "sid", func(record string) string {
		return kindtest.SealIron(t, string(secret), "1", "", kindtest.Padded(record)) + "~2"
	})(
		node.NewIron(node.IronOptions{Setup: sid, Passwords: setting.NewKeys(secret)}))
	claims := func(record string) string {
		return record[:len(record)-1] + fmt.Sprintf(`,"iat":%d,"exp":%d}`, sessiontest.IssuedAt.Unix(), sessiontest.IssuedAt.Unix()+60)
	}
	add("authjs", "authjs.session-token", func(record string) string {
		return kindtest.EncryptToken(t, jose.A256CBC_HS512, 64, string(secret), "authjs.session-token",
			"Auth.js Generated Encryption Key (authjs.session-token)", claims(record))
	})(node.NewAuthJS(node.AuthJSOptions{Setup: setup, Secrets: setting.NewKeys(secret)}))
	tokens := setup
	tokens.Cookie = "token"
	key := kindtest.TestKeys(t)["EdDSA"]
	add("jwt", "token", func(record string) string {
		return kindtest.SignText(t, "EdDSA", key, `{"alg":"EdDSA"}`, claims(record))
	})(token.NewJWT(token.JWTOptions{Setup: tokens, Algorithm: "EdDSA", PublicKey: setting.NewSecret(string(kindtest.PublicPEM(t, key.Public())))}))
	return kinds
}

// signFlask signs a payload as itsdangerous does with the salt of Flask's sessions, at issuedAt.
func signFlask(secret, payload string) string {
	var stamp [4]byte
	for i, at := 3, sessiontest.IssuedAt.Unix(); i >= 0; i, at = i-1, at>>8 {
		stamp[i] = byte(at)
	}
	value := payload + "." + base64.RawURLEncoding.EncodeToString(stamp[:])
	for _, text := range []string{"cookie-session", value} {
		mac := hmac.New(sha1.New, []byte(secret))
		mac.Write([]byte(text))
		secret = string(mac.Sum(nil))
	}
	return value + "." + base64.RawURLEncoding.EncodeToString([]byte(secret))
}

// The largest sessions of each kind leave little behind, whatever was in them: two hundred, by the estimate. A thousand take no more
// than the budget, which is one for all kinds, but for tokens, whose verifier has its own.
func TestMemoryOfRememberedSessions(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const zeros = 3000 // in a cookie; in memory, sixteen bytes and more each
	user := session.Mapping{ID: "id", Name: "name", Email: "email", Phone: "phone", Attributes: map[string]string{}}
	texts := fmt.Sprintf(`"name":%q,"email":%[1]q,"phone":%[1]q`, strings.Repeat("x", session.MaxText))
	for i := range 12 {
		user.Attributes[fmt.Sprint("detail-", i)] = fmt.Sprint("detail", i)
		texts += fmt.Sprintf(`,"detail%d":%q`, i, strings.Repeat("x", session.MaxText))
	}
	cart := `"cart":[0` + strings.Repeat(",0", zeros) + `]`
	for _, kind := range rememberingKinds(t, user) {
		t.Run(kind.name, func(t *testing.T) {
			sessions := recipe.RememberSessions / 5
			if kind.name == "flask" || kind.name == "jwt" {
				sessions = recipe.RememberSessions
			}
			r := sessiontest.WithCookie(kind.cookie, "")
			identify := func(i int) {
				r.Header["Cookie"][0] = kind.cookie + "=" + kind.write(fmt.Sprintf(`{"id":"user %d",%s,%s}`, i, texts, cart))
				if u, err := kind.source.Identify(r, nil); u.ID != fmt.Sprint("user ", i) || len(u.Attributes) != 12 {
					t.Fatalf("got %q, %v", u.ID, err)
				}
			}
			identify(sessions)
			before := heap()
			for i := range sessions {
				identify(i)
			}
			took := heap() - before
			t.Logf("%d sessions of %d bytes take %d KiB", sessions, len(r.Header["Cookie"][0]), took>>10)
			if took > 3*recipe.RememberBytes/2 {
				t.Errorf("%d sessions take %d bytes", sessions, took)
			}
			if number, estimate, ok := kind.source.Memory(); ok { // that of tokens is its verifier's
				t.Logf("%d by our estimate %d KiB", number, estimate>>10)
				if estimate > recipe.RememberBytes || number < sessions/2 || took > 2*estimate || took < estimate/2 {
					t.Errorf("%d sessions take %d bytes, by our estimate %d", number, took, estimate)
				}
			}
			runtime.KeepAlive(kind.source)
		})
	}
}

// heap is how much memory is in use, in bytes.
func heap() int {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC() // what a pool kept over the first
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc)
}

// Many requests at once with a signed cookie of 1,395 bytes that stands for 330,000 values, and with the worst that is read.
func TestMemoryOfManyRequests(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	user := session.Mapping{ID: "id"}
	for _, kind := range rememberingKinds(t, user)[:1] {
		bomb := `{"id":"42","a":[0` + strings.Repeat(",0", 330_000) + `]}`
		maps := `{"id":"42","a":[0` + strings.Repeat(`,{"":0}`, record.MaxValues/5-100) + `]}`
		for name, record := range map[string]string{"bomb": bomb, "maps": maps} {
			t.Run(kind.name+"/"+name, func(t *testing.T) {
				cookie := kind.write(record)
				t.Logf("a cookie of %d bytes for %d", len(cookie), len(record))
				if name == "bomb" {
					_, err := kind.source.Identify(sessiontest.WithCookie(kind.cookie, cookie), nil)
					if reason, _ := session.NobodyReason(err); reason != session.Malformed {
						t.Errorf("got %v", err)
					}
				}
				forgetful := kind.source.Forgetful()
				before := heap()
				stop, peak := make(chan struct{}), make(chan int)
				go watchHeap(stop, peak)
				var visitors sync.WaitGroup
				for range 120 {
					visitors.Go(func() { forgetful.Identify(sessiontest.WithCookie(kind.cookie, cookie), nil) })
				}
				visitors.Wait()
				close(stop)
				took := <-peak - before
				t.Logf("120 at once take %d KiB at most", took>>10)
				if took > 128<<20 {
					t.Errorf("120 at once take %d bytes", took)
				}
			})
		}
	}
}

// watchHeap looks at the heap until stop, and tells the largest size that it saw, garbage included.
func watchHeap(stop chan struct{}, peak chan int) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	most := 0
	for {
		metrics.Read(sample)
		most = max(most, int(sample[0].Value.Uint64()))
		select {
		case <-stop:
			peak <- most
			return
		case <-time.After(100 * time.Microsecond):
		}
	}
}
