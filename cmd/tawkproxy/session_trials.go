package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"syscall"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"

	"tawkproxy/config"
	"tawkproxy/proxy"
	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/store"
)

// startTrials finds out, beside a program that starts, what it could not do for its first visitor: reach the site, and read what visits are
// looked up in. Each is a line of the log, by the setting to mend. End waits until nothing more is logged.
func startTrials(ctx context.Context, cfg *config.Config, source session.Source, log *slog.Logger) (end func()) {
	ctx, cancel := context.WithTimeout(ctx, checkStore)
	var running sync.WaitGroup
	running.Go(func() {
		upstream := cfg.Site.Upstream
		if broken, ok := errors.AsType[proxy.Unreachable](proxy.Reach(ctx, &upstream)); ok && ctx.Err() == nil {
			log.Warn("the site cannot be reached yet", "setting", "TAWK_UPSTREAM", "cause", broken.Site+" "+broken.Cause, "remedy", broken.Remedy)
		}
	})
	running.Go(func() {
		if source == nil {
			return
		}
		about := source.About()
		if about.Try == nil {
			return
		}
		remedies := newRemedies(cfg, about)
		for _, trial := range about.Try(ctx, false) {
			if trial.Err != nil && ctx.Err() == nil {
				log.Warn("what visits are looked up in cannot be read, so who is logged in is not known", "setting", remedies.place(trial),
					"of", trial.Of, "cause", trial.Err, "remedy", remedies.trial(trial))
			}
		}
	})
	return func() { cancel(); running.Wait() }
}

// trial says what to do about what a source could not read, by the setting that the operator has used.
func (m sessionRemedies) trial(t session.Trial) string {
	if t.Err == nil && t.Near != "" {
		return m.record()
	}
	if t.Err == nil {
		return "is " + m.place(t) + " where the site keeps its sessions?"
	}
	text := strings.ToLower(t.Err.Error())
	says := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(text, part) {
				return true
			}
		}
		return false
	}
	var refused *mysql.MySQLError
	var denied *pgconn.PgError
	code := ""
	if errors.As(t.Err, &denied) {
		code = denied.Code
	}
	number := uint16(0)
	if errors.As(t.Err, &refused) {
		number = refused.Number
	}
	switch {
	case errors.Is(t.Err, fs.ErrNotExist):
		return "write the folder as the site has it; in a container, mount it here"
	case errors.Is(t.Err, fs.ErrPermission):
		return "run tawkproxy as the user that the site runs as, or let its user read there: setfacl -m u:USER:rx FOLDER"
	case store.IsMissingTable(t.Err):
		return "is that the site's database? If the table has another name, " + m.table(t)
	case number == 1054, code == "42703", says("no such column"):
		return "the table has other columns than TAWK_SESSION=" + m.kind.Name + " has by itself; is it the right table? " + m.table(t)
	case number == 1142, number == 1143, code == "42501":
		return "let its account read the table: GRANT SELECT"
	case number == 1045, code == "28P01", code == "28000", says("wrongpass", "noauth", "invalid password", "access denied"):
		return "user and password are wrong there; characters such as / and @ in a password are written %2F and %40"
	case number == 1049, number == 1044, code == "3D000", says("unable to open database file"):
		return "there is no such database, or its account may not use it"
	case says("noperm"):
		return "let its account read the keys of sessions: ACL SETUSER … +getrange ~*"
	case errors.Is(t.Err, syscall.ECONNREFUSED), says("no such host", "connection refused"):
		return "is it running, and listening at that host and port?"
	case errors.Is(t.Err, context.DeadlineExceeded), says("timeout"):
		return "nothing answers there in time; is host and port right, and is no firewall in between?"
	}
	return m.unknown(t.Err)
}

// place names the setting by which a source reads something.
func (m sessionRemedies) place(t session.Trial) string {
	_, users := errors.AsType[*recipe.QueryError](t.Err)
	switch {
	case t.Keys:
		return m.inForce(m.kind.Keys)
	case users, m.store() == "TAWK_SESSION_STORE" && m.cfg.Session.Store.Reveal() == "database":
		return "TAWK_USER_DSN"
	}
	return m.store()
}

// table names the setting for a table.
func (m sessionRemedies) table(t session.Trial) string {
	query, users := errors.AsType[*recipe.QueryError](t.Err)
	switch kind := m.kind.Name; {
	case kind == "wordpress":
		return "set TAWK_WORDPRESS_TABLE_PREFIX to $table_prefix of wp-config.php"
	case users && query.Table == "":
		return "change TAWK_USER_QUERY"
	case users && (kind == "django" || kind == "rails"):
		return "set TAWK_" + strings.ToUpper(kind) + "_USER_TABLE"
	case users:
		return "set TAWK_USER_QUERY to a query for it"
	}
	return "set TAWK_SESSION_TABLE"
}
