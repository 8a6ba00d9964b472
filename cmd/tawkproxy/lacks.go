package main

import (
	"log/slog"

	"tawkproxy/config"
	"tawkproxy/session"
	"tawkproxy/session/kind/header"
	"tawkproxy/session/kind/site"
)

// lacks tells the operator which details are never found, of people who are recognised. Any may lack one, so it is said once when the
// first one does, as long as nobody has had it, and once more when it was so for many.
type lacks struct {
	log     *slog.Logger
	details []*detail
}

type detail struct {
	setting, path string // where it is looked for
	remedy        string
	of            func(session.User) string
	often         bool // most people have one
	missing       int
	found         bool
}

// lackingMany is how many visits of people without a detail point at the setting.
const lackingMany = 20

func newLacks(cfg *config.Config, log *slog.Logger) lacks {
	l := lacks{log: log}
	remedy := "if people have one, is this the path to it in the session, such as user.name?"
	switch own := cfg.Chosen().Own.(type) {
	case *site.AskOptions:
		remedy = "if people have one, is this the path to it in the answer to TAWK_SESSION_URL?"
		if own.Answer == "html" {
			remedy = "if people have one, does this match one element of the page of TAWK_SESSION_URL, and an expression in it one text there? " +
				"Where several differ, none is taken"
		}
	case *header.HeaderOptions, *site.ResponseOptions:
		remedy = "if people have one, does a header of this name come?"
	}
	add := func(setting, path string, often bool, of func(session.User) string) {
		if path != "" {
			l.details = append(l.details, &detail{setting: setting, path: path, remedy: remedy, of: of, often: often})
		}
	}
	add("TAWK_USER_NAME", cfg.User.Name, true, func(u session.User) string { return u.Name })
	add("TAWK_USER_EMAIL", cfg.User.Email, true, func(u session.User) string { return u.Email })
	add("TAWK_USER_PHONE", cfg.User.Phone, false, func(u session.User) string { return u.Phone })
	for _, pair := range cfg.User.Attributes {
		add("TAWK_USER_ATTRIBUTES", pair.Value, false, func(u session.User) string { return u.Attributes[pair.Name] })
	}
	if cfg.User.Query != "" && cfg.User.Name == "" && cfg.User.Email == "" {
		l.details = append(l.details, &detail{setting: "TAWK_USER_QUERY", often: true,
			remedy: "its columns must be called name and email, as in SELECT full_name AS name; others become attributes",
			of:     func(u session.User) string { return u.Name + u.Email }})
	}
	return l
}

// observe takes somebody who was recognised. Calls do not overlap.
func (l *lacks) observe(u session.User) {
	for _, d := range l.details {
		if d.found {
			continue
		}
		if d.of(u) != "" {
			d.found = true
			continue
		}
		d.missing++
		about := []any{"setting", d.setting, "visits", d.missing, "remedy", d.remedy}
		if d.path != "" {
			about = append([]any{"path", d.path}, about...)
		}
		switch {
		case d.missing == lackingMany:
			l.log.Warn("a detail was found of nobody yet", about...)
		case d.missing == 1 && d.often:
			l.log.Info("somebody is recognised, but a detail is not found", about...)
		}
	}
}
