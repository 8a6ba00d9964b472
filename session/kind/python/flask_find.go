package python

import (
	"regexp"
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session/folder"
	"tawkproxy/session/kind"
)

var flaskRequired = regexp.MustCompile(`(?mi)^[\s"']*flask(?:$|[\s"'\[<>=~!;,])`)

// findFlask knows Flask by what the application requires, and reads assignments in files such as config.py, and .env.
func findFlask(f *folder.Folder) (found kind.Finding) {
	required := f.Text("requirements.txt") + "\n" + f.Text("pyproject.toml") + "\n" + f.Text("Pipfile")
	if !flaskRequired.MatchString(required) {
		return found
	}
	found.Weight, found.What = kind.Certain, "Flask"
	variables := f.Dotenv(folder.Symfony, ".env", ".flaskenv")
	key, from := "", ""
	for _, name := range []string{"config.py", "instance/config.py", "settings.py", "app.py"} {
		m := newModule(f, variables)
		m.read(name)
		if text, ok := m.values["SECRET_KEY"].(string); ok {
			key, from = text, name
		}
	}
	for _, name := range []string{"SECRET_KEY", "FLASK_SECRET_KEY"} {
		if value, ok := variables.Get(name); ok && key == "" && !variables.Computed[name] {
			key, from = value, name+" in .env"
		}
	}
	if key == "" {
		found.Ask("TAWK_FLASK_SECRET_KEY", "", "SECRET_KEY of the site, which could not be found as a plain assignment")
	} else {
		found.Set("TAWK_FLASK_SECRET_KEY", setting.WriteKey(key), from)
	}
	if !strings.Contains(strings.ToLower(required), "flask-login") && !strings.Contains(strings.ToLower(required), "flask_login") {
		found.Ask("TAWK_USER_ID", "user_id", "where in the session the id of the user stands: user.id for session['user']['id']")
	}
	return found
}
