package shop

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
)

// takePhotograph takes an upload of any size and form, keeps none of it and says what arrived.
func (s *shop) takePhotograph(w http.ResponseWriter, r *http.Request) {
	sum := sha256.New()
	n, err := io.Copy(sum, r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	v := s.view(s.session(r))
	v.Parcel = fmt.Sprintf("%d bytes, SHA-256 %x", n, sum.Sum(nil))
	s.render(w, r, "photograph", v, utf8)
}
