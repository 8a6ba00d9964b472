package main

import (
	"net/http"

	"tawkproxy/config"
	"tawkproxy/inject"
	"tawkproxy/inject/tawk"
)

// newInserter makes what puts the widget's script into pages that come over base, but for what the script hears.
func newInserter(cfg *config.Config, base http.RoundTripper, widget *tawk.Widget) (*inject.Transport, error) {
	inserter := &inject.Transport{
		Base:           base,
		Script:         inject.Script{Name: tawk.Name, Text: tawk.Script()},
		Key:            tawk.Derive(widget.Key, "print"),
		Compress:       inject.Compression(cfg.Page.Compress),
		Sources:        widget.Sources(),
		ExtendPolicies: cfg.Page.CSP == "extend",
		Window:         int(cfg.Page.Window),
		Timeout:        cfg.Page.Timeout,
	}
	for _, list := range []struct {
		from []string
		to   *[]inject.Pattern
	}{{cfg.Page.Include, &inserter.Include}, {cfg.Page.Exclude, &inserter.Exclude}} {
		for _, text := range list.from {
			pattern, err := inject.ParsePattern(text)
			if err != nil {
				return nil, err
			}
			*list.to = append(*list.to, pattern)
		}
	}
	return inserter, inserter.Script.Check()
}
