package shop

import "net/http"

// asset serves the shop's style sheet and script.
func asset(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "public, max-age=86400")
	http.ServeFileFS(w, r, folder, "files"+r.URL.Path)
}
