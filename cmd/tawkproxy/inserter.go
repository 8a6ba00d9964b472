package main

import (
	"io"
	"net/http"

	"tawkproxy/config"
	"tawkproxy/inject"
	"tawkproxy/inject/tawk"
)

// pageHooks are what is called for pages: see the fields of their names in [inject.Transport].
type pageHooks struct {
	data    func(answer *http.Response, shared bool) inject.Payload
	copy    func(answer *http.Response) io.Writer
	reached func(page *http.Request) bool
	observe func(r *http.Request, verdict inject.Reason, err error)
	placed  func(r *http.Request, i inject.Insertion)
	warn    func(r *http.Request, warnings []inject.Warning)
}

// inserting is the layer that puts the widget's script into pages, or where they load it.
func inserting(cfg *config.Config, widget *tawk.Widget, file *tawk.File, hooks pageHooks) (func(http.RoundTripper) http.RoundTripper, error) {
	include, err := patterns(cfg.Page.Include)
	if err != nil {
		return nil, err
	}
	exclude, err := patterns(cfg.Page.Exclude)
	if err != nil {
		return nil, err
	}
	script := inject.Script{Name: tawk.Name, Text: tawk.Script()}
	if cfg.Page.Script == "auto" {
		script.Src = file.Path(widget.Own)
	}
	return func(base http.RoundTripper) http.RoundTripper {
		return &inject.Transport{
			Base:           base,
			Script:         script,
			Reached:        hooks.reached,
			Key:            tawk.Derive(widget.Key, "print"),
			Include:        include,
			Exclude:        exclude,
			Compress:       inject.Compression(cfg.Page.Compress),
			Sources:        widget.Sources(),
			ExtendPolicies: cfg.Page.CSP == "extend",
			Window:         int(cfg.Page.Window),
			Timeout:        cfg.Page.Timeout,
			Data:           hooks.data,
			Copy:           hooks.copy,
			Observe:        hooks.observe,
			Placed:         hooks.placed,
			Warn:           hooks.warn,
		}
	}, script.Check()
}

func patterns(texts []string) ([]inject.Pattern, error) {
	var all []inject.Pattern
	for _, text := range texts {
		pattern, err := inject.ParsePattern(text)
		if err != nil {
			return nil, err
		}
		all = append(all, pattern)
	}
	return all, nil
}
