package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"tawkproxy/config"
	"tawkproxy/config/envfile"
	"tawkproxy/config/setting"
	"tawkproxy/session/kinds"
)

// pairs lists the settings as they are to be written, in the order in which they are documented; what nobody knows comes last.
func (i *initialisation) pairs() (pairs []setting.Pair) {
	values := map[string]string{}
	for _, line := range i.lines {
		if line.Value != "" {
			values[line.Name] = line.Value
		}
	}
	for name, value := range i.given {
		if without, inFile := strings.CutSuffix(name, "_FILE"); inFile {
			delete(values, without)
		} else {
			delete(values, name+"_FILE")
		}
		values[name] = value
	}
	var order []string
	for _, about := range config.Describe(kinds.Variants()) {
		order = append(order, about.Name, about.Name+"_FILE")
	}
	for _, name := range append(order, slices.Sorted(maps.Keys(values))...) {
		if value := values[name]; value != "" {
			pairs = append(pairs, setting.Pair{Name: name, Value: value})
			delete(values, name)
		}
	}
	return pairs
}

// settings are the pairs as an environment.
func (i *initialisation) settings() []string {
	var environ []string
	for _, pair := range i.pairs() {
		environ = append(environ, pair.Name+"="+pair.Value)
	}
	return environ
}

// A secretFile is a file beside the other one, for a value that cannot stand there.
type secretFile struct{ path, text string }

// write writes the file, and one beside it for each secret that is not read alike by all who read such files.
func (i *initialisation) write() error {
	about := descriptions()
	lines := []envfile.Line{
		{Value: "Written by tawkproxy init, for systemd (EnvironmentFile=), docker (--env-file) and shells (set -a; . FILE)."},
		{Value: "What each line means: tawkproxy help, or docs/settings.md."},
	}
	var secrets []secretFile
	group := ""
	for _, pair := range i.pairs() {
		name, value := pair.Name, pair.Value
		if now := subject(name); now != group {
			lines, group = append(lines, envfile.Line{}), now
		}
		if from := i.from(name); from != "" {
			lines = append(lines, envfile.Line{Value: from})
		}
		if !envfile.Plain(value) {
			var err error
			if name, value, secrets, err = i.beside(name, value, about[name].Secret, secrets); err != nil {
				return err
			}
		}
		lines = append(lines, envfile.Line{Name: name, Value: value})
	}
	for _, file := range append(secrets, secretFile{i.output, envfile.Write(lines)}) {
		if err := writeSecret(file.path, file.text, i.force); err != nil {
			return err
		}
	}
	i.report(lines, secrets)
	return nil
}

// subject is what a setting is about, by its name: settings of one subject stand together.
func subject(name string) string {
	parts := strings.SplitN(name, "_", 3)
	switch parts[1] {
	case "UPSTREAM", "LISTEN":
		return "site"
	case "PROPERTY", "WIDGET", "SECRET", "EMBED", "LOGIN":
		return "widget"
	case "USER":
		return "user"
	case "CSP", "LOG", "INCLUDE", "EXCLUDE":
		return "pages"
	}
	return "session"
}

// from is where a setting was found.
func (i *initialisation) from(name string) string {
	if i.given[name] != "" {
		return ""
	}
	for _, line := range i.lines {
		if line.Name == name && line.Value != "" {
			return line.From
		}
	}
	return ""
}

// beside finds another way for a value that is not read alike as it is: a secret gets a file of its own; anything else stands in
// quotes, which docker does not know.
func (i *initialisation) beside(name, value string, secret bool, secrets []secretFile) (string, string, []secretFile, error) {
	if !secret {
		quoted, ok := envfile.Quoted(value)
		if !ok {
			return "", "", nil, setting.Mistake{Name: name, What: "holds line breaks or bytes that are not text", Remedy: "write it without"}
		}
		i.notes = append(i.notes, name+" stands in quotes, which docker --env-file takes for a part of it: there, give it by docker run --env")
		return name, quoted, secrets, nil
	}
	path := i.output + "." + strings.ToLower(strings.TrimPrefix(name, "TAWK_"))
	if !envfile.Plain(path) {
		return "", "", nil, setting.Mistake{Name: "--output", What: "has a path with blanks or signs that mean something to a shell, and " + name +
			" needs a file beside it", Remedy: "choose another"}
	}
	if _, err := os.Lstat(path); err == nil && !i.force {
		return "", "", nil, setting.Mistake{Name: "--output", What: path + " is there already, and stays as it is", Remedy: "choose another, or add --force"}
	}
	return name + "_FILE", path, append(secrets, secretFile{path, value + "\n"}), nil
}

// writeSecret writes a file that its owner alone may read, wholly or not at all.
func writeSecret(path, text string, force bool) error {
	if force { // in place of what is there, which may be a link
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if failed := file.Close(); err == nil {
		err = failed
	}
	if err != nil {
		_ = os.Remove(path)
	}
	return err
}

// report shows what was written, without secrets.
func (i *initialisation) report(lines []envfile.Line, secrets []secretFile) {
	i.say("\nWritten to %s, which you alone may read:\n\n", i.output)
	about := descriptions()
	for _, line := range lines {
		if line.Name == "" {
			continue
		}
		name := strings.TrimSuffix(line.Name, "_FILE")
		shown := line.Value
		if about[name].Secret && name == line.Name {
			shown = withheld(i.settings(), name)
		}
		if from := i.from(name); from != "" {
			i.say("  %-34s  (%s)\n", line.Name+"="+shown, from)
		} else {
			i.say("  %s\n", line.Name+"="+shown)
		}
	}
	for _, secret := range secrets {
		i.notes = append(i.notes, "what stands in "+secret.path+" has signs in it that a shell, systemd or docker would take for others: let the user who runs tawkproxy read it")
	}
}

// withheld is a secret as the log shows it: of an address the part that says where something is.
func withheld(environ []string, name string) string {
	cfg, err := load(environ)
	if err == nil {
		for pair := range strings.FieldsSeq(cfg.String()) {
			if value, ok := strings.CutPrefix(pair, name+"="); ok && strings.Contains(value, "/") {
				return value
			}
		}
	}
	return "…"
}

// finish says what else is to be known, tries the settings, and names the next command.
func (i *initialisation) finish(ctx context.Context) error {
	if len(i.notes) > 0 {
		i.say("\nTo know:\n")
		for _, note := range i.notes {
			i.say("  - %s\n", strings.ReplaceAll(wrapped(note), "\n", "\n    "))
		}
	}
	i.say("\nMore about these sites: docs/sites/%s.md\n", i.candidate.Kind.Name)
	i.say("\ntawkproxy check, with these settings:\n\n")
	next, failed := "tawkproxy", check(ctx, i.settings(), i.out) == exitUsage
	if failed {
		i.say("\nThe file is written, but something of it must be mended first.\n")
		next = "tawkproxy check"
	}
	i.say("\nNext, in a shell:  set -a; . %s; set +a; %s\n", shellWord(i.output), next)
	i.say("In a unit of systemd it is EnvironmentFile=%s, with Docker docker run --env-file %[1]s …\n", i.output)
	if failed {
		return errors.New("what check says must be mended")
	}
	return nil
}

// shellWord quotes a path for a shell, if it needs it.
func shellWord(path string) string {
	if envfile.Plain(path) {
		return path
	}
	return fmt.Sprintf("'%s'", strings.ReplaceAll(path, "'", `'\''`))
}
