package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"tawkproxy/config"
	"tawkproxy/config/setting"
	"tawkproxy/inject/tawk"
	"tawkproxy/session/kinds"
)

// The exit codes of the program.
const (
	exitOK      = 0 // done, or help was asked for
	exitFailure = 1 // failed while running
	exitUsage   = 2 // a mistake in the settings or the arguments
)

const help = `tawkproxy stands in front of a website and tells its tawk.to chat widget who is logged in.

Usage:

  tawkproxy init           find the settings for a site, and write them to a file; init -h says how
  tawkproxy [serve]        run the proxy
  tawkproxy check [PATH…]  try the settings out, say what is wrong and how to mend it
  tawkproxy demo           show it working, with a shop and a stand-in for the chat widget
  tawkproxy hash USER_ID   print the hash that the proxy would send for a user
  tawkproxy health         ask the running program whether it is alive
  tawkproxy version        print the version
  tawkproxy help           print this text

init asks the site at --site, looks into the application's folder, --folder, asks for what is missing, and tries what it has written.
It executes and changes nothing of the application.

check opens the pages of the site that it is given, or the first one, and listens nowhere. With --cookie 'name=value' or
--cookie-file FILE, the session cookie of somebody who is logged in, it says who that would be. --json is for programs.
It exits with 0 if all is well, 1 after a warning and 2 if something failed.

All settings are environment variables:

`

// run is the program: it does what args say, with the settings in environ, and returns the exit code.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	command, rest := "serve", args
	if len(args) > 0 {
		command, rest = args[0], args[1:]
	}
	switch command {
	case "serve", "demo", "health", "version", "--version", "-v", "help", "--help", "-h":
		if len(rest) > 0 {
			return misuse(stderr, "%s takes no arguments: all settings are environment variables", command)
		}
	case "check":
		return checkCommand(ctx, rest, environ, stdout, stderr)
	case "init":
		return initialise(ctx, rest, environ, newTerminal(os.Stdin, os.Stdout), os.DirFS("/"), stdout, stderr)
	case "hash":
		if len(rest) != 1 {
			return misuse(stderr, "hash takes one argument, the id of a user, not %d", len(rest))
		}
	default:
		return misuse(stderr, "there is no command %q", command)
	}
	switch command {
	case "serve":
		return withConfig(environ, stderr, func(cfg *config.Config) error {
			return newSupervisor(environ).serve(ctx, cfg, func() (*config.Config, error) { return load(environ) }, stderr)
		})
	case "demo":
		return outcome(demo(ctx, environ, stdout, stderr), stderr)
	case "hash":
		return withConfig(environ, stderr, func(cfg *config.Config) error {
			_, err := fmt.Fprintln(stdout, tawk.Hash(cfg.Widget.Key.Reveal(), cfg.User.Prefix+rest[0]))
			return err
		})
	case "health":
		return withConfig(environ, stderr, func(cfg *config.Config) error { return health(ctx, cfg.Site.AdminListen, stdout) })
	case "version", "--version", "-v":
		fmt.Fprintln(stdout, "tawkproxy", version())
		return exitOK
	default:
		fmt.Fprint(stdout, help)
		config.Usage(stdout, kinds.Variants())
		return exitOK
	}
}

// load makes the settings out of an environment, with every kind of session to choose from.
func load(environ []string) (*config.Config, error) { return config.Load(environ, kinds.Variants()) }

func withConfig(environ []string, stderr io.Writer, do func(*config.Config) error) int {
	cfg, err := load(environ)
	if err == nil {
		err = do(cfg)
	}
	return outcome(err, stderr)
}

func outcome(err error, stderr io.Writer) int {
	if mistakes, ok := errors.AsType[setting.Mistakes](err); ok {
		fmt.Fprintf(stderr, "tawkproxy cannot start, %d of its settings must be mended:\n%v\n", len(mistakes), mistakes)
		return exitUsage
	}
	if err != nil {
		fmt.Fprintln(stderr, "tawkproxy:", err)
		return exitFailure
	}
	return exitOK
}

func misuse(stderr io.Writer, format string, args ...any) int {
	fmt.Fprintf(stderr, "tawkproxy: "+format+`; "tawkproxy help" lists commands and settings`+"\n", args...)
	return exitUsage
}

// release is the version of a build that cannot know a commit, as those of a package and of an image; the linker sets it.
var release string

// version is the release, or the module's version, or the commit of a build from a checkout.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return "devel"
}
