package shop

import (
	"encoding/json"
	"net/http"
)

// stock lists the teapots for machines.
func stock(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(Teapots())
}
