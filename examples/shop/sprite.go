package shop

import (
	"bufio"
	"fmt"
	"image"
	"image/color"
	"strconv"
	"strings"
)

// A sprite is a small picture, drawn in a text file: first its palette, one letter and colour a line, then a letter a pixel.
type sprite struct {
	scale   int // pixels of the picture for one of the drawing
	blinks  bool
	palette color.Palette // the first colour is transparent and drawn as a dot
	letters string        // those of the palette, in its order
	rows    []string
}

// loadSprite reads the drawing of that name.
func loadSprite(name string) (sprite, error) {
	s := sprite{scale: 1, palette: color.Palette{color.RGBA{}}, letters: "."}
	text, err := folder.ReadFile("sprites/" + name + ".txt")
	if err != nil {
		return s, err
	}
	head, drawing, _ := strings.Cut(string(text), "\n\n")
	for lines := bufio.NewScanner(strings.NewReader(head)); lines.Scan(); {
		word, value, _ := strings.Cut(lines.Text(), " ")
		var number uint64
		switch word {
		case "scale":
			s.scale, err = strconv.Atoi(value)
		case "blinks":
			s.blinks = true
		default:
			number, err = strconv.ParseUint(value, 16, 24)
			s.paint(word[0], rgb(uint32(number)))
		}
		if err != nil {
			return s, fmt.Errorf("sprite %s: %w", name, err)
		}
	}
	s.rows = strings.Fields(drawing)
	return s, nil
}

// paint gives a letter its colour, or another one.
func (s *sprite) paint(letter byte, c color.RGBA) {
	if i := strings.IndexByte(s.letters, letter); i >= 0 {
		s.palette[i] = c
		return
	}
	s.letters += string(letter)
	s.palette = append(s.palette, c)
}

// rgb is a colour as web pages write it.
func rgb(number uint32) color.RGBA {
	return color.RGBA{byte(number >> 16), byte(number >> 8), byte(number), 255}
}

// image draws the sprite.
func (s sprite) image() *image.Paletted {
	img := image.NewPaletted(image.Rect(0, 0, len(s.rows[0])*s.scale, len(s.rows)*s.scale), s.palette)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			letter := s.rows[y/s.scale][x/s.scale]
			img.SetColorIndex(x, y, uint8(strings.IndexByte(s.letters, letter)))
		}
	}
	return img
}
