package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"tawkproxy/config"
	"tawkproxy/config/setting"
	"tawkproxy/proxy"
	"tawkproxy/session"
)

// A checkOrder is what check is asked to look at.
type checkOrder struct {
	pages  []*url.URL // paths, or addresses under which browsers know the pages
	cookie string     // of a visitor who is logged in, as browsers send it; "": none is known
	json   bool
	colour bool
}

// checkCommand is check with its arguments.
func checkCommand(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	order, err := parseCheck(args)
	if err != nil {
		return misuse(stderr, "check: %v", err)
	}
	order.colour = isTerminal(stdout) && !isSet(environ, "NO_COLOR")
	return checkOrdered(ctx, environ, order, stdout)
}

// check tries the settings in environ out, with the site's first page, and writes a line for each step. It listens nowhere. It returns
// 0 if all is well, 1 if something may be wrong, and 2 if something is: see [exitOK].
func check(ctx context.Context, environ []string, w io.Writer) int {
	return checkOrdered(ctx, environ, checkOrder{pages: []*url.URL{{Path: "/"}}, colour: isTerminal(w) && !isSet(environ, "NO_COLOR")}, w)
}

// parseCheck reads the arguments, in which options may stand behind paths.
func parseCheck(args []string) (order checkOrder, err error) {
	var given []string
	var file string
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Func("cookie", "", func(text string) error { given = append(given, text); return nil })
	flags.StringVar(&file, "cookie-file", "", "")
	flags.BoolVar(&order.json, "json", false, "")
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			return order, errors.New("its options are --cookie 'name=value', --cookie-file FILE and --json")
		}
		args = flags.Args()
		if len(args) > 0 {
			page, err := url.Parse(args[0])
			if err != nil || !strings.HasPrefix(page.Path, "/") || page.Host == "" && page.Scheme != "" ||
				page.Host != "" && page.Scheme != "http" && page.Scheme != "https" {
				return order, errors.New("a page is written as a path, /shop, or as browsers know it, https://www.example.com/shop")
			}
			order.pages, args = append(order.pages, page), args[1:]
		}
	}
	if len(order.pages) == 0 {
		order.pages = []*url.URL{{Path: "/"}}
	}
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return order, err
		}
		given = append(given, cookiesIn(string(text)))
	}
	order.cookie = strings.Join(given, "; ")
	if (file != "" || len(given) > 0) && !strings.Contains(order.cookie, "=") {
		return order, errors.New("a cookie is written name=value, as the browser's developer tools show it")
	}
	return order, nil
}

// cookiesIn reads a file with cookies: name=value in each line, a Cookie header, or what curl and browsers' extensions write, where name
// and value are the last two of seven fields.
func cookiesIn(text string) string {
	var all []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		line = strings.TrimPrefix(line, "#HttpOnly_")
		if header, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(header, "Cookie") {
			line = strings.TrimSpace(value)
		}
		if fields := strings.Split(line, "\t"); len(fields) == 7 {
			line = fields[5] + "=" + fields[6]
		}
		if line = strings.TrimRight(line, "; "); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	return strings.Join(all, "; ")
}

// A checker is one run of check.
type checker struct {
	checkOrder
	*checkReport
	ctx      context.Context
	cfg      *config.Config
	way      proxy.Way
	front    *facade
	about    session.About
	remedies sessionRemedies
	guest    []*http.Cookie // what the site has given to somebody without cookies
	unread   bool           // a store could not be read
}

// Steps that wait for somebody else wait so long.
const (
	checkReach = 5 * time.Second
	checkPage  = 30 * time.Second
	checkStore = 30 * time.Second // all that is looked up in

	checkAnswer = 2 * time.Second // each question to a store: a page has less patience, see [pageWaits]
)

func checkOrdered(ctx context.Context, environ []string, order checkOrder, w io.Writer) int {
	c := &checker{checkOrder: order, checkReport: &checkReport{w: w, json: order.json, colour: order.colour}, ctx: ctx}
	if c.settings(environ) {
		if c.site() {
			for _, page := range c.pages {
				c.page(page)
			}
			c.sessionCookie()
		}
		c.stores()
		c.question()
		c.visitor()
		c.front.close()
	}
	return c.end()
}

// settings reads the settings, and builds what serve would put in front of the site.
func (c *checker) settings(environ []string) (usable bool) {
	cfg, err := load(environ)
	if err == nil {
		c.cfg = cfg
		// What it would log, the steps find out.
		log := slog.New(slog.DiscardHandler)
		var kept *kept
		if kept, err = newKept(cfg, nil, nil, log); err == nil {
			kept.waits = waits{store: checkAnswer, database: checkAnswer}
			c.way = kept.wayNow()
			c.front, err = newFacade(cfg, kept, log)
		}
	}
	if mistakes, ok := errors.AsType[setting.Mistakes](err); ok {
		for _, m := range mistakes {
			c.add(checked{Step: "settings", State: stateFailed, Says: m.Name + " " + m.What, Remedy: m.Remedy})
		}
		return false
	}
	if err != nil {
		c.add(checked{Step: "settings", State: stateFailed, Says: err.Error()})
		return false
	}
	if c.front.source == nil {
		c.add(checked{Step: "settings", State: stateWarning, Says: "TAWK_ENABLED is false: everything passes as it comes",
			Remedy: "set TAWK_ENABLED=true to have pages say who is logged in"})
		return false
	}
	c.about = c.front.source.About()
	c.remedies = newRemedies(cfg, c.about)
	c.add(checked{Step: "settings", Says: "TAWK_SESSION=" + cfg.Session.Kind + c.reading()})
	for _, warning := range cfg.Warnings() {
		says, remedy, _ := strings.Cut(warning, "; ")
		c.add(checked{Step: "settings", State: stateWarning, Says: says, Remedy: remedy})
	}
	return true
}

// reading says how sessions are read: what serve logs of the source.
func (c *checker) reading() string {
	logged, ok := c.front.source.(slog.LogValuer)
	if !ok {
		return ""
	}
	var parts []string
	for _, part := range logged.LogValue().Group() {
		if part.Key != "kind" {
			parts = append(parts, part.String())
		}
	}
	return ": " + strings.Join(parts, ", ")
}

// site connects to the site.
func (c *checker) site() (reached bool) {
	ctx, cancel := context.WithTimeout(c.ctx, checkReach)
	defer cancel()
	if broken, ok := errors.AsType[proxy.Unreachable](proxy.Reach(ctx, c.way)); ok {
		c.add(checked{Step: "site", State: stateFailed, Says: "TAWK_UPSTREAM " + broken.Site + " " + broken.Cause, Remedy: broken.Remedy})
		return false
	}
	c.add(checked{Step: "site", Says: c.way.URL.Redacted() + " can be reached"})
	return true
}

// stores reads what visits are looked up in.
func (c *checker) stores() {
	if c.about.Try == nil {
		return
	}
	ctx, cancel := context.WithTimeout(c.ctx, checkStore)
	defer cancel()
	for _, trial := range c.about.Try(ctx, true) {
		step := checked{Step: "store", Says: trial.Of + ": can be read"}
		if trial.Keys {
			step.Says = trial.Of + ": are there"
		}
		what := trial.Doubt
		if trial.Err != nil {
			step.State, what = stateFailed, trial.Err.Error()
			c.unread = true
		} else if trial.Doubt != "" {
			step.State = stateWarning
		} else if bound := pageWaits().store; trial.Took > bound {
			step.State = stateWarning
			what = fmt.Sprintf("the answer took %s; a page waits no longer than %s", trial.Took.Round(time.Millisecond), bound)
		}
		if what != "" {
			step.Says, step.Remedy = c.remedies.place(trial)+": "+trial.Of+": "+what, c.remedies.trial(trial)
		}
		if trial.Near != "" {
			step.Says += "; there is " + trial.Near
		}
		c.add(step)
	}
}

// isTerminal tells whether somebody sees what is written.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// list joins names.
func list(names []string) string {
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}
