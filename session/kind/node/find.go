package node

import (
	"encoding/json"
	"regexp"

	"tawkproxy/config/setting"
	"tawkproxy/session/folder"
	"tawkproxy/session/kind"
)

// findPackage knows an application by one of the packages that its package.json lists; more says what else its folder tells.
func findPackage(more func(*folder.Folder, *kind.Finding), names ...string) kind.Finder {
	return func(f *folder.Folder) (found kind.Finding) {
		var manifest struct{ Dependencies map[string]any }
		_ = json.Unmarshal([]byte(f.Text("package.json")), &manifest)
		for _, name := range names {
			if version, listed := manifest.Dependencies[name]; listed {
				found.Weight, found.What = kind.Certain, name
				if text, ok := version.(string); ok {
					found.What += " " + text
				}
				if more != nil {
					more(f, &found)
				}
				return found
			}
		}
		return found
	}
}

// variables are those of the files in which applications for Node keep them; the later ones count more.
func variables(f *folder.Folder) folder.Dotenv {
	return f.Dotenv(folder.Symfony, ".env", ".env.production", ".env.local", ".env.production.local")
}

// fromVariable adds a setting that is one of these variables, written so, or asks for it.
func fromVariable(f *folder.Folder, found *kind.Finding, name, why string, write func(string) string, variable ...string) {
	kept := variables(f)
	for _, from := range variable {
		if value, _ := f.Env(from); value != "" {
			found.Set(name, write(value), from)
			return
		}
		if value, _ := kept.Get(from); value != "" && !kept.Computed[from] {
			found.Set(name, write(value), from+" in .env")
			return
		}
	}
	found.Ask(name, "", why)
}

func findAuthJS(f *folder.Folder, found *kind.Finding) {
	fromVariable(f, found, "TAWK_AUTHJS_SECRET", "AUTH_SECRET or NEXTAUTH_SECRET of the site: neither stands in .env", setting.WriteKey, "AUTH_SECRET", "NEXTAUTH_SECRET")
}

var (
	expressName = regexp.MustCompile(`\bname:\s*['"]([\w.-]+)['"]`)
	expressCall = regexp.MustCompile(`(?s)\bsession\(\{.{0,800}`)
	redisStore  = regexp.MustCompile(`['"]connect-redis['"]`)
	mongoStore  = regexp.MustCompile(`['"](?:connect-mongo|connect-mongodb-session)['"]`)

	// Of connect-mongo and connect-mongodb-session: the call, and in it the collection and the database, if they are texts.
	mongoCall       = regexp.MustCompile(`(?s)\b(?:MongoStore\.create|new\s+Mongo(?:DB)?Store)\(\s*\{.{0,800}`)
	mongoCollection = regexp.MustCompile(`\bcollection(?:Name)?:\s*['"]([\w.-]+)['"]`)
	mongoDatabase   = regexp.MustCompile(`\b(?:dbName|databaseName):\s*['"]([\w.-]+)['"]`)
)

// findExpress looks for the name of the cookie and for the store, which stand in the site's code.
func findExpress(f *folder.Folder, found *kind.Finding) {
	fromVariable(f, found, "TAWK_EXPRESS_SECRET", "the option secret of express-session, as it stands in the site's code",
		setting.WriteKey, "SESSION_SECRET", "EXPRESS_SESSION_SECRET", "COOKIE_SECRET")
	store := "the store of express-session: redis://host:6379/0, or the address of the database; one in memory cannot be read, then start again with --kind site"
	named, inMongo := false, mongoStore.MatchString(f.Text("package.json"))
	f.Walk(".", "s", func(name, text string) bool { // .js, .cjs, .mjs, .ts
		call := expressCall.FindString(text)
		if m := expressName.FindStringSubmatch(call); m != nil && !named {
			found.Set("TAWK_SESSION_COOKIE", m[1], name)
			named = true
		}
		if inMongo {
			inMongo = !findMongo(text, name, found)
		}
		return true
	})
	if redisStore.MatchString(f.Text("package.json")) {
		fromVariable(f, found, "TAWK_SESSION_STORE", store, func(address string) string { return address }, "REDIS_URL")
		return
	}
	if mongoStore.MatchString(f.Text("package.json")) {
		fromVariable(f, found, "TAWK_SESSION_STORE", "the address of MongoDB that connect-mongo is given: mongodb://user:password@host:27017/database",
			func(address string) string { return address }, "MONGODB_URI", "MONGODB_URL", "MONGO_URI", "MONGO_URL")
		return
	}
	found.Ask("TAWK_SESSION_STORE", "", store)
}

// findMongo looks for the collection where a file makes the store in MongoDB, and reports whether it does.
func findMongo(text, file string, found *kind.Finding) bool {
	call := mongoCall.FindString(text)
	if call == "" {
		return false
	}
	if m := mongoCollection.FindStringSubmatch(call); m != nil && m[1] != "sessions" {
		found.Set("TAWK_SESSION_TABLE", m[1], file)
	}
	if m := mongoDatabase.FindStringSubmatch(call); m != nil {
		found.Note("sessions are in the database " + m[1] + " (" + file + "): write it behind the host in TAWK_SESSION_STORE; an account of another " +
			"database then needs ?authSource=")
	}
	return true
}
