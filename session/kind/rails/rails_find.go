package rails

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

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
