package session

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// A railsWriter makes messages as Rails does.
type railsWriter struct {
	t      testing.TB
	secret string
	digest func() hash.Hash
	rounds int
}

func (w railsWriter) key(salt string, size int) []byte {
	key, err := pbkdf2.Key(w.digest, w.secret, []byte(salt), w.rounds, size)
	if err != nil {
		w.t.Fatal(err)
	}
	return key
}

func (w railsWriter) gcm(salt, text string) string { return w.gcmWith(32, salt, text) }

// gcmWith is gcm with a key of that many bytes.
func (w railsWriter) gcmWith(size int, salt, text string) string {
	block, err := aes.NewCipher(w.key(salt, size))
	if err != nil {
		w.t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		w.t.Fatal(err)
	}
	iv := []byte("twelve bytes")
	sealed := aead.Seal(nil, iv, []byte(text), nil)
	encode := base64.StdEncoding.EncodeToString
	return url.QueryEscape(encode(sealed[:len(text)]) + "--" + encode(iv) + "--" + encode(sealed[len(text):]))
}

// cbc encrypts text, which must be padded.
func (w railsWriter) cbc(text string) string {
	block, err := aes.NewCipher(w.key("encrypted cookie", 32))
	if err != nil {
		w.t.Fatal(err)
	}
	iv, sealed := []byte("sixteen bytes iv"), []byte(text)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(sealed, sealed)
	encode := base64.StdEncoding.EncodeToString
	return w.sign(w.key("signed encrypted cookie", 64), sha1.New, encode(sealed)+"--"+encode(iv))
}

func (w railsWriter) sign(key []byte, digest func() hash.Hash, text string) string {
	encoded := base64.StdEncoding.EncodeToString([]byte(text))
	mac := hmac.New(digest, key)
	mac.Write([]byte(encoded))
	return url.QueryEscape(encoded + "--" + hex.EncodeToString(mac.Sum(nil)))
}

// padded is text with the padding of PKCS #7.
func railsPadded(text string) string {
	n := aes.BlockSize - len(text)%aes.BlockSize
	return text + strings.Repeat(string(rune(n)), n)
}

// enveloped is content in the envelope of Rails 6.
func enveloped(content, rest string) string {
	return `{"_rails":{"message":"` + base64.StdEncoding.EncodeToString([]byte(content)) + `"` + rest + `}}`
}

func TestRails(t *testing.T) {
	w := railsWriter{t: t, secret: "secret", digest: sha256.New, rounds: 1000}
	sha1Writer, old := railsWriter{t: t, secret: "secret", digest: sha1.New, rounds: 1000}, railsWriter{t: t, secret: "old", digest: sha1.New, rounds: 1000}
	other := railsWriter{t: t, secret: "other", digest: sha256.New, rounds: 1000}
	const salt, ada = "authenticated encrypted cookie", `{"id":42}`
	long := w.gcm(salt, ada)
	signed := func(o *RailsOptions) { o.Signed = true }
	token := func(o *RailsOptions) {
		o.SecretKeyBases, o.SecretTokens = nil, [][]byte{[]byte("new"), []byte("token")}
	}
	for _, test := range []struct {
		name, value string
		change      func(o *RailsOptions)
		reason      Reason
	}{
		{"SHA-256", w.gcm(salt, ada), nil, ""},
		{"SHA-1", sha1Writer.gcm(salt, ada), nil, ""},
		{"old secret", old.gcm(salt, ada), nil, ""},
		{"aes-128-gcm", w.gcmWith(16, salt, ada), nil, ""},
		{"aes-192-gcm, SHA-1", sha1Writer.gcmWith(24, salt, ada), nil, ""},
		{"other secret", other.gcm(salt, ada), nil, Forged},
		{"not escaped", strings.NewReplacer("%2F", "/", "%3D", "=").Replace(long), nil, ""},
		{"broken escape", long + "%", nil, Forged},
		{"line breaks", long + "%0A", nil, Forged},
		{"another salt", w.gcm("salt", ada), func(o *RailsOptions) { o.AuthenticatedEncryptedCookieSalt = "salt" }, ""},
		{"rounds", railsWriter{t: t, secret: "secret", digest: sha1.New, rounds: 65536}.gcm(salt, ada), func(o *RailsOptions) { o.KeyIterations = 65536 }, ""},
		{"HashWithIndifferentAccess", w.gcm(salt, "\xcc\x80\xc7\x05\x11\x81\xa2id*"), nil, ""},
		{"symbols", w.gcm(salt, "\xcc\x80\x81\xc7\x02\x00id*"), nil, ""},
		{"damaged extension", w.gcm(salt, "\xcc\x80\xc7\x01\x11\x81"), nil, Malformed},
		{"Marshal", w.gcm(salt, "\x04\b{\x06:\x07idi/"), nil, ""},
		{"envelope", w.gcm(salt, enveloped(ada, `,"exp":null,"pur":"cookie.s"`)), nil, ""},
		{"envelope without purpose", w.gcm(salt, enveloped(ada, `,"exp":null,"pur":null`)), nil, ""},
		{"envelope with an empty purpose", w.gcm(salt, enveloped(ada, `,"exp":null,"pur":""`)), nil, ""},
		{"of a list of cookies", w.gcm(salt, enveloped(ada, `,"pur":[]`)), nil, Forged},
		{"of another cookie", w.gcm(salt, enveloped(ada, `,"pur":"cookie.t"`)), nil, Forged},
		{"of another kind", w.gcm(salt, enveloped(ada, `,"pur":7`)), nil, Forged},
		{"ends tomorrow", w.gcm(salt, enveloped(ada, `,"exp":"2026-11-24T00:00:00.000Z"`)), nil, ""},
		{"ended", w.gcm(salt, enveloped(ada, `,"exp":"2026-11-22T00:00:00.000Z"`)), nil, Expired},
		{"ends at no time", w.gcm(salt, enveloped(ada, `,"exp":"soon"`)), nil, Malformed},
		{"envelope of nothing", w.gcm(salt, `{"_rails":{}}`), nil, Malformed},
		{"damaged envelope", w.gcm(salt, `{"_rails":{`), nil, Malformed},
		{"CBC", w.cbc(railsPadded(ada)), nil, ""},
		{"CBC, SHA-1", sha1Writer.cbc(railsPadded(ada)), nil, ""},
		{"CBC, other secret", other.cbc(railsPadded(ada)), nil, Forged},
		{"CBC without padding", w.cbc("0123456789abcdef"), nil, Forged},
		{"CBC, zero", w.cbc(strings.Repeat("\x00", 16)), nil, Forged},
		{"CBC, nothing", w.cbc(""), nil, Forged},
		{"signed under encryption's name", w.sign(w.key("signed cookie", 64), sha1.New, ada), nil, Forged},
		{"signed", w.sign(w.key("signed cookie", 64), sha1.New, ada), signed, ""},
		{"signed, SHA-256", w.sign(w.key("signed cookie", 64), sha256.New, ada), signed, ""},
		{"bare value", w.sign(w.key("signed cookie", 64), sha1.New, "42"),
			func(o *RailsOptions) { o.Signed, o.Mapping.ID = true, "value" }, ""},
		{"encrypted under a signature's name", long, signed, Malformed},
		{"secret_token", w.sign([]byte("token"), sha1.New, "\x04\b{\x06I\"\x07id\x06:\x06ETi/"), token, ""},
		{"other secret_token", w.sign([]byte("other"), sha1.New, ada), token, Forged},
		{"one part", "YWRh", nil, Malformed},
		{"four parts", "YWRh--YWRh--YWRh--YWRh", nil, Malformed},
		{"short parts", "YWRh--YWRh--YWRh", nil, Forged},
		{"empty parts", "----", nil, Forged},
		{"no MAC", "YWRh--", nil, Forged},
	} {
		o := RailsOptions{SecretKeyBases: [][]byte{[]byte("secret"), []byte("old")}, Setup: Setup{Cookie: "s",
			Mapping: Mapping{ID: "id"}, Now: func() time.Time { return time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC) }}}
		if test.change != nil {
			test.change(&o)
		}
		source, err := Rails(o)
		if err != nil {
			t.Fatal(err)
		}
		u, err := source.Identify(withCookie("s", test.value), nil)
		if reason, _ := NobodyReason(err); reason != test.reason || err == nil && u.ID != "42" {
			t.Errorf("%s: got %+v, %v, want %q", test.name, u, err, test.reason)
		}
	}
}

// deflate is a zlib stream.
func deflate(content string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(content))
	w.Close()
	return b.String()
}

// packed is an entry of format 7.1.
func packed(kind byte, end float64, version, payload string) string {
	entry := binary.LittleEndian.AppendUint64([]byte{0, 0x11, kind}, math.Float64bits(end))
	length := int32(len(version))
	if version == "" {
		length = -1
	}
	return string(binary.LittleEndian.AppendUint32(entry, uint32(length))) + version + payload
}

// Records as the Rails of many years have put them into Redis.
func TestRailsCache(t *testing.T) {
	const id = "0123456789abcdef0123456789abcdef"
	sum := sha256.Sum256([]byte(id))
	private := "_session_id:2::" + hex.EncodeToString(sum[:])
	session := "{\x06I\"\x07id\x06:\x06ETi/" // after the two bytes of the version
	text := func(data string) string { return `"` + string(rune(len(data)+5)) + data }
	entry := func(value, rest string, n byte) string {
		return "\x04\bo: ActiveSupport::Cache::Entry" + string(rune(n+5)) + ":\x0b@value" + value +
			":\x10@created_atf\x0f1795357041" + rest
	}
	now := time.Unix(1795357041, 0)
	for _, test := range []struct {
		name, key, record string
		reason            Reason
	}{
		{"redis-store", private, "\x04\b" + session, ""},
		{"Rack before 2.0.8", "_session_id:" + id, "\x04\b" + session, ""},
		{"nothing", "_session_id:x", "", NoRecord},
		{"entry", private, entry(session, ":\x10@expires_inf\x083e1", 3), ""},
		{"entry without an end", private, entry(session, ":\x10@expires_in0", 3), ""},
		{"ended entry", private, entry(session, ":\x10@expires_inf\x08-10", 3), Expired},
		{"entry of Rails 3", private, entry(text("\x04\b"+session), "", 2), ""},
		{"deflated entry", private, entry(text(deflate("\x04\b"+session)), ":\x10@compressedT", 3), ""},
		{"entry deflated badly", private, entry(text("\x04\b"+session), ":\x10@compressedT", 3), Malformed},
		{"entry without a value", private, entry("0", "", 2), NoUser},
		{"damaged entry", private, entry("", "", 2), Malformed},
		{"7.0", private, "\x00\x04\b[\x06" + session, ""},
		{"7.0 with an end", private, "\x00\x04\b[\x07" + session + "f\x0f1795357051", ""},
		{"7.0, ended", private, "\x00\x04\b[\x07" + session + "f\x0f1795357031", Expired},
		{"7.0, deflated", private, "\x01" + deflate("\x04\b[\x06"+session), ""},
		{"7.0, deflated badly", private, "\x01x", Malformed},
		{"7.0, damaged", private, "\x00\x04\b[\x07", Malformed},
		{"7.0, a bomb", private, "\x01" + deflate("\x04\b[\x06\""+strings.Repeat("x", maxRecord)), Malformed},
		{"7.1", private, packed(1, -1, "", "\x04\b"+session), ""},
		{"7.1 with an end", private, packed(1, 1795357051, "", "\x04\b"+session), ""},
		{"7.1, ended", private, packed(1, 1795357031, "", "\x04\b"+session), Expired},
		{"7.1 with a version", private, packed(1, -1, "v1", "\x04\b"+session), ""},
		{"7.1, deflated", private, packed(0x81, -1, "", deflate("\x04\b"+session)), ""},
		{"7.1, deflated badly", private, packed(0x81, -1, "", "\x04\b"+session), Malformed},
		{"7.1, MessagePack", private, packed(1, -1, "", "\xcc\x80\x81\xa2id*"), ""},
		{"7.1, text", private, packed(2, -1, "", "hello"), Malformed},
		{"7.1, ends too soon", private, "\x00\x11\x01", Malformed},
		{"7.1, version ends too soon", private, packed(1, -1, "v1", "")[:16], Malformed},
		{"7.1, no such time", private, packed(1, math.NaN(), "", "\x04\b"+session), ""},
	} {
		server := miniredis.RunT(t)
		server.Set(test.key, test.record)
		source, err := Rails(RailsOptions{KeyPrefix: "_session_id:", Setup: Setup{Cookie: "s", Mapping: Mapping{ID: "id"},
			Store: openRedis(t, "redis://"+server.Addr()), Now: func() time.Time { return now }}})
		if err != nil {
			t.Fatal(err)
		}
		u, err := source.Identify(withCookie("s", id), nil)
		if reason, _ := NobodyReason(err); reason != test.reason || err == nil && u.ID != "42" {
			t.Errorf("%s: got %+v, %v, want %q", test.name, u, err, test.reason)
		}
	}
}

// The table of activerecord-session_store.
func TestRailsTable(t *testing.T) {
	const id = "0123456789abcdef0123456789abcdef"
	record := base64.StdEncoding.EncodeToString([]byte("\x04\b{\x06I\"\x07id\x06:\x06ETi/"))
	written := time.Unix(1795357041, 0)
	for value, want := range map[string]Reason{record[:12] + "\n" + record[12:] + "\n": "", `{"id":42}`: "", "%": Malformed} {
		for age, ended := range map[time.Duration]bool{time.Minute: false, time.Hour: true} {
			source, err := Rails(RailsOptions{Setup: Setup{Cookie: "s", Mapping: Mapping{ID: "id"}, MaxAge: 2 * time.Minute,
				Now: func() time.Time { return written.Add(age) },
				Store: storeFunc(func(_ context.Context, key string) (Record, error) {
					if !strings.HasPrefix(key, "2::") {
						return Record{}, &Nobody{Reason: NoRecord}
					}
					return Record{Data: []byte(value), Modified: written}, nil
				})}})
			if err != nil {
				t.Fatal(err)
			}
			u, err := source.Identify(withCookie("s", id), nil)
			reason, _ := NobodyReason(err)
			if ended && reason != Expired || !ended && reason != want || err == nil && u.ID != "42" {
				t.Errorf("%q, %v old: got %+v, %v, want %q", value, age, u, err, want)
			}
		}
	}
}

func TestDevise(t *testing.T) {
	const salt = "$2a$04$A8SgJ1oSNCh5atEtcgVYy."
	w := railsWriter{t: t, secret: "secret", digest: sha256.New, rounds: 1000}
	for name, test := range map[string]struct {
		key    string
		row    Record
		err    error
		reason Reason
	}{
		"same password":    {`[[42],"` + salt + `"]`, Record{Data: []byte(salt + "the rest")}, nil, ""},
		"another password": {`[[42],"` + salt + `"]`, Record{Data: []byte("$2a$04$A8SgJ1oSNCh5atEtcgVYyx the rest")}, nil, Expired},
		"no salt":          {`[[42]]`, Record{Data: []byte(salt + "the rest")}, nil, Expired},
		"no password":      {`[[42],""]`, Record{}, nil, ""},
		"a password since": {`[[42],""]`, Record{Data: []byte(salt + "the rest")}, nil, Expired},
		"none any more":    {`[[42],"` + salt + `"]`, Record{}, nil, Expired},
		"user is gone":     {`[[42],"` + salt + `"]`, Record{}, &Nobody{Reason: NoRecord}, NoRecord},
		"logged out":       {`null`, Record{}, nil, NoUser},
	} {
		source, err := Rails(RailsOptions{SecretKeyBases: [][]byte{[]byte("secret")}, Setup: Setup{Cookie: "s"},
			Passwords: storeFunc(func(_ context.Context, id string) (Record, error) {
				if id != "42" {
					t.Errorf("asked for the password of %q", id)
				}
				return test.row, test.err
			})})
		if err != nil {
			t.Fatal(err)
		}
		value := w.gcm("authenticated encrypted cookie", `{"warden.user.user.key":`+test.key+`}`)
		u, err := source.Identify(withCookie("s", value), nil)
		if reason, _ := NobodyReason(err); reason != test.reason || err == nil && u.ID != "42" {
			t.Errorf("%s: got %+v, %v, want %q", name, u, err, test.reason)
		}
	}
}

// A user for whom others vouch has no password: NULL in the table, nil in the session.
func TestDeviseWithoutPassword(t *testing.T) {
	database, _ := openScratch(t, "CREATE TABLE users (id INTEGER, email TEXT, encrypted_password TEXT)",
		"INSERT INTO users VALUES (42, 'ada@example.com', NULL)")
	source := mustOpen(t)(Rails(RailsOptions{SecretKeyBases: [][]byte{[]byte("secret")}, Setup: Setup{Cookie: "s"}, Database: database}))
	w := railsWriter{t: t, secret: "secret", digest: sha256.New, rounds: 1000}
	for key, want := range map[string]struct {
		email  string
		reason Reason
	}{
		`[[42],null]`:              {"ada@example.com", ""},
		`[[42],"$2a$04$A8SgJ1oS"]`: {"", Expired},
		`[[43],null]`:              {"", NoRecord},
	} {
		value := w.gcm("authenticated encrypted cookie", `{"warden.user.user.key":`+key+`}`)
		u, err := source.Identify(withCookie("s", value), nil)
		if reason, _ := NobodyReason(err); u.Email != want.email || reason != want.reason {
			t.Errorf("%s: got %+v, %v", key, u, err)
		}
	}
}

func TestRailsOptions(t *testing.T) {
	site, key := Setup{Cookie: "s"}, [][]byte{[]byte("secret")}
	none := storeFunc(func(context.Context, string) (Record, error) { return Record{}, nil })
	for name, o := range map[string]RailsOptions{
		"no cookie":      {SecretKeyBases: key},
		"no secret":      {Setup: site},
		"empty secret":   {Setup: site, SecretKeyBases: [][]byte{nil}},
		"empty token":    {Setup: site, SecretKeyBases: key, SecretTokens: [][]byte{nil}},
		"files":          {Setup: Setup{Cookie: "s", Store: &Files{}}},
		"maximum age":    {Setup: Setup{Cookie: "s", MaxAge: time.Hour}, SecretKeyBases: key},
		"not Devise's":   {Setup: Setup{Cookie: "s", Mapping: Mapping{ID: "user_id"}}, SecretKeyBases: key, Passwords: none},
		"too few rounds": {Setup: site, SecretKeyBases: key, KeyIterations: -1},
	} {
		if _, err := Rails(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// FuzzRails changes good values: whatever comes in, nobody comes out but the user whom the site signed in.
func FuzzRails(f *testing.F) {
	w := railsWriter{t: f, secret: "secret", digest: sha256.New, rounds: 1000}
	f.Add(w.gcm("authenticated encrypted cookie", enveloped(`{"id":42}`, "")), false)
	f.Add(w.cbc(railsPadded(`{"id":42}`)), false)
	f.Add(w.sign(w.key("signed cookie", 64), sha1.New, `{"id":42}`), true)
	sources := map[bool]Source{}
	for _, signed := range []bool{false, true} {
		var err error
		sources[signed], err = Rails(RailsOptions{SecretKeyBases: [][]byte{[]byte("secret")}, Signed: signed,
			Setup: Setup{Cookie: "s", Mapping: Mapping{ID: "id"}}})
		if err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, value string, signed bool) { fuzzCookie(t, sources[signed], "s", value) })
}

// FuzzRailsRecord feeds the readers of envelope, cache entry and content anything that the site may have written.
func FuzzRailsRecord(f *testing.F) {
	f.Add([]byte(enveloped(`{"id":42}`, `,"exp":"2026-11-24T00:00:00.000Z","pur":"cookie.s"`)))
	f.Add([]byte(packed(0x81, -1, "v", deflate("\x04\b{\x06I\"\x07id\x06:\x06ETi/"))))
	f.Add([]byte("\x00\x04\b[\x06{\x06I\"\x07id\x06:\x06ETi/"))
	f.Add([]byte("\xcc\x80\xc7\x05\x11\x81\xa2id*"))
	envelope := railsEnvelope("s")
	f.Fuzz(func(t *testing.T, record []byte) {
		for _, step := range []Step{envelope, railsCached, railsBase64} {
			s, err := step(t.Context(), &Visit{}, State{Data: record})
			if err == nil && s.Values == nil {
				s.Values, err = parseRails(s.Data)
			}
			if err == nil {
				checkPlain(t, s.Values, 0)
			}
		}
	})
}

func BenchmarkRails(b *testing.B) {
	w := railsWriter{t: b, secret: "secret", digest: sha256.New, rounds: 1000}
	marshal := "\x04\b{\x07I\"\x07id\x06:\x06ETi/I\"\x09cart\x06;\x00T[\x06{\x07:\x08skuI\"\x08A-1\x06;\x00T:\x08qtyi\x07"
	for name, value := range map[string]string{
		"GCM, JSON": w.gcm("authenticated encrypted cookie",
			enveloped(`{"id":42,"cart":[{"sku":"A-1","qty":2}]}`, `,"pur":"cookie.s"`)),
		"GCM, Marshal": w.gcm("authenticated encrypted cookie", enveloped(marshal, `,"pur":"cookie.s"`)),
		"CBC, JSON":    w.cbc(railsPadded(`{"id":42,"cart":[{"sku":"A-1","qty":2}]}`)),
	} {
		b.Run(name, func(b *testing.B) {
			source, err := Rails(RailsOptions{SecretKeyBases: [][]byte{[]byte("secret")},
				Setup: Setup{Cookie: "s", Mapping: Mapping{ID: "id"}}})
			if err != nil {
				b.Fatal(err)
			}
			benchmarkIdentify(b, source, withCookie("s", value), nil)
		})
	}
}
