package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"

	"tawkproxy/examples/shop"
	"tawkproxy/examples/widget"
)

// The settings of the demo's stand-in for the chat widget. Its key guards nothing.
const (
	demoProperty = "0123456789abcdef01234567"
	demoKey      = "0123456789abcdef0123456789abcdef01234567"
)

// demo runs the proxy in front of a shop of its own. The chat widget is a stand-in, unless environ names a property or a
// secret key: then it is the real one, which needs both.
func demo(ctx context.Context, environ []string, stdout, stderr io.Writer) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	site, err := serveOnLoopback(ctx, shop.New(shop.Options{}))
	if err != nil {
		return err
	}
	var chat string
	var settings []string
	if isSet(environ, "TAWK_PROPERTY_ID") || isSet(environ, "TAWK_SECRET_KEY") || isSet(environ, "TAWK_SECRET_KEY_FILE") {
		chat = "the real chat widget: look at the visitors in your tawk.to dashboard"
		settings = append(demoSettings(site, "https://embed.tawk.to"), "TAWK_PROPERTY_ID=", "TAWK_SECRET_KEY=")
	} else {
		chat = "a stand-in for the chat widget: its bubble shows whom the support team would see"
		origin, err := serveOnLoopback(ctx, &widget.Server{Key: demoKey})
		if err != nil {
			return err
		}
		settings = demoSettings(site, origin)
	}
	settings = append(settings, "TAWK_ADMIN_LISTEN=127.0.0.1:9180")
	for _, name := range []string{
		"TAWK_LISTEN", "TAWK_ADMIN_LISTEN", "TAWK_PROPERTY_ID", "TAWK_WIDGET_ID", "TAWK_SECRET_KEY", "TAWK_SECRET_KEY_FILE",
		"TAWK_LOGIN", "TAWK_LOG_LEVEL", "TAWK_LOG_FORMAT",
	} {
		if value, ok := lookup(environ, name); ok {
			settings = append(settings, name+"="+value)
		}
	}
	cfg, err := load(settings)
	if err != nil {
		return err
	}
	status := "TAWK_ADMIN_LISTEN is off"
	if cfg.Site.AdminListen != "" {
		status = "http://" + cfg.Site.AdminListen + "/ for how tawkproxy does"
	}
	return serve(ctx, cfg, stderr, outside{ready: func(listen net.Addr) {
		fmt.Fprintf(stdout, `
  Open          http://%s/
  Log in        as Ada, as José or as somebody with a strange name: one click each, on the front page
  And look at   %s
  And at        %s

  A page's head as the shop sends it, and as the browser gets it:

    curl -s %[4]s/ | head
    curl -s http://%[1]s/ | head

  Ctrl-C ends the demo.

`, listen, chat, status, site)
	}})
}

// demoSettings are the settings with which the proxy stands in front of the shop and brings the widget from that origin.
func demoSettings(site, origin string) []string {
	return []string{
		"TAWK_UPSTREAM=" + site,
		"TAWK_LISTEN=127.0.0.1:8080",
		"TAWK_ADMIN_LISTEN=off",
		"TAWK_EMBED_ORIGIN=" + origin,
		"TAWK_PROPERTY_ID=" + demoProperty,
		"TAWK_SECRET_KEY=" + demoKey,
		"TAWK_SESSION=gorilla",
		"TAWK_SESSION_COOKIE=" + shop.Cookie,
		"TAWK_SESSION_KEY=" + shop.DemoKey,
		"TAWK_USER_ID=user_id",
		"TAWK_USER_NAME=user_name",
		"TAWK_USER_EMAIL=user_email",
		"TAWK_CSP=extend",
		"TAWK_LOG_LEVEL=warn",
	}
}

// serveOnLoopback serves handler on a free port until ctx ends, and returns its address as a URL.
func serveOnLoopback(ctx context.Context, handler http.Handler) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: handler}
	context.AfterFunc(ctx, func() { server.Close() })
	go server.Serve(listener)
	return "http://" + listener.Addr().String(), nil
}

func isSet(environ []string, name string) bool {
	value, _ := lookup(environ, name)
	return value != ""
}

// lookup returns the last value of a variable, which is the one that counts.
func lookup(environ []string, name string) (string, bool) {
	for _, line := range slices.Backward(environ) {
		if value, ok := strings.CutPrefix(line, name+"="); ok {
			return value, true
		}
	}
	return "", false
}
