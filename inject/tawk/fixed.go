package tawk

// A fixed is what all pages with a widget have in common.
type fixed struct {
	page       []byte // the data attribute, without what is told about the person: never an empty object
	hash, mark *signer
}

// fixed makes it once.
func (w *Widget) fixed() *fixed {
	w.fixing.Do(func() {
		w.constant = fixed{
			page: encode(w.page(told{})),
			hash: newSigner(w.Key),
			mark: marker(w.Key, w.PropertyID),
		}
	})
	return &w.constant
}
