package tawk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// told is what the script is told about the person. User is the argument of Tawk_API.login, the JSON null for nobody, and
// absent if it cannot be told who is logged in.
type told struct {
	User json.RawMessage `json:"user,omitempty"`
	Mark string          `json:"mark,omitempty"`
}

// page is the whole data attribute.
type page struct {
	told
	Ask   bool   `json:"ask,omitempty"`   // the page does not know; the script shall ask
	Once  bool   `json:"once,omitempty"`  // log in only if the mark is new to this browser
	Embed string `json:"embed,omitempty"` // address of the widget, if it is to be loaded
	Own   string `json:"own"`             // segment of the proxy's own addresses, between slashes
}

// Name is the name of the data attribute, without "data-". The script looks for it.
const Name = "tawkproxy"

// Data returns the data attribute of a page that belongs to one reader, as JSON. It is ASCII and free of < > & ' and {{, and
// the same for the same identity.
func (w *Widget) Data(who Identity) []byte {
	page := w.fixed().page
	told := encode(w.tell(who))
	if len(told) == len("{}") {
		return page
	}
	// One object of the members of both: page has some, too.
	return slices.Concat(told[:len(told)-1], []byte{','}, page[1:])
}

// Ask returns the data attribute of a page that a shared cache may keep: it names nobody, and the script asks the proxy.
// Its form is that of [Widget.Data].
func (w *Widget) Ask() []byte {
	p := w.page(told{})
	p.Ask = true
	return encode(p)
}

// Answer returns what the script hears when it asks: the part of [Widget.Data] that depends on the identity.
func (w *Widget) Answer(who Identity) []byte { return encode(w.tell(who)) }

// Mark returns a short keyed digest of everything that the script is told about the user: another user or another name give
// another mark. It is empty unless somebody is logged in. It does not reveal the user, so a cookie may hold it.
func (w *Widget) Mark(who Identity) string { return w.tell(who).Mark }

func (w *Widget) tell(who Identity) told {
	if !who.Known {
		return told{}
	}
	fields, leftOut := login(w.fixed().hash, who.Visitor)
	if w.Omitted != nil {
		for _, detail := range leftOut {
			w.Omitted(detail)
		}
	}
	if fields == nil {
		return told{User: json.RawMessage("null")}
	}
	user := encode(fields)
	return told{User: user, Mark: mark(w.fixed().mark, who.Visitor.ID, user)}
}

func (w *Widget) page(t told) page {
	p := page{told: t, Once: w.Once, Own: w.segment()}
	if w.Embed {
		p.Embed = w.Origin + "/" + w.PropertyID + "/" + w.WidgetID
	}
	return p
}

// encode returns v as JSON that means the same in every charset which contains ASCII, in a single-quoted attribute and in a
// page whose scripts expand {{ }}. encoding/json escapes < > and & itself; the rest can stand within strings only, where an
// escape is always allowed.
func encode(v any) []byte {
	plain, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings, booleans and maps of strings cannot fail
	}
	if !slices.ContainsFunc(plain, func(c byte) bool { return c == '\'' || c >= 0x7f }) && !bytes.Contains(plain, []byte("{{")) {
		return plain
	}
	plain = bytes.ReplaceAll(plain, []byte("{{"), []byte(`\u007b\u007b`))
	text := make([]byte, 0, len(plain))
	for _, r := range string(plain) {
		switch {
		case r == '\'' || r == 0x7f:
			text = fmt.Appendf(text, `\u%04x`, r)
		case r < utf8.RuneSelf:
			text = append(text, byte(r))
		default:
			for _, unit := range utf16.AppendRune(nil, r) {
				text = fmt.Appendf(text, `\u%04x`, unit)
			}
		}
	}
	return text
}
