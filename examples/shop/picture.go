package shop

import (
	"image"
	"image/gif"
	"net/http"
	"path"
	"strings"
)

// glazes are the colours in which a teapot comes: the main colour, the light and the dark side.
func glazes() map[string][3]string {
	return map[string][3]string{
		"blue":   {"3366cc", "99bbff", "203f88"},
		"brown":  {"a06030", "e0b080", "704018"},
		"green":  {"339966", "99ddbb", "1f6644"},
		"pink":   {"ff99bb", "ffddee", "cc6688"},
		"red":    {"cc3333", "ff9999", "882020"},
		"yellow": {"ffcc33", "ffeeaa", "bb8800"},
	}
}

// picture draws a sprite as a GIF, a teapot in the colour asked for.
func picture(w http.ResponseWriter, r *http.Request) {
	s, err := loadSprite(strings.TrimSuffix(path.Base(r.URL.Path), ".gif"))
	if glaze, ok := glazes()[r.FormValue("colour")]; ok && err == nil {
		for i, letter := range []string{"m", "l", "d"} {
			if err == nil {
				err = s.paint(letter, glaze[i])
			}
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/gif")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	img := s.image()
	movie := &gif.GIF{Image: []*image.Paletted{img}, Delay: []int{0}}
	if s.blinks {
		gone := image.NewPaletted(img.Rect, img.Palette)
		movie = &gif.GIF{
			Image:    []*image.Paletted{img, gone},
			Delay:    []int{80, 30},
			Disposal: []byte{gif.DisposalBackground, gif.DisposalBackground},
		}
	}
	gif.EncodeAll(w, movie)
}
