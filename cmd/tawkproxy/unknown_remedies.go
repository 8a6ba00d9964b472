package main

import (
	"cmp"
	"errors"
	"os/user"
	"strings"

	"tawkproxy/session/recipe"
	"tawkproxy/session/store"
)

// unknown says what to do about an error because of which it cannot be told who is logged in: by the setting that is really in force,
// the table, and who wrote the question.
func (m sessionRemedies) unknown(err error) string {
	fault := store.FaultOf(err)
	query, asked := errors.AsType[*recipe.QueryError](err)
	table, kept := errors.AsType[*store.TableError](err)
	switch {
	case asked && query.Remedy != "":
		return query.Remedy
	case asked:
		setting := m.database(query)
		if text := m.reach(setting, fault); text != "" {
			return text
		}
		return m.queryRemedy(query, setting, fault)
	case kept:
		setting := m.databaseOfSessions()
		if text := m.reach(setting, fault); text != "" {
			return text
		}
		return m.tableRemedy(table.Table, setting, fault)
	case m.kind.Name == "response" && !m.set["TAWK_SESSION_URL"]:
		return "set TAWK_SESSION_URL to a path of the site that answers scripts with the same headers; without it, only pages that no cache may keep " +
			"tell who is logged in"
	case m.kind.Name == "site", m.kind.Name == "response":
		return "open TAWK_SESSION_URL in a browser in which you are logged in; the site's own log may say why it does not answer as it should"
	case m.set["TAWK_PHP_SAVE_PATH"], m.set["TAWK_SESSION_STORE"], m.set["TAWK_USER_DSN"]:
		if text := m.reach(m.store(), fault); text != "" {
			return text
		}
		text := "can what " + m.store() + " names be read as this kind of site writes it"
		if forms := m.kind.Forms; len(forms) > 0 {
			text = "are the sessions written as " + strings.Join(forms, " and ") + " says"
		}
		return text + "?"
	}
	return "see the cause"
}

// reach says what is wrong with the way to the place that a setting names, or "".
func (m sessionRemedies) reach(setting string, fault store.Fault) string {
	switch fault {
	case store.Missing:
		return setting + " names what is not here: is it spelt right, and mounted into this container?"
	case store.Unopened:
		return "the file that " + setting + " names is not here, or may not be opened by " + self() + ": is it spelt right, mounted into this " +
			"container, and may that user enter its folders and read it, and the files -wal and -shm beside it?"
	case store.Forbidden:
		return "what " + setting + " names may not be read by " + self() + ", or not by the account in that address: give one of them " +
			"that right, to folders as well"
	case store.Refused:
		return "nothing listens where " + setting + " says: is the server running, and that its port? In a container, localhost is the container itself"
	case store.Unknown:
		return "is the host in " + setting + " spelt right, and its name known here?"
	case store.Late:
		return "what " + setting + " names does not answer in time: is its address right, and does it speak TLS if that says so? Or is a firewall in between?"
	case store.Password:
		text := "are the user and the password in " + setting + " right? Characters such as / and @ are written %2F and %40 there"
		if m.about.Records == "mongodb" {
			text += ". An account of another database than the one behind the host has that in ?authSource=admin"
		}
		return text
	case store.NoDatabase:
		return "is the name or number of the database in " + setting + " right?"
	case store.NotMemcached:
		return "is what listens where " + setting + " says memcached, and does it speak the text protocol? One that wants SASL does not: then let " +
			"TAWK_SESSION=site ask the site itself"
	case store.NotDatabase:
		return "is the file that " + setting + " names the site's database?"
	}
	return ""
}

// database names the setting with the database that a question was put to.
func (m sessionRemedies) database(query *recipe.QueryError) string {
	if query.Setting == "TAWK_SESSION_QUERY" {
		return m.databaseOfSessions()
	}
	return "TAWK_USER_DSN"
}

// databaseOfSessions names the setting with the database of the sessions.
func (m sessionRemedies) databaseOfSessions() string {
	if m.cfg.Session.Store.Reveal() == "database" {
		return "TAWK_USER_DSN"
	}
	return m.store()
}

// queryRemedy says what may be wrong with the question about a user: the operator's, or the usual one about a table.
func (m sessionRemedies) queryRemedy(query *recipe.QueryError, setting string, fault store.Fault) string {
	place := " in the database of " + setting
	if query.Table == "" {
		name := cmp.Or(query.Setting, "TAWK_USER_QUERY")
		switch fault {
		case store.NoTable:
			return name + " asks for a table that is not" + place
		case store.NoColumn:
			return name + " asks for a column that its table" + place + " does not have"
		}
		return "is " + name + ", asked of the database of " + setting + ", right?"
	}
	text := "the query is the usual one of TAWK_SESSION=" + m.kind.Name + " for the table " + query.Table
	switch kind := m.kind.Name; {
	case kind == "django" || kind == "rails":
		text += " (TAWK_" + strings.ToUpper(kind) + "_USER_TABLE)"
	}
	return text + place + "; if the site's table is another, set TAWK_USER_QUERY to a query for it"
}

// tableRemedy says what may be wrong with a table of sessions in the database that a setting names.
func (m sessionRemedies) tableRemedy(name, setting string, fault store.Fault) string {
	origin := "the usual one of TAWK_SESSION=" + m.kind.Name + ", as TAWK_SESSION_TABLE is not set"
	switch {
	case m.kind.Name == "wordpress":
		origin = "by TAWK_WORDPRESS_TABLE_PREFIX"
	case m.set["TAWK_SESSION_TABLE"]:
		origin = "by TAWK_SESSION_TABLE"
	}
	text := "sessions are looked for in the table " + name + " (" + origin + ") in the database of " + setting
	switch fault {
	case store.NoTable:
		return text + ", which has no such table: is it the site's own, and does the site keep its sessions there?"
	case store.NoColumn:
		return text + ", which has not the columns of TAWK_SESSION=" + m.kind.Name + ": is it the table of another framework?"
	}
	return text + ": is that right?"
}

// self names the user of this process.
func self() string {
	if u, err := user.Current(); err == nil {
		return "the user " + u.Username + " of tawkproxy"
	}
	return "the user of tawkproxy"
}
