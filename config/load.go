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

// Load makes the settings out of an environment, a list of NAME=VALUE such as [os.Environ] returns, and reads the files
// that it names. Of several entries of a name the last counts; a setting that is set to nothing counts as not set. Of the
// kinds of sessions the chosen one gets its own settings filled in.
//
// An environment that cannot be used is an error of type [setting.Mistakes], which holds everything that is wrong with it.
func Load(environ []string, kinds []setting.Variant) (*Config, error) {
	config := &Config{}
	l := loader{config: config, values: map[string]string{}, origin: map[string]string{}, mistakes: map[string]setting.Mistake{}}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok && strings.HasPrefix(name, prefix) {
			l.values[name] = value
		}
	}
	all := groups(config, kinds)
	l.choose(all, kinds)

	strangers := append(l.otherKinds(all), unknownNames(l.values, names(all))...)
	l.readFiles()
	l.tidy()
	if err := l.parse(); err != nil {
		return nil, err
	}
	l.demand()
	l.check()

	if mistakes := append(l.found(), strangers...); len(mistakes) > 0 {
		return nil, mistakes
	}
	config.chosen = l.chosen
	config.warnings = l.warnings()
	config.inForce = l.inForce()
	return config, nil
}

// A loader is one run of Load. A setting with a mistake is for the steps that follow as if it were not set.
type loader struct {
	config   *Config
	chosen   setting.Variant            // the kind; the zero Variant if none is, or no such
	groups   []group                    // for all, and that of the chosen kind
	settings []entry                    // of these groups
	rules    []setting.Rule             // likewise
	values   map[string]string          // what is set, by variable
	origin   map[string]string          // setting → the variable that set it, if that is another
	mistakes map[string]setting.Mistake // by setting: the first of each
}

// choose takes the groups that count.
func (l *loader) choose(all []group, kinds []setting.Variant) {
	word := strings.TrimSpace(l.values[chooser])
	for _, k := range kinds {
		if k.Name == word {
			l.chosen = k
		}
	}
	for _, g := range all {
		if g.kind == "" || g.kind == word {
			l.groups = append(l.groups, g)
			l.settings = append(l.settings, g.settings...)
		}
	}
}

// otherKinds makes a mistake of every setting that only kinds have which were not chosen.
func (l *loader) otherKinds(all []group) setting.Mistakes {
	var mistakes setting.Mistakes
	if l.chosen.Name == "" {
		return nil
	}
	ours := names(l.groups)
	for _, g := range all {
		for _, s := range g.settings {
			for _, variable := range s.variables() {
				told := slices.ContainsFunc(mistakes, func(m setting.Mistake) bool { return m.Name == variable })
				if l.values[variable] != "" && !slices.Contains(ours, variable) && !told {
					mistakes = append(mistakes, setting.Mistake{Name: variable, What: "belongs to " + chooser + "=" + g.kind + ", but " +
						chooser + " is " + l.chosen.Name, Remedy: "remove it, or choose that"})
				}
			}
		}
	}
	return mistakes
}

// names lists every variable of the groups.
func names(groups []group) (variables []string) {
	for _, g := range groups {
		for _, s := range g.settings {
			variables = append(variables, s.variables()...)
		}
	}
	return variables
}

// readFiles sets what stands in files.
func (l *loader) readFiles() {
	for _, s := range l.settings {
		variable := s.name + fileSuffix
		path := l.values[variable]
		if !s.filed || path == "" {
			continue
		}
		if l.values[s.name] != "" {
			l.fault(s.name, setting.Wrong("remove one of the two", "%s is set too", variable))
			continue
		}
		l.origin[s.name] = variable
		text, err := readFile(path)
		l.values[s.name] = text
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
			remedy := "write " + strings.Join(s.words, " or ")
			if s.name == chooser {
				remedy = kindRemedy(value, s.words)
			}
			l.fault(s.name, setting.Wrong(remedy, "%s is not known", setting.Quote(value)))
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
		err := env.ParseWithOptions(g.pointer, env.Options{Environment: l.values, FuncMap: parsers()})
		failures, _ := errors.AsType[env.AggregateError](err)
		for _, failure := range failures.Errors {
			switch failure := failure.(type) {
			case env.ParseError:
				// It names the field, which is unique within a group only.
				i := slices.IndexFunc(g.settings, func(s entry) bool { return s.field == failure.Name })
				l.fault(g.settings[i].name, explain(failure, l.values[g.settings[i].name]))
			case env.EmptyVarError:
				l.fault(failure.Key, setting.Mistake{What: "is required but not set"})
			default:
				return fmt.Errorf("config: the fields of %s cannot be filled in: %w", g.title, failure)
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
		i := slices.IndexFunc(l.settings, func(s entry) bool { return s.name == need.setting })
		word := cmp.Or(l.values[need.setting], l.settings[i].fallback)
		if l.bad(need.setting) || !slices.Contains(strings.Fields(need.words), word) {
			continue
		}
		l.require(need.needed, need.setting+"="+word)
	}
	l.require(l.chosen.Needs, chooser+"="+l.chosen.Name)
}

// require notes which of the settings that another one requires are not set.
func (l *loader) require(settings []string, with string) {
	for _, name := range settings {
		if l.values[name] == "" {
			l.fault(name, setting.Missing(with))
		}
	}
}

// check applies the rules to what is set.
func (l *loader) check() {
	if l.chosen.Rules != nil { // first, because the kind knows better what is wrong
		l.rules = l.chosen.Rules(&setting.Common{Session: &l.config.Session, User: &l.config.User,
			TrustedProxies: l.config.Site.TrustedProxies, OwnPrefix: l.config.Site.OwnPrefix})
	}
	l.rules = append(l.rules, l.config.rules(l.chosen)...)
	for _, rule := range l.rules {
		if !rule.Advice && !slices.ContainsFunc(rule.Settings, l.bad) {
			l.fault(rule.Settings[0], rule.Check())
		}
	}
}

// whatToWrite is the remedy for a setting that is required.
func (l *loader) whatToWrite(name string) string {
	where := "write here"
	if slices.Contains(names(l.groups), name+fileSuffix) {
		where += ", or into a file named by " + name + fileSuffix
	}
	meaning, _, _ := strings.Cut(plain(meanings[name]), ". ")
	return where + ": " + strings.TrimSuffix(meaning, ".")
}

// fault notes what is wrong with a setting, if anything is, and unless that is known already.
func (l *loader) fault(name string, err error) {
	mistake, is := errors.AsType[setting.Mistake](err)
	if !is || l.bad(name) {
		return
	}
	mistake.Name = cmp.Or(l.origin[name], name)
	if mistake.Remedy == "" {
		mistake.Remedy = l.whatToWrite(name)
	}
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
