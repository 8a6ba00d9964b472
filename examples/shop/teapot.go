package shop

import (
	"fmt"
	"net/http"
	"strconv"
)

// A Teapot is for sale.
type Teapot struct {
	No     int // counted from 1
	Name   string
	Colour string // as the address of its picture has it
	Price  Pence
}

// Pence is an amount of money.
type Pence int

func (p Pence) String() string { return fmt.Sprintf("£%d.%02d", p/100, p%100) }

// Teapots lists all teapots, every shape in every colour and size.
func Teapots() []Teapot {
	var all []Teapot
	for _, shape := range []string{"Brown Betty", "Cadogan", "Dragon", "Globe", "Kyusu", "Mad Hatter", "Samovar", "Yixing"} {
		for _, colour := range []string{"blue", "brown", "green", "pink", "red", "yellow"} {
			for size, litres := range []string{"¼ litre", "½ litre", "¾ litre", "1 litre", "1½ litres", "2 litres", "3 litres"} {
				no := len(all) + 1
				all = append(all, Teapot{no, shape + ", " + colour + ", " + litres, colour, Pence(895 + 350*size + 5*no)})
			}
		}
	}
	return all
}

// Featured are the teapots on the front page.
func (view) Featured() []Teapot {
	var some []Teapot
	for i, t := range Teapots() {
		if i%109 == 10 {
			some = append(some, t)
		}
	}
	return some
}

// teapotNo is the teapot that a form or an address names.
func teapotNo(text string) (Teapot, bool) {
	all := Teapots()
	no, err := strconv.Atoi(text)
	if err != nil || no < 1 || no > len(all) {
		return Teapot{}, false
	}
	return all[no-1], true
}

// teapot is the page of one teapot.
func (s *shop) teapot(w http.ResponseWriter, r *http.Request) {
	v := s.view(s.session(r))
	t, ok := teapotNo(r.FormValue("no"))
	if !ok {
		s.render(w, r, "nowhere", v, notFound)
		return
	}
	v.Teapot = t
	s.render(w, r, "teapot", v, utf8)
}
