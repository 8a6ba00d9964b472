package main

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// TestRedmine has the tracker that Debian packages. Its session is in the cookie, and counts while the token in it is in the table
// tokens and the member is not locked.
func TestRedmine(t *testing.T) {
	t.Parallel()
	ruby := testenv.Ruby(t, "railties", "puma", "sqlite3")
	needFile(t, "redmine", "/usr/share/redmine/config/environment.rb")
	needFile(t, "redmine-sqlite", "/usr/share/doc/redmine-sqlite")
	p := newPlace(t)
	folder := p.find("FOLDER")
	for name, text := range map[string]string{
		"config/database.yml":   "production: {adapter: sqlite3, database: " + folder + "/redmine.sqlite, timeout: 20000}\n",
		"config/secret_key.txt": "a secret of redmine for trials\n",
		"tmp/cache/none":        "", "log/none": "", "files/none": "",
	} {
		write(t, filepath.Join(folder, name), text)
	}
	const token = `name="csrf-token" content="([^"]+)"`
	s := liveSite{
		settings: `TAWK_SESSION=rails
			TAWK_SESSION_COOKIE=Redmine
			TAWK_RAILS_SECRET_KEY_BASE=a secret of redmine for trials
			TAWK_USER_ID=user_id
			TAWK_USER_DSN=sqlite://$FOLDER/redmine.sqlite
			TAWK_USER_QUERY=SELECT concat(u.firstname, ' ', u.lastname) AS name, e.address AS email FROM tokens t JOIN users u ON u.id = t.user_id LEFT JOIN email_addresses e ON e.user_id = u.id AND e.is_default WHERE t.action = 'session' AND t.value = :tk AND t.user_id = :id AND u.status = 1`,
		ada: "42 Ada Lovelace ada@example.com", jose: `43 José "Pepe" O'Neil jose@example.com`, late: true,
		login: func(b *browser, member, password string) *http.Response {
			return b.post("/login", url.Values{"authenticity_token": {b.token("/login", token)}, "username": {member},
				"password": {password + password}}.Encode())
		},
		logout: func(b *browser) *http.Response {
			return b.post("/logout", url.Values{"authenticity_token": {b.token("/", token)}}.Encode())
		},
		greeted: shows(`class="user active" href="/users/\d+">([^<]*)<`),
	}
	// The instance is a name in a folder of the package's, and may as well lead out of it.
	instance := strings.Repeat("../", 8) + folder
	script, err := filepath.Abs("testdata/redmine.rb")
	if err != nil {
		t.Fatal(err)
	}
	documented(t, s.settings)
	d := s.open(p, testenv.Site(t, ruby, script, "REDMINE_INSTANCE="+instance))
	d.journey()

	jose := d.visitor()
	jose.logsIn("jose", "secret", d.jose)
	inSQLite(t, folder+"/redmine.sqlite", "UPDATE users SET status = 3 WHERE id = 43") // locked
	jose.forgotten()
}
