package rails

import (
	"cmp"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"tawkproxy/config/setting"
	"tawkproxy/session/folder"
	"tawkproxy/session/kind"
	"tawkproxy/session/record"
)

// railsConfig is the settings of a Rails site, for one environment.
type railsConfig struct {
	folder      *folder.Folder
	found       *kind.Finding
	environment string
	gems        string // Gemfile.lock, or Gemfile
}

var railsVersion = regexp.MustCompile(`(?m)^    (?:rails|railties) \((\d[\d.]*)\)`)

// findRails reads config, as far as that is plain text, YAML with little in it, or credentials of which the key is there.
func findRails(f *folder.Folder) (found kind.Finding) {
	application := f.Text("config/application.rb")
	if !strings.Contains(application, "Rails::Application") {
		return found
	}
	found.Weight, found.What = kind.Certain, "Rails"
	c := railsConfig{folder: f, found: &found, environment: "production", gems: f.Text("Gemfile.lock")}
	if m := railsVersion.FindStringSubmatch(c.gems); m != nil {
		found.What += " " + m[1]
	}
	if c.gems == "" {
		c.gems = f.Text("Gemfile")
	}
	for _, name := range []string{"RAILS_ENV", "RACK_ENV"} {
		if said, _ := f.Env(name); said != "" {
			c.environment = said
			break
		}
	}
	if c.environment != "production" {
		found.Note("the settings are those of the environment " + c.environment)
	}
	if strings.Contains(f.Text("app/controllers/concerns/authentication.rb"), "cookies.signed") {
		c.generated()
		return found
	}
	if c.store(application) {
		c.secret()
	}
	c.database(strings.Contains(c.gems, "devise"))
	return found
}

// generated is the login that bin/rails generate authentication makes since Rails 8: a signed cookie names a row of the table sessions.
func (c *railsConfig) generated() {
	const from = "app/controllers/concerns/authentication.rb"
	c.found.Set("TAWK_SESSION_COOKIE", "session_id", from)
	c.found.Set("TAWK_RAILS_COOKIE", "signed", from)
	c.found.Set("TAWK_USER_ID", "value", from)
	c.secret()
	dsn := c.database(true)
	if dsn == "" {
		return
	}
	sign := "?"
	if strings.HasPrefix(dsn, "postgres") {
		sign = "$1"
	}
	c.found.Set("TAWK_USER_QUERY", "SELECT u.id, u.email_address AS email FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = "+sign, from)
}

var moduleName = regexp.MustCompile(`(?m)^\s*module\s+([A-Z]\w*)`)

// store says where sessions are and what their cookie is called; it tells whether they are in the cookie.
func (c *railsConfig) store(application string) (inCookie bool) {
	name, store, from := "", "cookie_store", "config/application.rb"
	if m := moduleName.FindStringSubmatch(application); m != nil {
		name = "_" + underscored(m[1]) + "_session"
	}
	var last call
	for _, file := range []string{"config/application.rb", "config/environments/" + c.environment + ".rb", "config/initializers/session_store.rb"} {
		for _, one := range calls(c.folder.Text(file), "session_store") {
			last, store, from = one, cmp.Or(one.first, store), file
			if one.named["key"] != "" {
				name = one.named["key"]
			} else if one.known["key"] {
				name = ""
			}
		}
	}
	if name == "" {
		c.found.Ask("TAWK_SESSION_COOKIE", "", "the name of the session cookie, which "+from+" computes; the browser's developer tools show it")
	} else {
		c.found.Set("TAWK_SESSION_COOKIE", name, from)
	}
	switch {
	case store == "cookie_store":
		inCookie = true
	case strings.Contains(store, "active_record"):
		c.found.Set("TAWK_SESSION_STORE", "database", from)
	case store == "cache_store":
		c.cache(from)
	case strings.Contains(store, "redis"):
		c.redis(last.urls, from, "")
	case store == "mem_cache_store", store == "dalli_store":
		c.memcached(last, from)
		c.found.Set("TAWK_RAILS_KEY_PREFIX", cmp.Or(last.named["namespace"], "rack:session")+":", from)
	default:
		c.found.Ask("TAWK_SESSION_STORE", "", "where sessions are kept: the session store "+store+" in "+from+" is not known; if it is neither Redis nor a table, "+
			"start again with --kind site")
	}
	c.member()
	return inCookie
}

// underscored is ActiveSupport's underscore.
func underscored(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, letter := range letters {
		if unicode.IsUpper(letter) && i > 0 && (!unicode.IsUpper(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1])) && letters[i-1] != '_' {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(letter))
	}
	return b.String()
}

func (c *railsConfig) cache(from string) {
	var urls []string
	var last call // of memcached
	for _, file := range []string{"config/application.rb", "config/environments/" + c.environment + ".rb"} {
		for _, one := range calls(c.folder.Text(file), "cache_store") {
			switch {
			case strings.Contains(one.first, "redis"):
				urls, from, last = one.urls, file, call{}
			case one.first == "mem_cache_store", one.first == "dalli_store":
				from, last = file, one
			}
		}
	}
	if last.first != "" {
		c.memcached(last, from)
		if namespace := last.named["namespace"]; namespace != "" {
			c.found.Set("TAWK_RAILS_KEY_PREFIX", namespace+":_session_id:", from)
		}
		return
	}
	c.redis(urls, from, "_session_id:")
}

var server = regexp.MustCompile(`\A(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5}(?::[0-9]+)?)?|/[^,\s]+)\z`)

// memcached says on which servers sessions are: those that the call names, or MEMCACHE_SERVERS, or that of this machine
// (dalli/servers_arg_normalizer.rb).
func (c *railsConfig) memcached(one call, from string) {
	var servers []string
	for _, text := range one.texts {
		for item := range strings.SplitSeq(text, ",") {
			if item = strings.TrimSpace(item); server.MatchString(item) {
				servers = append(servers, item)
			}
		}
	}
	said, set := c.folder.Env("MEMCACHE_SERVERS")
	switch {
	case one.unknown:
		c.found.Ask("TAWK_SESSION_STORE", "", "the servers of memcached with the sessions, memcached://host:11211, which "+from+" computes; those that "+
			"want SASL, as MemCachier's do, cannot be read: then start again with --kind site")
		return
	case len(servers) > 0:
	case set && said != "":
		servers, from = strings.Split(said, ","), "MEMCACHE_SERVERS"
	default:
		servers = []string{"127.0.0.1:11211"}
		c.found.Note("no server of memcached is named: dalli takes the one of this machine, unless the site's environment has MEMCACHE_SERVERS")
	}
	c.found.Set("TAWK_SESSION_STORE", "memcached://"+strings.Join(servers, ","), from)
}

// redis says in which Redis sessions are. That of redis-rails has its namespace at the end of the address.
func (c *railsConfig) redis(urls []string, from, prefix string) {
	if len(urls) == 0 {
		guess, _ := c.folder.Env("REDIS_URL")
		c.found.Ask("TAWK_SESSION_STORE", guess, "the address of the Redis with the sessions, redis://host:6379/0, which "+from+" computes")
		return
	}
	address := urls[0]
	if prefix == "" {
		if parts := strings.Split(address, "/"); len(parts) > 4 {
			address, prefix = strings.Join(parts[:4], "/"), parts[4]+":"
		}
		c.found.Set("TAWK_RAILS_KEY_PREFIX", cmp.Or(prefix, "none"), from)
	}
	c.found.Set("TAWK_SESSION_STORE", address, from)
}

var sessionKey = regexp.MustCompile(`\bsession\[\s*(?::(\w+)|["'](\w+)["'])\s*\]\s*(?:\|\|)?=[^=]`)

// member says where in the session the user's id stands: where Devise has it, or where the site's own code writes one.
func (c *railsConfig) member() {
	if strings.Contains(c.gems, "devise") {
		return
	}
	times := map[string]int{}
	c.folder.Walk("app", ".rb", func(_, text string) bool {
		for _, m := range sessionKey.FindAllStringSubmatch(text, 1000) {
			times[m[1]+m[2]]++
		}
		return len(times) < 1000
	})
	why := "where in the session the id of the user stands: user_id for session[:user_id]"
	var names []string
	for name := range times {
		names = append(names, name)
	}
	slices.Sort(names)
	guess := "user_id"
	if len(names) > 0 {
		const shown = 6
		why += ". The code writes " + strings.Join(names[:min(shown, len(names))], ", ")
		if !slices.Contains(names, guess) {
			guess = names[0]
		}
	}
	for _, name := range names {
		if guess != "user_id" && strings.HasSuffix(name, "id") {
			guess = name
			break
		}
	}
	c.found.Ask("TAWK_USER_ID", guess, why)
}

// secret finds secret_key_base where Rails looks for it (Rails::Application#secret_key_base).
func (c *railsConfig) secret() {
	const name = "TAWK_RAILS_SECRET_KEY_BASE"
	if c.environment == "development" || c.environment == "test" {
		for _, file := range []string{"tmp/local_secret.txt", "tmp/development_secret.txt"} {
			if secret := strings.TrimSpace(c.folder.Text(file)); secret != "" {
				c.found.Set(name, setting.WriteKey(secret), file)
				return
			}
		}
	}
	if secret, _ := c.folder.Env("SECRET_KEY_BASE"); secret != "" {
		c.found.Set(name, setting.WriteKey(secret), "SECRET_KEY_BASE")
		return
	}
	variables := c.folder.Dotenv(folder.Symfony, ".env", ".env."+c.environment, ".env.local", ".env."+c.environment+".local")
	if secret, ok := variables.Get("SECRET_KEY_BASE"); ok && secret != "" && !variables.Computed["SECRET_KEY_BASE"] {
		c.found.Set(name, setting.WriteKey(secret), ".env")
		return
	}
	secrets, _ := c.yaml("config/secrets.yml", c.folder.Text("config/secrets.yml"))[c.environment].(map[string]any)
	if secret, ok := secrets["secret_key_base"].(string); ok && secret != "" && !strings.Contains(secret, computed) {
		c.found.Set(name, setting.WriteKey(secret), "config/secrets.yml")
		return
	}
	why := "bin/rails runner 'puts Rails.application.secret_key_base' prints it on the server"
	for _, at := range []struct{ sealed, key string }{
		{"config/credentials/" + c.environment + ".yml.enc", "config/credentials/" + c.environment + ".key"},
		{"config/credentials.yml.enc", "config/master.key"},
	} {
		sealed := c.folder.Text(at.sealed)
		if sealed == "" {
			continue
		}
		key := strings.TrimSpace(c.folder.Text(at.key))
		if said, _ := c.folder.Env("RAILS_MASTER_KEY"); said != "" {
			key = strings.TrimSpace(said)
		}
		if key == "" {
			why = "it is in " + at.sealed + ", but the key is neither in " + at.key + " nor in RAILS_MASTER_KEY; " + why
			continue
		}
		text, err := decrypted(sealed, key)
		if err != nil {
			why = at.sealed + " cannot be opened with its key; " + why
			continue
		}
		if secret, ok := c.yaml(at.sealed, text)["secret_key_base"].(string); ok && secret != "" {
			c.found.Set(name, setting.WriteKey(secret), at.sealed)
			return
		}
	}
	c.found.Ask(name, "", "secret_key_base of the site: "+why)
}

var errSealed = errors.New("not sealed with this key")

// decrypted opens a file of credentials: AES in GCM, in base 64 and with dashes between text, nonce and tag (ActiveSupport::EncryptedFile,
// MessageEncryptor). What is in it was written by Marshal.
func decrypted(sealed, key string) (string, error) {
	secret, err := hex.DecodeString(key)
	if err != nil {
		return "", errSealed
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return "", errSealed
	}
	parts := strings.Split(strings.TrimSpace(sealed), "--")
	if len(parts) != 3 {
		return "", errSealed
	}
	var bytes [3][]byte
	for i, part := range parts {
		if bytes[i], err = base64.StdEncoding.DecodeString(part); err != nil {
			return "", errSealed
		}
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil || len(bytes[1]) != gcm.NonceSize() || len(bytes[2]) != gcm.Overhead() {
		return "", errSealed
	}
	opened, err := gcm.Open(nil, bytes[1], append(bytes[0], bytes[2]...), nil)
	if err != nil {
		return "", errSealed
	}
	value, err := record.ParseMarshal(opened)
	text, ok := value.(string)
	if err != nil || !ok {
		return "", errSealed
	}
	return text, nil
}

var (
	erb    = regexp.MustCompile(`<%=?-?\s*(.*?)\s*-?%>`)
	erbEnv = regexp.MustCompile(`^ENV(?:\[\s*["'](\w+)["']\s*\]|\.fetch\(?\s*["'](\w+)["']\s*\)?)(?:\s*(?:,|\|\||\{)\s*["']?([^"'}]*?)["']?\s*[)}]?)?$`)
)

// computed stands for what only Ruby can tell.
const computed = "tawkproxy cannot compute this"

// yaml reads YAML in which variables of the environment may stand as Ruby.
func (c *railsConfig) yaml(file, code string) map[string]any {
	code = erb.ReplaceAllStringFunc(code, func(part string) string {
		m := erbEnv.FindStringSubmatch(erb.FindStringSubmatch(part)[1])
		if m == nil {
			return "'" + computed + "'"
		}
		if value, set := c.folder.Env(m[1] + m[2]); set {
			return "'" + strings.ReplaceAll(value, "'", "''") + "'"
		}
		otherwise := strings.TrimSpace(m[3])
		if otherwise == "" || strings.ContainsAny(otherwise, "()[") {
			return "'" + computed + "'"
		}
		return "'" + strings.ReplaceAll(otherwise, "'", "''") + "'"
	})
	tree := map[string]any{}
	if err := yaml.Unmarshal([]byte(code), &tree); err != nil {
		c.found.Note(file + " is not YAML that can be read")
	}
	return tree
}

// database says where the users are, if they are needed, or the sessions.
func (c *railsConfig) database(needed bool) (dsn string) {
	inTable := slices.ContainsFunc(c.found.Settings, func(s kind.Setting) bool { return s.Name == "TAWK_SESSION_STORE" && s.Value == "database" })
	if !needed && !inTable {
		return ""
	}
	d, from := folder.Database{}, "config/database.yml"
	of, _ := c.yaml(from, c.folder.Text(from))[c.environment].(map[string]any)
	if primary, ok := of["primary"].(map[string]any); ok {
		of = primary
	}
	if address, _ := of["url"].(string); address != "" && address != computed {
		d, _ = folder.ParseDatabase(address)
	} else {
		unknown := ""
		part := func(name string) string {
			text := record.Text(of[name])
			if strings.Contains(text, computed) {
				unknown = name
			}
			return text
		}
		d = folder.Database{Scheme: folder.Scheme(part("adapter")), Host: part("host"), Port: part("port"), Socket: part("socket"),
			User: part("username"), Password: part("password"), Name: part("database")}
		if number, ok := of["port"].(int); ok {
			d.Port = record.Text(int64(number))
		}
		if unknown != "" {
			d = folder.Database{}
			from += ", where " + unknown + " is computed,"
		}
	}
	if address, _ := c.folder.Env("DATABASE_URL"); address != "" {
		d, _ = folder.ParseDatabase(address)
		from = "DATABASE_URL"
	}
	switch {
	case d.Scheme == "sqlite" && d.Name != "":
		d.Name = c.folder.Path(d.Name)
	case d.Scheme == "postgres" && d.Host == "":
		d.Socket = "/var/run/postgresql"
	}
	if dsn = d.URL(); dsn == "" {
		c.found.Ask("TAWK_USER_DSN", map[bool]string{true: "none"}[!inTable], "the address of the site's database, which "+from+
			" does not tell for the environment "+c.environment+"; with it, names are known and a new password ends sessions")
		return ""
	}
	c.found.Set("TAWK_USER_DSN", dsn, from)
	c.found.Note("the database is asked with the site's own account; one that may only read is better")
	return dsn
}
