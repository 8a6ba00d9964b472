// Package sql is the kind of sites that keep their sessions in a table of their own: forums, shops, learning platforms. No application is
// known here; the operator writes the question that the application itself asks.
//
//	sql.go     the settings
//	chain.go   cookie ─► the id by which the table knows the session, by the steps in step.go; guess.go refuses what might be guessed
//	query.go   id ─► a row
//	row.go     row ─► a user, or a record and its form, record.go
package sql

import (
	"errors"
	"slices"
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
	"tawkproxy/session/store/sqltext"
)

// SQL is the kind of sites with sessions in a table of their own.
func SQL() kind.Kind {
	return kind.Kind{
		Name: "sql", Title: "A table of the application's own",
		Guide:   "a site that keeps its sessions in a table of its own, as forums, shops and most CMS do",
		Needs:   []string{"TAWK_SESSION_COOKIE", "TAWK_SESSION_QUERY"},
		Stores:  setting.Stores{Tables: true},
		Forms:   []string{"TAWK_SESSION_ID", "TAWK_SESSION_RECORD"},
		Ageless: true,
		New:     func() kind.Settings { return new(Options) },
	}
}

// Options describe a site that keeps its sessions in a table of its own.
//
// That the table has the session is the proof, so that nothing may lead to a row but the session's id: what of it comes from the cookie must
// be of 64 bits of chance, and is compared byte by byte, whatever the database takes for equal.
type Options struct {
	recipe.Setup // its Cookie is required; the mapping's ID "": the column id

	// Question to the database for the session and its user: `SELECT u.id, u.name, u.email FROM sessions s JOIN users u ON u.id = s.user_id
	// WHERE s.sid = :session AND s.expires > :now`. No row means that nobody is logged in. Parameters stand there by name, each as often
	// as wanted: `:session`, what `TAWK_SESSION_ID` makes of the cookie; `:now`, the time in Unix seconds; `:cookie_NAME`, the value of
	// another cookie that the site looks at too (`:cookie_"odd-name"` where there is more in it than letters, digits and underscores).
	// The session must be found by `column = :session`, among conditions of `WHERE` that AND joins; in any other way, only if the answer
	// has what the table holds of the session's id as a column `session`. A column `expires` says when the session ends, in seconds or
	// as a time. The other columns are the user: `id`, `name`, `email` and `phone`, and any other is an attribute.
	Query string `env:"TAWK_SESSION_QUERY"`

	// How the cookie's value, as the browser sends it, becomes `:session`: steps with blanks between. `url` undoes `%2F` and the like;
	// `base64`, `base64url` and `hex` decode; `json:PATH` and `php_serialize:PATH` take the text at a path; `part:.:1` what is before the
	// first dot, `part:.:-1` what is behind the last; `prefix:TEXT` puts a text before; `lower` and `upper`; `md5`, `sha1`, `sha256`,
	// `sha384`, `sha512` and `hmac_sha256` and the like make a digest, in hex unless `base64` or `base64url` follows; `secret` puts
	// `TAWK_SESSION_ID_SECRET` behind; `signed:express` checks the signature of express-session; `raw` at the end hands over bytes, for a
	// column of bytes. Not set: the value as it is.
	Chain string `env:"TAWK_SESSION_ID"`

	// Secret for the steps of `TAWK_SESSION_ID` that need one; several, newest first, for `signed:express` alone, separated by commas
	// without blanks.
	Secret setting.Keys `env:"TAWK_SESSION_ID_SECRET"`

	// How the record in the column `data` of the answer is written, if the session is in there: `php`, `php_serialize`, `php_binary`,
	// `igbinary`, `json`, `pickle`, `marshal` or `gob`; before it what is around it, `base64`, `base64url`, `hex`, `zlib` or `gzip`, as in
	// `base64 php`. Then `TAWK_USER_ID` and the like are paths in it. Not set: the columns are the user.
	Form string `env:"TAWK_SESSION_RECORD"`

	Database *store.Database // with the table; required
}

func (o *Options) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_USER_DSN", "TAWK_SESSION_STORE"}, Check: func() error {
			if !common.User.DSN.IsSet() && !common.Session.Store.IsSet() {
				return setting.Wrong("write the address of the site's database: mysql://user:password@host:3306/database, postgres://… or sqlite:///absolute/path",
					"is required with TAWK_SESSION=sql but not set")
			}
			return nil
		}},
		{Settings: []string{"TAWK_SESSION_STORE"}, Check: func() error { return inDatabase(common.Session.Store.Reveal()) }},
		{Settings: []string{"TAWK_SESSION_TABLE"}, Check: func() error {
			if common.Session.Table != "" {
				return setting.Wrong("remove it", "is not used with TAWK_SESSION=sql: TAWK_SESSION_QUERY names the table")
			}
			return nil
		}},
		{Settings: []string{"TAWK_SESSION_ID_SECRET"}, Check: func() error { return setting.SigningKeys(o.Secret) }},
		{Settings: []string{"TAWK_SESSION_ID", "TAWK_SESSION_ID_SECRET"}, Check: func() error {
			_, err := parseChain(o.Chain, o.Secret)
			return wrong(err, "write steps with blanks between, such as url base64 json:sessionid")
		}},
		{Settings: []string{"TAWK_SESSION_RECORD"}, Check: func() error {
			if o.Form == "" {
				return nil
			}
			_, err := parseForm(o.Form)
			return err
		}},
		{Settings: []string{"TAWK_USER_ID", "TAWK_SESSION_RECORD"}, Check: func() error {
			if o.Form != "" && common.User.ID == "" {
				return setting.Wrong("write the path to the user's id in the record, such as user.id", "is required with TAWK_SESSION_RECORD but not set")
			}
			return nil
		}},
		{Settings: []string{"TAWK_SESSION_QUERY", "TAWK_SESSION_ID", "TAWK_SESSION_RECORD", "TAWK_SESSION_STORE", "TAWK_USER_DSN"}, Check: func() error {
			d, ok := dialect(common)
			if !ok || o.Query == "" {
				return nil
			}
			_, err := parseQuery(o.Query, d, strings.HasSuffix(o.Chain, "raw"), o.Form != "")
			return wrong(err, "SELECT u.id, u.name FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.sid = :session is a question of the kind")
		}},
	}
}

// wrong makes a mistake of an error that follows the setting's name.
func wrong(err error, remedy string) error {
	if err == nil {
		return nil
	}
	if mistake, is := errors.AsType[setting.Mistake](err); is {
		return mistake
	}
	return setting.Wrong(remedy, "%s", err)
}

// dialect is that of the database with the sessions.
func dialect(common *setting.Common) (sqltext.Dialect, bool) {
	if d, ok := store.DialectOf(common.Session.Store.Reveal()); ok {
		return d, true
	}
	return store.DialectOf(common.User.DSN.Reveal())
}

// inDatabase checks that sessions are in a database.
func inDatabase(address string) error {
	if _, ok := store.DialectOf(address); address != "" && address != "database" && !ok {
		return setting.Wrong("write mysql://user:password@host:3306/database, postgres://… or sqlite:///absolute/path; or nothing if that is in TAWK_USER_DSN",
			"is not the address of a database, which TAWK_SESSION=sql asks")
	}
	return nil
}

func (o *Options) Open(site kind.Site) (session.Source, error) {
	o.Setup, o.Database = site.Setup(), site.Database
	if table, ok := site.Store.(*store.Table); ok {
		o.Database = table.Database
	}
	return New(*o)
}

// New makes the recipe. Errors name the option that is wrong.
func New(o Options) (*recipe.Recipe, error) {
	if o.Database == nil {
		return nil, errors.New("the site's database is missing")
	}
	if err := o.Ageless(); err != nil {
		return nil, err
	}
	chain, err := parseChain(o.Chain, o.Secret)
	if err != nil {
		return nil, setting.Refused("TAWK_SESSION_ID", err)
	}
	question, err := parseQuery(o.Query, o.Database.Dialect, chain.bytes, o.Form != "")
	if err != nil {
		return nil, setting.Refused("TAWK_SESSION_QUERY", err)
	}
	var parse record.Parser
	if o.Form != "" {
		if parse, err = parseForm(o.Form); err != nil {
			return nil, setting.Refused("TAWK_SESSION_RECORD", err)
		}
	}
	o.Store = nil // it was made for a table whose columns are known
	if o.Mapping.ID == "" && parse == nil {
		o.Mapping.ID = "id"
	}
	if parse == nil {
		o.Mapping = columnsOf(o.Mapping)
	}
	site := &table{question, chain, o.Database, parse, o.Mapping, o.Watch}
	made, err := o.Recipe("sql", cookie.AnyUndecoded(), parse, site.fetch)
	if err != nil {
		return nil, err
	}
	made.Late, made.OtherCookies = true, slices.ContainsFunc(question.names, isCookie)
	return made, nil
}
