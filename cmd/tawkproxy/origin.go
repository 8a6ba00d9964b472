package main

import (
	"net/http"
	"net/url"
	"strings"
)

// fromElsewhere tells whether a page of another origin led to this one, as far as the browser says so: by fetch metadata, or by
// a Referer. R is on its way to the site, so it says by which host and scheme browsers know the site: its X-Forwarded headers
// are those of a trusted proxy, or the program's own.
func fromElsewhere(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "cross-site" || site == "same-site"
	}
	referer := r.Header.Get("Referer")
	if referer == "" {
		return false
	}
	from, err := url.Parse(referer)
	if err != nil || from.Host == "" {
		return true
	}
	// A proxy in front that ends TLS and does not say so is common, one that begins it is not.
	if from.Scheme != "https" && r.Header.Get("X-Forwarded-Proto") == "https" {
		return true
	}
	return !isHost(from, r.Host) && !isHost(from, r.Header.Get("X-Forwarded-Host"))
}

// isHost tells whether an address is on a host as a Host header names it. Proxies in front often leave the port out of that.
func isHost(address *url.URL, host string) bool {
	return strings.EqualFold(address.Host, host) || strings.EqualFold(address.Hostname(), strings.Trim(host, "[]"))
}
