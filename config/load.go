package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"

	"tawkproxy/config/setting"
)

// Load makes the settings out of an environment, a list of NAME=VALUE such as [os.Environ] returns, and reads the files with
// secrets that it names. Of several entries of a name the last counts; a setting that is set to nothing counts as not set.
//
// An environment that cannot be used is an error of type [setting.Mistakes], which holds everything that is wrong with it.
func Load(environ []string) (*Config, error) {
	config := &Config{}
	l := loader{config: config, values: map[string]string{}, origin: map[string]string{}, mistakes: map[string]setting.Mistake{}}
	for _, g := range groups(config) {
		l.groups = append(l.groups, g)
		l.settings = append(l.settings, g.settings...)
	}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok && strings.HasPrefix(name, prefix) {
			l.values[name] = value
		}
	}

	unknown := unknownNames(l.values, l.names())
	l.readFiles()
	l.tidy()
	if err := l.parse(); err != nil {
		return nil, err
	}
	l.demand()
	l.check()

	if mistakes := append(l.found(), unknown...); len(mistakes) > 0 {
		return nil, mistakes
	}
	config.warnings = l.warnings()
	config.inForce = l.inForce()
	return config, nil
}

// A loader is one run of Load. A setting with a mistake is for the steps that follow as if it were not set.
type loader struct {
	config   *Config
	groups   []group
	settings []entry                    // of all groups
	values   map[string]string          // what is set, by variable
	origin   map[string]string          // setting → the variable that set it, if that is another
	mistakes map[string]setting.Mistake // by setting: the first of each
}

// names lists every variable that is known.
func (l *loader) names() []string {
	var names []string
	for _, s := range l.settings {
		names = append(names, s.variables()...)
	}
	return names
}

// readFiles sets the secrets that stand in files.
func (l *loader) readFiles() {
	for _, s := range l.settings {
		variable := s.name + fileSuffix
		path := l.values[variable]
		if !s.secret || path == "" {
			continue
		}
		if l.values[s.name] != "" {
			l.fault(s.name, setting.Wrong("remove one of the two", "%s is set too", variable))
			continue
		}
		l.origin[s.name] = variable
		secret, err := readSecret(path)
		l.values[s.name] = secret
		l.fault(s.name, err)
	}
}

// tidy removes blanks around values and checks words. Secrets are taken as they are.
func (l *loader) tidy() {
	for _, s := range l.settings {
		if s.secret {
			continue
		}
		value := strings.TrimSpace(l.values[s.name])
		l.values[s.name] = value
		switch {
		case value == "":
		case quoted(value):
			l.fault(s.name, setting.Wrong("remove them", "has quotation marks, which count as part of the value here"))
		case len(s.words) > 0 && !slices.Contains(s.words, value):
			l.fault(s.name, setting.Wrong("write "+strings.Join(s.words, " or "), "%s is not known", setting.Quote(value)))
		}
	}
}

// quoted tells whether a value is in quotation marks, as some tools leave it that read files of variables.
func quoted(value string) bool {
	return len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0]
}

// parse fills the fields in.
func (l *loader) parse() error {
	for _, g := range l.groups {
		err := env.ParseWithOptions(g.pointer, env.Options{Environment: l.values, FuncMap: parsers})
		failures, _ := errors.AsType[env.AggregateError](err)
		for _, failure := range failures.Errors {
			switch failure := failure.(type) {
			case env.ParseError:
				// It names the field, which is unique within a group only.
				i := slices.IndexFunc(g.settings, func(s entry) bool { return s.field == failure.Name })
				l.fault(g.settings[i].name, explain(failure, l.values[g.settings[i].name]))
			case env.EmptyVarError:
				l.missing(failure.Key, "")
			default:
				return fmt.Errorf("config: the fields of %s cannot be filled in: %w", g.name, failure)
			}
		}
	}
	return nil
}

// explain puts a failure of env into words that help.
func explain(failure env.ParseError, value string) error {
	if mistake, ok := errors.AsType[setting.Mistake](failure.Err); ok {
		return mistake
	}
	remedy := cmp.Or(remedies[failure.Type], "tawkproxy help says how it is written")
	return setting.Wrong(remedy, "%s is not understood", setting.Quote(value))
}

// demand notes what the words chosen elsewhere require and nobody set.
func (l *loader) demand() {
	for _, need := range needs {
		i := slices.IndexFunc(l.settings, func(s entry) bool { return s.name == need.entry })
		word := cmp.Or(l.values[need.entry], l.settings[i].fallback)
		if l.bad(need.entry) || !slices.Contains(strings.Fields(need.words), word) {
			continue
		}
		for _, name := range need.needed {
			if l.values[name] == "" {
				l.missing(name, " with "+need.entry+"="+word)
			}
		}
	}
}

// check applies the rules to what is set.
func (l *loader) check() {
	for _, rule := range rules {
		if !slices.ContainsFunc(rule.settings, l.bad) {
			l.fault(rule.settings[0], rule.check(l.config))
		}
	}
}

// missing notes that a required setting is not set.
func (l *loader) missing(name, why string) {
	where := "write here"
	if slices.Contains(l.names(), name+fileSuffix) {
		where += ", or into a file named by " + name + fileSuffix
	}
	meaning, _, _ := strings.Cut(plain(meanings()[name]), ". ")
	l.fault(name, setting.Wrong(where+": "+strings.TrimSuffix(meaning, "."), "is required%s but not set", why))
}

// fault notes what is wrong with a setting, if anything is, and unless that is known already.
func (l *loader) fault(name string, err error) {
	mistake, is := errors.AsType[setting.Mistake](err)
	if !is || l.bad(name) {
		return
	}
	mistake.Name = cmp.Or(l.origin[name], name)
	l.mistakes[name] = mistake
	delete(l.values, name)
}

func (l *loader) bad(name string) bool {
	_, bad := l.mistakes[name]
	return bad
}

// found lists the mistakes in the order of the settings.
func (l *loader) found() setting.Mistakes {
	var mistakes setting.Mistakes
	for _, s := range l.settings {
		if mistake, ok := l.mistakes[s.name]; ok {
			mistakes = append(mistakes, mistake)
		}
	}
	return mistakes
}
