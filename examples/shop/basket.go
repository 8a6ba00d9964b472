package shop

import (
	"net/http"
	"strconv"
)

// A Basket is what a customer means to buy. It is kept in the session as a Go value of this type, of which nobody else has
// ever heard.
type Basket struct {
	Lines []Line
	Gift  bool // wants wrapping
}

// A Line is some number of one teapot.
type Line struct{ No, Count int }

// most bounds the lines of a basket, so that it fits into a cookie.
const most = 20

// Teapot is the teapot of the line.
func (l Line) Teapot() Teapot { return Teapots()[l.No-1] }

// Sum is the price of the line.
func (l Line) Sum() Pence { return l.Teapot().Price * Pence(l.Count) }

// Count is how many teapots there are.
func (b Basket) Count() int {
	n := 0
	for _, line := range b.Lines {
		n += line.Count
	}
	return n
}

// Sum is the price of all.
func (b Basket) Sum() Pence {
	var sum Pence
	for _, line := range b.Lines {
		sum += line.Sum()
	}
	return sum
}

// put adds teapots, if the basket has room.
func (b *Basket) put(no, count int) {
	for i := range b.Lines {
		if b.Lines[i].No == no {
			b.Lines[i].Count += count
			return
		}
	}
	if len(b.Lines) < most {
		b.Lines = append(b.Lines, Line{no, count})
	}
}

// putIntoBasket answers with the basket's page itself, so that reloading it puts the same teapots in again.
func (s *shop) putIntoBasket(w http.ResponseWriter, r *http.Request) {
	t, ok := teapotNo(r.PostFormValue("no"))
	count, err := strconv.Atoi(r.PostFormValue("count"))
	if !ok || err != nil || count < 1 || count > 99 {
		http.Error(w, "That is not one of our teapots, or not a number of them.", http.StatusBadRequest)
		return
	}
	session := s.session(r)
	basket, _ := session.Values["basket"].(Basket)
	basket.put(t.No, count)
	session.Values["basket"] = basket
	if s.save(w, r, session) {
		s.render(w, r, "basket", s.view(session), private)
	}
}
