package shop

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"strconv"
)

// wallpaper is a big download: a desktop of 1600 by 1200 teapots, as a BMP of 24 bits a pixel.
func wallpaper(w http.ResponseWriter, _ *http.Request) {
	const width, height, headers = 1600, 1200, 14 + 40
	const size = headers + 3*width*height
	s, err := loadSprite("teapot")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/bmp")
	w.Header().Set("Content-Disposition", `attachment; filename="wallpaper.bmp"`)
	w.Header().Set("Content-Length", strconv.Itoa(size))

	head := []byte("BM")
	head = binary.LittleEndian.AppendUint32(head, size)
	head = binary.LittleEndian.AppendUint32(head, 0)
	head = binary.LittleEndian.AppendUint32(head, headers)
	for _, field := range []uint32{40, width, height, 1 | 24<<16, 0, 0, 2835, 2835, 0, 0} {
		head = binary.LittleEndian.AppendUint32(head, field)
	}
	w.Write(head)

	tile := s.image()
	var row bytes.Buffer
	for y := height - 1; y >= 0; y-- { // a BMP stands on its head
		row.Reset()
		for x := range width {
			r, g, b, _ := tile.At(x%tile.Rect.Dx(), y%tile.Rect.Dy()).RGBA()
			row.Write([]byte{byte(b >> 8), byte(g >> 8), byte(r >> 8)})
		}
		if _, err := w.Write(row.Bytes()); err != nil {
			return // nobody wants it any more
		}
	}
}
