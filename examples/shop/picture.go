package shop

import (
	"image"
	"image/color"
	"image/gif"
	"net/http"
	"path"
	"strings"
)

type glaze struct{ main, light, dark color.RGBA }

// glazes are the colours in which a teapot comes.
func glazes() map[string]glaze {
	return map[string]glaze{
		"blue":   {rgb(0x3366cc), rgb(0x99bbff), rgb(0x203f88)},
		"brown":  {rgb(0xa06030), rgb(0xe0b080), rgb(0x704018)},
		"green":  {rgb(0x339966), rgb(0x99ddbb), rgb(0x1f6644)},
		"pink":   {rgb(0xff99bb), rgb(0xffddee), rgb(0xcc6688)},
		"red":    {rgb(0xcc3333), rgb(0xff9999), rgb(0x882020)},
		"yellow": {rgb(0xffcc33), rgb(0xffeeaa), rgb(0xbb8800)},
	}
}

// picture draws a sprite as a GIF, a teapot in the colour asked for.
func picture(w http.ResponseWriter, r *http.Request) {
	s, err := loadSprite(strings.TrimSuffix(path.Base(r.URL.Path), ".gif"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if glaze, ok := glazes()[r.FormValue("colour")]; ok {
		s.paint('m', glaze.main)
		s.paint('l', glaze.light)
		s.paint('d', glaze.dark)
	}
	w.Header().Set("Content-Type", "image/gif")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	img := s.image()
	movie := gif.GIF{Image: []*image.Paletted{img}, Delay: []int{80}, Disposal: []byte{gif.DisposalBackground}}
	if s.blinks {
		movie.Image = append(movie.Image, image.NewPaletted(img.Rect, img.Palette))
		movie.Delay = append(movie.Delay, 30)
		movie.Disposal = append(movie.Disposal, gif.DisposalBackground)
	}
	gif.EncodeAll(w, &movie)
}
