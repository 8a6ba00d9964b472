package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"tawkproxy/config"
	"tawkproxy/config/setting"
	"tawkproxy/proxy"
	"tawkproxy/session/folder"
	"tawkproxy/session/kind"
	"tawkproxy/session/kinds"
	"tawkproxy/session/recognise"
)

const initHelp = `tawkproxy init finds the settings for a site and writes them to a file.

Usage:

  tawkproxy init [--site ADDRESS] [--folder FOLDER] [--output FILE] [--force] [--kind KIND] [--set NAME=VALUE]…

`

// An initialisation finds the settings for a site.
type initialisation struct {
	site, folder, output, kind string
	force                      bool
	given                      map[string]string // settings that the operator has said: in the environment, by a flag or when asked

	environ []string
	machine fs.FS // all files of this machine
	person  asker // who answers questions; nil: nobody
	out     io.Writer

	asked     int // questions
	candidate recognise.Candidate
	lines     []kind.Setting
	notes     []string
}

// An asker asks a person. Secret answers are not shown.
type asker interface {
	ask(ctx context.Context, secret bool, question string) (answer string, err error)
}

// errMissing is what is left to be said by somebody whom nobody can ask.
type errMissing struct {
	settings []kind.Setting
	kind     string
}

func (e errMissing) Error() string {
	var b strings.Builder
	b.WriteString("nothing was written, as this is missing:\n")
	for _, s := range e.settings {
		fmt.Fprintf(&b, "  %s: %s\n", s.Name, s.Why)
		if s.Guess != "" {
			fmt.Fprintf(&b, "    probably --set %s=%s\n", s.Name, s.Guess)
		}
	}
	b.WriteString("give it by --set NAME=VALUE, or in the environment; secrets rather by --set NAME_FILE=FILE, as others see the arguments of a program.\n" +
		"On a terminal it is asked for. Where it stands says docs/sites/" + e.kind + ".md")
	return b.String()
}

// initialise is the command init, for a person, or nobody, at a machine.
func initialise(ctx context.Context, args, environ []string, person asker, machine fs.FS, stdout, stderr io.Writer) int {
	i := &initialisation{given: map[string]string{}, environ: environ, machine: machine, person: person, out: stdout}
	flags := flag.NewFlagSet("init", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, initHelp)
		flags.PrintDefaults()
	}
	flags.StringVar(&i.site, "site", "", "`address` where the site answers now: http://127.0.0.1:8000, https://host or unix:/path/to.sock")
	flags.StringVar(&i.folder, "folder", "", "`folder` of the application on this machine, such as /var/www/app; nothing in it is executed or changed")
	flags.StringVar(&i.output, "output", "tawkproxy.env", "`file` to write")
	flags.BoolVar(&i.force, "force", false, "write over a file that is there")
	flags.StringVar(&i.kind, "kind", "", "`kind` of sessions, if it is known: a word of TAWK_SESSION")
	flags.Func("set", "a setting that is known, as `NAME=VALUE`; may be given several times, and so may the environment of tawkproxy", func(pair string) error {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || !strings.HasPrefix(name, "TAWK_") {
			return errors.New("write TAWK_NAME=VALUE")
		}
		i.given[name] = value
		return nil
	})
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitOK
		}
		return exitUsage
	}
	if flags.NArg() > 0 {
		return misuse(stderr, "init takes no arguments but flags, not %q", flags.Arg(0))
	}
	return i.exit(i.run(ctx), stderr)
}

// exit says what failed.
func (i *initialisation) exit(err error, stderr io.Writer) int {
	if missing, ok := errors.AsType[errMissing](err); ok {
		fmt.Fprintln(stderr, "tawkproxy init:", missing)
		return exitUsage
	}
	if mistakes, ok := errors.AsType[setting.Mistakes](err); ok {
		fmt.Fprintf(stderr, "tawkproxy init: nothing was written, as this must be mended:\n%v\n", mistakes)
		return exitUsage
	}
	if usage, ok := errors.AsType[setting.Mistake](err); ok {
		fmt.Fprintln(stderr, "tawkproxy init:", usage)
		return exitUsage
	}
	if err != nil {
		fmt.Fprintln(stderr, "tawkproxy init:", err)
		return exitFailure
	}
	return exitOK
}

// run goes through the steps.
func (i *initialisation) run(ctx context.Context) error {
	for _, entry := range i.environ {
		if name, value, ok := strings.Cut(entry, "="); ok && strings.HasPrefix(name, "TAWK_") && value != "" {
			if _, said := i.given[name]; !said {
				i.given[name] = value
			}
		}
	}
	if err := i.free(); err != nil {
		return err
	}
	if err := i.recognise(ctx); err != nil {
		return err
	}
	if err := i.complete(ctx); err != nil {
		return err
	}
	if err := i.write(); err != nil {
		return err
	}
	return i.finish(ctx)
}

// free checks, before anybody is asked anything, that the file may be written.
func (i *initialisation) free() error {
	absolute, err := filepath.Abs(i.output)
	if err != nil {
		return err
	}
	i.output = absolute
	if _, err := os.Lstat(absolute); err == nil && !i.force {
		return setting.Mistake{Name: "--output", What: absolute + " is there already, and stays as it is", Remedy: "choose another, or add --force"}
	}
	return nil
}

// recognise asks the site, looks into the folder, and settles the kind of session.
func (i *initialisation) recognise(ctx context.Context) error {
	look, upstream, err := i.look(ctx)
	if err != nil {
		return err
	}
	in, err := i.open(ctx)
	if err != nil {
		return err
	}
	all := kinds.All()
	candidates := recognise.Rank(all, look, in)
	if in == nil && i.person != nil && (len(candidates) == 0 || candidates[0].Kind.Find != nil) {
		if len(candidates) > 0 {
			i.say("\nThis looks like %s: %s.\n", title(candidates[0].Kind), strings.Join(candidates[0].Signs, ", "))
		}
		i.folder, err = i.question(ctx, "--folder", false, "the folder of the application on this machine, in which most settings stand; nothing in it is executed "+
			"or changed. Press Enter if it is not on this machine", "")
		if err != nil {
			return err
		}
		if in, err = i.open(ctx); err != nil {
			return err
		}
		candidates = recognise.Rank(all, look, in)
	}
	if in != nil {
		defer in.Close()
	}
	if err := i.choose(ctx, all, candidates, look, in); err != nil {
		return err
	}
	i.set("TAWK_UPSTREAM", upstream, "--site")
	i.set("TAWK_SESSION", i.candidate.Kind.Name, "")
	i.notes = append(i.notes, i.candidate.Folder.Notes...)
	if in != nil {
		for _, trouble := range in.Trouble() {
			i.notes = append(i.notes, "could not be read: "+trouble)
		}
	}
	i.lines = append(i.lines, i.candidate.Folder.Settings...)
	i.byLook(look)
	return nil
}

// look asks the site.
func (i *initialisation) look(ctx context.Context) (look recognise.Look, upstream string, err error) {
	upstream = i.given["TAWK_UPSTREAM"]
	if i.site != "" {
		upstream = i.site
	}
	if upstream == "" {
		if upstream, err = i.require(ctx, "--site", "where the site answers now, such as http://127.0.0.1:8000"); err != nil {
			return look, "", err
		}
	}
	if !strings.Contains(upstream, ":/") && !strings.HasPrefix(upstream, "/") {
		upstream = "http://" + upstream
	}
	site, err := url.Parse(strings.TrimSuffix(upstream, "/"))
	if err != nil || site.Scheme != "http" && site.Scheme != "https" && site.Scheme != "unix" {
		return look, "", setting.Mistake{Name: "--site", What: "is no address of a site", Remedy: "write http://host:port, https://host or unix:/path/to.sock"}
	}
	if site.Scheme != "unix" {
		site = &url.URL{Scheme: site.Scheme, Host: site.Host}
	}
	transport := proxy.NewTransport(site)
	defer transport.CloseIdleConnections()
	look, err = recognise.Ask(ctx, transport, site)
	if err != nil {
		return look, "", fmt.Errorf("the site does not answer at %s: %w; start it, or give its address by --site", site, err)
	}
	i.say("The site answers: %s.\n", strings.Join(look.Pages, ", "))
	if look.Host != "" {
		i.notes = append(i.notes, "the site leads to "+look.Host+": visitors must come to tawkproxy by that name, or it leads them past it")
	}
	return look, site.String(), nil
}

// open opens the folder, if one is given.
func (i *initialisation) open(ctx context.Context) (*folder.Folder, error) {
	if i.folder == "" {
		return nil, nil
	}
	in, err := folder.Open(i.folder, i.machine, i.environ)
	if err != nil {
		return nil, setting.Mistake{Name: "--folder", What: "cannot be opened: " + err.Error(), Remedy: "give the application's folder, and run init as a user who may read it"}
	}
	return in, nil
}

// choose settles the kind: the one that was named, or the likeliest one, or one that a person chooses.
func (i *initialisation) choose(ctx context.Context, all []kind.Kind, candidates []recognise.Candidate, look recognise.Look, in *folder.Folder) error {
	named := i.kind
	if named == "" {
		named = i.given["TAWK_SESSION"]
	}
	if named == "" && len(candidates) > 0 {
		i.candidate = candidates[0]
		i.say("Recognised: %s, as %s.\n", title(i.candidate.Kind), strings.Join(i.candidate.Signs, ", "))
		if len(candidates) > 1 && candidates[1].Weight == candidates[0].Weight {
			i.notes = append(i.notes, "it might be "+title(candidates[1].Kind)+" as well ("+strings.Join(candidates[1].Signs, ", ")+"): then start again with --kind "+
				candidates[1].Kind.Name)
		}
		return nil
	}
	if named == "" {
		i.say("What it runs on was not to be found out. It may be:\n")
		for _, k := range all {
			i.say("  %-18s %s\n", k.Name, k.Guide)
		}
		var err error
		if named, err = i.require(ctx, "--kind", "which of these it is; site fits all that have a page which says who is logged in"); err != nil {
			return err
		}
	}
	for n, k := range all {
		if k.Name != named {
			continue
		}
		i.candidate = recognise.Candidate{Kind: k}
		for _, c := range recognise.Rank(all[n:n+1], look, in) {
			i.candidate = c
		}
		if in != nil && k.Find != nil && i.candidate.Folder.Weight == 0 {
			i.notes = append(i.notes, "in "+i.folder+" there is nothing of "+title(k))
		}
		i.say("Taken for: %s, as was said.\n", title(k))
		return nil
	}
	return setting.Mistake{Name: "--kind", What: setting.Quote(named) + " is not a kind of sessions", Remedy: "tawkproxy help lists them, at TAWK_SESSION"}
}

// title is the kind's, for a sentence.
func title(k kind.Kind) string {
	first, _, _ := strings.Cut(k.Title, ".")
	return strings.ReplaceAll(first, "`", "") + " (TAWK_SESSION=" + k.Name + ")"
}

// likelySession is how session cookies are mostly called.
var likelySession = regexp.MustCompile(`(?i)sess|sid$|sid_|^sid`)

// byLook adds what the site's answers tell.
func (i *initialisation) byLook(look recognise.Look) {
	needsName := slices.Contains(i.candidate.Kind.Needs, "TAWK_SESSION_COOKIE") || i.candidate.Kind.Name == "site"
	likely := i.candidate.Cookies
	if len(likely) == 0 { // a site of a kind that was named
		likely = slices.DeleteFunc(slices.Clone(look.Cookies), func(name string) bool { return !likelySession.MatchString(name) })
	}
	if needsName && !i.has("TAWK_SESSION_COOKIE") && len(likely) > 0 {
		i.lines = slices.DeleteFunc(i.lines, func(s kind.Setting) bool { return s.Name == "TAWK_SESSION_COOKIE" }) // asked for, if at all
		i.set("TAWK_SESSION_COOKIE", likely[0], "the site's answer")
	}
	for _, header := range look.Headers {
		if strings.HasPrefix(header, "Content-Security-Policy: ") && !i.has("TAWK_CSP") {
			i.set("TAWK_CSP", "extend", "the site's answer has a Content-Security-Policy")
		}
	}
	// What the program takes unless told otherwise must not be the site's own port.
	site, err := url.Parse(i.value("TAWK_UPSTREAM"))
	if err == nil && site.Port() == "8080" && setting.Loopback(site.Hostname()) && !i.has("TAWK_LISTEN") {
		i.set("TAWK_LISTEN", ":8081", "the site itself is at 8080")
	}
}

// set adds a line.
func (i *initialisation) set(name, value, from string) {
	i.lines = append(i.lines, kind.Setting{Name: name, Value: value, From: from})
}

// has tells whether there is a line for a setting, or the operator has said something.
func (i *initialisation) has(name string) bool { return i.value(name) != "" }

// value is what a setting is, so far. What the operator says counts.
func (i *initialisation) value(name string) string {
	for _, variable := range []string{name, name + "_FILE"} {
		if i.given[variable] != "" {
			return i.given[variable]
		}
	}
	for _, line := range i.lines {
		if line.Name == name && line.Value != "" {
			return line.Value
		}
	}
	return ""
}

func (i *initialisation) say(format string, args ...any) { fmt.Fprintf(i.out, format, args...) }

// descriptions are those of all settings, by name.
func descriptions() map[string]config.Description {
	all := map[string]config.Description{}
	for _, d := range config.Describe(kinds.Variants()) {
		all[d.Name] = d
	}
	return all
}
