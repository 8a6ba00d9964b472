package cert

import (
	"net"
	"net/http"
	"regexp"
)

// plainName is a host that can stand in an address as it is.
var plainName = regexp.MustCompile(`^([0-9A-Za-z._-]+|\[[0-9A-Fa-f:.]+\])$`)

// Redirect leads browsers that come without TLS to the same address over https, on its usual port.
func Redirect(w http.ResponseWriter, r *http.Request) {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		if host = name; net.ParseIP(name) != nil && net.ParseIP(name).To4() == nil {
			host = "[" + name + "]"
		}
	}
	w.Header().Set("Connection", "close")
	if !plainName.MatchString(host) {
		http.Error(w, "use https", http.StatusBadRequest)
		return
	}
	status := http.StatusMovedPermanently
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		status = http.StatusPermanentRedirect // so that a form is sent again
	}
	w.Header().Set("Location", "https://"+host+r.URL.RequestURI())
	w.WriteHeader(status)
}
