package main

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// htmlPage returns a page of exactly so many bytes that looks like one of a shop: a head with its styles and scripts, and text that
// compresses as text does. The same size is the same page.
func htmlPage(size int) []byte {
	w := writer{rand: rand.New(rand.NewPCG(1, uint64(size)))}
	w.words = w.vocabulary()
	w.head(size)
	w.WriteString("<body class=\"home page wide\">\n<header><a href=\"/\" class=\"logo\">Teapot Palace</a>\n<nav><ul>\n")
	for i := range min(size/2048, 20) {
		fmt.Fprintf(&w, "<li class=\"menu-item menu-item-%d\"><a href=\"/%s/%s\">%s</a></li>\n", i, w.word(), w.word(), w.text(2))
	}
	w.WriteString("</ul></nav></header>\n<main>\n")
	const end = "</main>\n</body>\n</html>\n"
	for w.Len() < size-len(end)-900 {
		w.article()
	}
	w.WriteString("<p>")
	for w.Len() < size-len(end)-20 {
		w.WriteString(w.word() + " ")
	}
	w.WriteString(strings.Repeat(".", size-len(end)-w.Len()))
	w.WriteString(end)
	return w.Bytes()
}

type writer struct {
	bytes.Buffer
	rand  *rand.Rand
	words []string
}

// head writes one of about a twelfth of the page, but no more than 8 KiB.
func (w *writer) head(size int) {
	fmt.Fprintf(w, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"+
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s | Teapot Palace</title>\n"+
		"<meta name=\"description\" content=\"%s\">\n<link rel=\"canonical\" href=\"https://shop.example/%s/\">\n",
		w.text(4), w.text(12), w.word())
	for w.Len() < min(size/12, 8<<10) {
		switch w.rand.IntN(4) {
		case 0:
			fmt.Fprintf(w, "<link rel=\"stylesheet\" href=\"/static/css/%s.min.css?ver=%x\" media=\"all\">\n", w.word(), w.rand.Uint32())
		case 1:
			fmt.Fprintf(w, "<script src=\"/static/js/%s.min.js?ver=%x\" defer></script>\n", w.word(), w.rand.Uint32())
		case 2:
			fmt.Fprintf(w, "<meta property=\"og:%s\" content=\"%s\">\n", w.word(), w.text(6))
		default:
			fmt.Fprintf(w, "<style>.%s-%s{margin:0 %dpx;padding:%dpx;color:#%06x}</style>\n", w.word(), w.word(), w.rand.IntN(40), w.rand.IntN(40),
				w.rand.IntN(1<<24))
		}
	}
	w.WriteString("</head>\n")
}

// article writes one of less than 900 bytes.
func (w *writer) article() {
	id := w.rand.IntN(1e6)
	fmt.Fprintf(w, "<article class=\"product card\" id=\"product-%d\"><a href=\"/product/%d/%s-%s\" title=\"%s\">"+
		"<img src=\"/images/%x.jpg\" width=\"320\" height=\"240\" alt=\"%s\" loading=\"lazy\"></a>\n<h2>%s</h2>\n<p>%s.</p>\n"+
		"<span class=\"price\">&pound;%d.%02d</span></article>\n",
		id, id, w.word(), w.word(), w.text(3), w.rand.Uint64(), w.text(3), w.text(3), w.text(12+w.rand.IntN(30)), w.rand.IntN(90), w.rand.IntN(100))
}

// vocabulary makes words of one to four syllables.
func (w *writer) vocabulary() (words []string) {
	syllables := strings.Fields("ba ce di fo gu ha il jo ka le mi no or pe qua ri sta te un ver wi ble ing tion ter ly per con ment der the an")
	for range 3000 {
		word := ""
		for range 1 + w.rand.IntN(4) {
			word += syllables[w.rand.IntN(len(syllables))]
		}
		words = append(words, word)
	}
	return words
}

// word picks one: the first ones far more often than the last, as in any language (Zipf's law).
func (w *writer) word() string {
	return w.words[int(math.Exp(w.rand.Float64()*math.Log(float64(len(w.words)))))-1]
}

func (w *writer) text(words int) string {
	text := make([]string, words)
	for i := range text {
		text[i] = w.word()
	}
	return strings.Join(text, " ")
}
