package main

import (
	"errors"

	"tawkproxy/config"
	"tawkproxy/config/setting"
	"tawkproxy/session"
)

// mistake makes what is wrong with a setting that only the session can judge a mistake of the settings, as config's own are.
func mistake(name string, err error) error {
	one, _ := errors.AsType[setting.Mistake](setting.Refused(name, err))
	return setting.Mistakes{one}
}

// kindMistake is mistake for what does not fit the kind of session: a path by the setting that holds it, all else by the kind.
func kindMistake(cfg *config.Config, err error) error {
	if named, ok := errors.AsType[setting.Mistake](err); ok {
		return setting.Mistakes{named}
	}
	wrong, ok := errors.AsType[*session.PathError](err)
	if !ok {
		return mistake("TAWK_SESSION", errors.New(cfg.Session.Kind+": "+err.Error()))
	}
	paths := setting.Pairs{{Name: "TAWK_USER_ID", Value: cfg.User.ID}, {Name: "TAWK_USER_NAME", Value: cfg.User.Name},
		{Name: "TAWK_USER_EMAIL", Value: cfg.User.Email}, {Name: "TAWK_USER_PHONE", Value: cfg.User.Phone}}
	for _, attribute := range cfg.User.Attributes {
		paths = append(paths, setting.Pair{Name: "TAWK_USER_ATTRIBUTES", Value: attribute.Value})
	}
	for _, condition := range cfg.Session.Require {
		paths = append(paths, setting.Pair{Name: "TAWK_SESSION_REQUIRE", Value: condition.Name})
	}
	for _, path := range paths {
		switch {
		case path.Value != wrong.Path:
		case wrong.Remedy != "":
			return setting.Mistakes{{Name: path.Name, What: wrong.Error(), Remedy: wrong.Remedy}}
		default:
			return mistake(path.Name, err)
		}
	}
	return mistake("TAWK_SESSION", err)
}
