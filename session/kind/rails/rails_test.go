package rails

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/aes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/record/recordtest"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

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
	w := kindtest.RailsWriter{T: t, Secret: "secret", Digest: sha256.New, Rounds: 1000}
	sha1Writer, old := kindtest.RailsWriter{T: t, Secret: "secret", Digest: sha1.New, Rounds: 1000}, kindtest.RailsWriter{T: t, Secret: "old", Digest: sha1.New, Rounds: 1000}
	other := kindtest.RailsWriter{T: t, Secret: "other", Digest: sha256.New, Rounds: 1000}
	const salt, ada = "authenticated encrypted cookie", `{"id":42}`
	long := w.Gcm(salt, ada)
	signed := func(o *RailsOptions) { o.Form = "signed" }
	token := func(o *RailsOptions) {
		o.SecretKeyBases, o.SecretTokens = nil, setting.NewKeys([]byte("new"), []byte("token"))
	}
	for _, test := range []struct {
		name, value string
		change      func(o *RailsOptions)
		reason      session.Reason
	}{
		{"SHA-256", w.Gcm(salt, ada), nil, ""},
		{"SHA-1", sha1Writer.Gcm(salt, ada), nil, ""},
		{"old secret", old.Gcm(salt, ada), nil, ""},
		{"aes-128-gcm", w.GcmWith(16, salt, ada), nil, ""},
		{"aes-192-gcm, SHA-1", sha1Writer.GcmWith(24, salt, ada), nil, ""},
		{"other secret", other.Gcm(salt, ada), nil, session.Forged},
		{"not escaped", strings.NewReplacer("%2F", "/", "%3D", "=").Replace(long), nil, ""},
		{"broken escape", long + "%", nil, session.Forged},
		{"line breaks", long + "%0A", nil, session.Forged},
		{"another salt", w.Gcm("salt", ada), func(o *RailsOptions) { o.AuthenticatedEncryptedCookieSalt = "salt" }, ""},
		{"rounds", kindtest.RailsWriter{T: t, Secret: "secret", Digest: sha1.New, Rounds: 1500}.Gcm(salt, ada), func(o *RailsOptions) { o.KeyIterations = 1500 }, ""},
		{"HashWithIndifferentAccess", w.Gcm(salt, "\xcc\x80\xc7\x05\x11\x81\xa2id*"), nil, ""},
		{"symbols", w.Gcm(salt, "\xcc\x80\x81\xc7\x02\x00id*"), nil, ""},
		{"damaged extension", w.Gcm(salt, "\xcc\x80\xc7\x01\x11\x81"), nil, session.Malformed},
		{"Marshal", w.Gcm(salt, "\x04\b{\x06:\x07idi/"), nil, ""},
		{"envelope", w.Gcm(salt, enveloped(ada, `,"exp":null,"pur":"cookie.s"`)), nil, ""},
		{"envelope without purpose", w.Gcm(salt, enveloped(ada, `,"exp":null,"pur":null`)), nil, ""},
		{"envelope with an empty purpose", w.Gcm(salt, enveloped(ada, `,"exp":null,"pur":""`)), nil, ""},
		{"of a list of cookies", w.Gcm(salt, enveloped(ada, `,"pur":[]`)), nil, session.Forged},
		{"of another cookie", w.Gcm(salt, enveloped(ada, `,"pur":"cookie.t"`)), nil, session.Forged},
		{"of another kind", w.Gcm(salt, enveloped(ada, `,"pur":7`)), nil, session.Forged},
		{"ends tomorrow", w.Gcm(salt, enveloped(ada, `,"exp":"2026-11-24T00:00:00.000Z"`)), nil, ""},
		{"ended", w.Gcm(salt, enveloped(ada, `,"exp":"2026-11-22T00:00:00.000Z"`)), nil, session.Expired},
		{"ends at no time", w.Gcm(salt, enveloped(ada, `,"exp":"soon"`)), nil, session.Malformed},
		{"envelope of nothing", w.Gcm(salt, `{"_rails":{}}`), nil, session.Malformed},
		{"damaged envelope", w.Gcm(salt, `{"_rails":{`), nil, session.Malformed},
		{"CBC", w.Cbc(railsPadded(ada)), nil, ""},
		{"CBC, SHA-1", sha1Writer.Cbc(railsPadded(ada)), nil, ""},
		{"CBC, other secret", other.Cbc(railsPadded(ada)), nil, session.Forged},
		{"CBC without padding", w.Cbc("0123456789abcdef"), nil, session.Forged},
		{"CBC, zero", w.Cbc(strings.Repeat("\x00", 16)), nil, session.Forged},
		{"CBC, nothing", w.Cbc(""), nil, session.Forged},
		{"signed under encryption's name", w.Sign(w.Key("signed cookie", 64), sha1.New, ada), nil, session.Forged},
		{"signed", w.Sign(w.Key("signed cookie", 64), sha1.New, ada), signed, ""},
		{"signed, SHA-256", w.Sign(w.Key("signed cookie", 64), sha256.New, ada), signed, ""},
		{"bare value", w.Sign(w.Key("signed cookie", 64), sha1.New, "42"),
			func(o *RailsOptions) { o.Form, o.Mapping.ID = "signed", "value" }, ""},
		{"encrypted under a signature's name", long, signed, session.Malformed},
		{"secret_token", w.Sign([]byte("token"), sha1.New, "\x04\b{\x06I\"\x07id\x06:\x06ETi/"), token, ""},
		{"other secret_token", w.Sign([]byte("other"), sha1.New, ada), token, session.Forged},
		{"one part", "YWRh", nil, session.Malformed},
		{"four parts", "YWRh--YWRh--YWRh--YWRh", nil, session.Malformed},
		{"short parts", "YWRh--YWRh--YWRh", nil, session.Forged},
		{"empty parts", "----", nil, session.Forged},
		{"no MAC", "YWRh--", nil, session.Forged},
	} {
		o := RailsOptions{SecretKeyBases: setting.NewKeys([]byte("secret"), []byte("old")), Setup: recipe.Setup{Cookie: "s",
			Mapping: session.Mapping{ID: "id"}, Now: func() time.Time { return time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC) }}}
		if test.change != nil {
			test.change(&o)
		}
		source, err := NewRails(kindtest.Usual(o))
		if err != nil {
			t.Fatal(err)
		}
		u, err := source.Identify(sessiontest.WithCookie("s", test.value), nil)
		if reason, _ := session.NobodyReason(err); reason != test.reason || err == nil && u.ID != "42" {
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
	visit := "{\x06I\"\x07id\x06:\x06ETi/" // after the two bytes of the version
	text := func(data string) string { return `"` + string(rune(len(data)+5)) + data }
	entry := func(value, rest string, n byte) string {
		return "\x04\bo: ActiveSupport::Cache::Entry" + string(rune(n+5)) + ":\x0b@value" + value +
			":\x10@created_atf\x0f1795357041" + rest
	}
	now := time.Unix(1795357041, 0)
	for _, test := range []struct {
		name, key, record string
		reason            session.Reason
	}{
		{"redis-store", private, "\x04\b" + visit, ""},
		{"Rack before 2.0.8", "_session_id:" + id, "\x04\b" + visit, ""},
		{"nothing", "_session_id:x", "", session.NoRecord},
		{"entry", private, entry(visit, ":\x10@expires_inf\x083e1", 3), ""},
		{"entry without an end", private, entry(visit, ":\x10@expires_in0", 3), ""},
		{"ended entry", private, entry(visit, ":\x10@expires_inf\x08-10", 3), session.Expired},
		{"entry of Rails 3", private, entry(text("\x04\b"+visit), "", 2), ""},
		{"deflated entry", private, entry(text(deflate("\x04\b"+visit)), ":\x10@compressedT", 3), ""},
		{"entry deflated badly", private, entry(text("\x04\b"+visit), ":\x10@compressedT", 3), session.Malformed},
		{"entry without a value", private, entry("0", "", 2), session.NoUser},
		{"damaged entry", private, entry("", "", 2), session.Malformed},
		{"7.0", private, "\x00\x04\b[\x06" + visit, ""},
		{"7.0 with an end", private, "\x00\x04\b[\x07" + visit + "f\x0f1795357051", ""},
		{"7.0, ended", private, "\x00\x04\b[\x07" + visit + "f\x0f1795357031", session.Expired},
		{"7.0, deflated", private, "\x01" + deflate("\x04\b[\x06"+visit), ""},
		{"7.0, deflated badly", private, "\x01x", session.Malformed},
		{"7.0, damaged", private, "\x00\x04\b[\x07", session.Malformed},
		{"7.0, a bomb", private, "\x01" + deflate("\x04\b[\x06\""+strings.Repeat("x", record.MaxRecord)), session.Malformed},
		{"7.1", private, packed(1, -1, "", "\x04\b"+visit), ""},
		{"7.1 with an end", private, packed(1, 1795357051, "", "\x04\b"+visit), ""},
		{"7.1, ended", private, packed(1, 1795357031, "", "\x04\b"+visit), session.Expired},
		{"7.1 with a version", private, packed(1, -1, "v1", "\x04\b"+visit), ""},
		{"7.1, deflated", private, packed(0x81, -1, "", deflate("\x04\b"+visit)), ""},
		{"7.1, deflated badly", private, packed(0x81, -1, "", "\x04\b"+visit), session.Malformed},
		{"7.1, MessagePack", private, packed(1, -1, "", "\xcc\x80\x81\xa2id*"), ""},
		{"7.1, text", private, packed(2, -1, "", "hello"), session.Malformed},
		{"7.1, ends too soon", private, "\x00\x11\x01", session.Malformed},
		{"7.1, version ends too soon", private, packed(1, -1, "v1", "")[:16], session.Malformed},
		{"7.1, no such time", private, packed(1, math.NaN(), "", "\x04\b"+visit), ""},
	} {
		server := miniredis.RunT(t)
		server.Set(test.key, test.record)
		source, err := NewRails(kindtest.Usual(RailsOptions{Setup: recipe.Setup{Cookie: "s", Mapping: session.Mapping{ID: "id"},
			Store: storetest.OpenRedis(t, "redis://"+server.Addr()), Now: func() time.Time { return now }}}))
		if err != nil {
			t.Fatal(err)
		}
		u, err := source.Identify(sessiontest.WithCookie("s", id), nil)
		if reason, _ := session.NobodyReason(err); reason != test.reason || err == nil && u.ID != "42" {
			t.Errorf("%s: got %+v, %v, want %q", test.name, u, err, test.reason)
		}
	}
}

// The table of activerecord-session_store.
func TestRailsTable(t *testing.T) {
	const id = "0123456789abcdef0123456789abcdef"
	record := base64.StdEncoding.EncodeToString([]byte("\x04\b{\x06I\"\x07id\x06:\x06ETi/"))
	written := time.Unix(1795357041, 0)
	for value, want := range map[string]session.Reason{record[:12] + "\n" + record[12:] + "\n": "", `{"id":42}`: "", "%": session.Malformed} {
		for age, ended := range map[time.Duration]bool{time.Minute: false, time.Hour: true} {
			source, err := NewRails(kindtest.Usual(RailsOptions{Setup: recipe.Setup{Cookie: "s", Mapping: session.Mapping{ID: "id"}, MaxAge: 2 * time.Minute,
				Now: func() time.Time { return written.Add(age) },
				Store: storetest.StoreFunc(func(_ context.Context, key string) (store.Record, error) {
					if !strings.HasPrefix(key, "2::") {
						return store.Record{}, &session.Nobody{Reason: session.NoRecord}
					}
					return store.Record{Data: []byte(value), Modified: written}, nil
				})}}))
			if err != nil {
				t.Fatal(err)
			}
			u, err := source.Identify(sessiontest.WithCookie("s", id), nil)
			reason, _ := session.NobodyReason(err)
			if ended && reason != session.Expired || !ended && reason != want || err == nil && u.ID != "42" {
				t.Errorf("%q, %v old: got %+v, %v, want %q", value, age, u, err, want)
			}
		}
	}
}

func TestDevise(t *testing.T) {
	const salt = "$2a$04$A8SgJ1oSNCh5atEtcgVYy."
	w := kindtest.RailsWriter{T: t, Secret: "secret", Digest: sha256.New, Rounds: 1000}
	for name, test := range map[string]struct {
		key    string
		row    store.Record
		err    error
		reason session.Reason
	}{
		"same password":    {`[[42],"` + salt + `"]`, store.Record{Data: []byte(salt + "the rest")}, nil, ""},
		"another password": {`[[42],"` + salt + `"]`, store.Record{Data: []byte("$2a$04$A8SgJ1oSNCh5atEtcgVYyx the rest")}, nil, session.Expired},
		"no salt":          {`[[42]]`, store.Record{Data: []byte(salt + "the rest")}, nil, session.Expired},
		"no password":      {`[[42],""]`, store.Record{}, nil, ""},
		"a password since": {`[[42],""]`, store.Record{Data: []byte(salt + "the rest")}, nil, session.Expired},
		"none any more":    {`[[42],"` + salt + `"]`, store.Record{}, nil, session.Expired},
		"user is gone":     {`[[42],"` + salt + `"]`, store.Record{}, &session.Nobody{Reason: session.NoRecord}, session.NoRecord},
		"logged out":       {`null`, store.Record{}, nil, session.NoUser},
	} {
		source, err := NewRails(kindtest.Usual(RailsOptions{SecretKeyBases: setting.NewKeys([]byte("secret")), Setup: recipe.Setup{Cookie: "s"},
			Passwords: storetest.StoreFunc(func(_ context.Context, id string) (store.Record, error) {
				if id != "42" {
					t.Errorf("asked for the password of %q", id)
				}
				return test.row, test.err
			})}))
		if err != nil {
			t.Fatal(err)
		}
		value := w.Gcm("authenticated encrypted cookie", `{"warden.user.user.key":`+test.key+`}`)
		u, err := source.Identify(sessiontest.WithCookie("s", value), nil)
		if reason, _ := session.NobodyReason(err); reason != test.reason || err == nil && u.ID != "42" {
			t.Errorf("%s: got %+v, %v, want %q", name, u, err, test.reason)
		}
	}
}

// A user for whom others vouch has no password: NULL in the table, nil in the session.
func TestDeviseWithoutPassword(t *testing.T) {
	database, _ := storetest.OpenScratch(t, "CREATE TABLE users (id INTEGER, email TEXT, encrypted_password TEXT)",
		"INSERT INTO users VALUES (42, 'ada@example.com', NULL)")
	source := kindtest.MustOpen(t)(NewRails(kindtest.Usual(RailsOptions{SecretKeyBases: setting.NewKeys([]byte("secret")), Setup: recipe.Setup{Cookie: "s"}, Database: database})))
	w := kindtest.RailsWriter{T: t, Secret: "secret", Digest: sha256.New, Rounds: 1000}
	for key, want := range map[string]struct {
		email  string
		reason session.Reason
	}{
		`[[42],null]`:              {"ada@example.com", ""},
		`[[42],"$2a$04$A8SgJ1oS"]`: {"", session.Expired},
		`[[43],null]`:              {"", session.NoRecord},
	} {
		value := w.Gcm("authenticated encrypted cookie", `{"warden.user.user.key":`+key+`}`)
		u, err := source.Identify(sessiontest.WithCookie("s", value), nil)
		if reason, _ := session.NobodyReason(err); u.Email != want.email || reason != want.reason {
			t.Errorf("%s: got %+v, %v", key, u, err)
		}
	}
}

func TestRailsOptions(t *testing.T) {
	site, key := recipe.Setup{Cookie: "s"}, setting.NewKeys([]byte("secret"))
	none := storetest.StoreFunc(func(context.Context, string) (store.Record, error) { return store.Record{}, nil })
	for name, o := range map[string]RailsOptions{
		"no cookie":      {SecretKeyBases: key},
		"no secret":      {Setup: site},
		"empty secret":   {Setup: site, SecretKeyBases: setting.NewKeys(nil)},
		"empty token":    {Setup: site, SecretKeyBases: key, SecretTokens: setting.NewKeys(nil)},
		"files":          {Setup: recipe.Setup{Cookie: "s", Store: &store.Files{}}},
		"maximum age":    {Setup: recipe.Setup{Cookie: "s", MaxAge: time.Hour}, SecretKeyBases: key},
		"not Devise's":   {Setup: recipe.Setup{Cookie: "s", Mapping: session.Mapping{ID: "user_id"}}, SecretKeyBases: key, Passwords: none},
		"too few rounds": {Setup: site, SecretKeyBases: key, KeyIterations: -1},
	} {
		if _, err := NewRails(kindtest.Usual(o)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// FuzzRails changes good values: whatever comes in, nobody comes out but the user whom the site signed in.
func FuzzRails(f *testing.F) {
	w := kindtest.RailsWriter{T: f, Secret: "secret", Digest: sha256.New, Rounds: 1000}
	f.Add(w.Gcm("authenticated encrypted cookie", enveloped(`{"id":42}`, "")), false)
	f.Add(w.Cbc(railsPadded(`{"id":42}`)), false)
	f.Add(w.Sign(w.Key("signed cookie", 64), sha1.New, `{"id":42}`), true)
	sources := map[bool]session.Source{}
	for _, signed := range []bool{false, true} {
		var err error
		sources[signed], err = NewRails(kindtest.Usual(RailsOptions{SecretKeyBases: setting.NewKeys([]byte("secret")), Form: map[bool]string{true: "signed", false: "encrypted"}[signed],
			Setup: recipe.Setup{Cookie: "s", Mapping: session.Mapping{ID: "id"}}}))
		if err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, value string, signed bool) { sessiontest.FuzzCookie(t, sources[signed], "s", value) })
}

// FuzzRailsRecord feeds the readers of envelope, cache entry and content anything that the site may have written.
func FuzzRailsRecord(f *testing.F) {
	f.Add([]byte(enveloped(`{"id":42}`, `,"exp":"2026-11-24T00:00:00.000Z","pur":"cookie.s"`)))
	f.Add([]byte(packed(0x81, -1, "v", deflate("\x04\b{\x06I\"\x07id\x06:\x06ETi/"))))
	f.Add([]byte("\x00\x04\b[\x06{\x06I\"\x07id\x06:\x06ETi/"))
	f.Add([]byte("\xcc\x80\xc7\x05\x11\x81\xa2id*"))
	envelope := railsEnvelope("s")
	f.Fuzz(func(t *testing.T, record []byte) {
		for _, step := range []recipe.Step{envelope, railsCached, railsBase64} {
			s, err := step(t.Context(), &recipe.Visit{}, recipe.State{Data: record})
			if err == nil && s.Values == nil {
				s.Values, err = parseRails(s.Data)
			}
			if err == nil {
				recordtest.CheckPlain(t, s.Values, 0)
			}
		}
	})
}

func BenchmarkRails(b *testing.B) {
	w := kindtest.RailsWriter{T: b, Secret: "secret", Digest: sha256.New, Rounds: 1000}
	marshal := "\x04\b{\x07I\"\x07id\x06:\x06ETi/I\"\x09cart\x06;\x00T[\x06{\x07:\x08skuI\"\x08A-1\x06;\x00T:\x08qtyi\x07"
	for name, value := range map[string]string{
		"GCM, JSON": w.Gcm("authenticated encrypted cookie",
			enveloped(`{"id":42,"cart":[{"sku":"A-1","qty":2}]}`, `,"pur":"cookie.s"`)),
		"GCM, Marshal": w.Gcm("authenticated encrypted cookie", enveloped(marshal, `,"pur":"cookie.s"`)),
		"CBC, JSON":    w.Cbc(railsPadded(`{"id":42,"cart":[{"sku":"A-1","qty":2}]}`)),
	} {
		b.Run(name, func(b *testing.B) {
			source, err := NewRails(kindtest.Usual(RailsOptions{SecretKeyBases: setting.NewKeys([]byte("secret")),
				Setup: recipe.Setup{Cookie: "s", Mapping: session.Mapping{ID: "id"}}}))
			if err != nil {
				b.Fatal(err)
			}
			kindtest.BenchmarkIdentify(b, source, sessiontest.WithCookie("s", value), nil)
		})
	}
}
