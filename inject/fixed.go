package inject

import (
	"crypto/sha256"
	"fmt"
)

// A fixed is what all pages with the element have in common.
type fixed struct {
	closing map[form][]byte // of the element
	policy  policy
	version [sha256.Size]byte // of all this: another script, for one, has another version
}

// fixed makes it once.
func (t *Transport) fixed() *fixed {
	t.fixing.Do(func() {
		t.constant = fixed{
			closing: map[form][]byte{},
			policy:  newPolicy(t.Script.Text, t.Sources, t.ExtendPolicies),
			version: sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %t", t.Script.Name, t.Script.Text, t.Script.Src, t.Sources, t.ExtendPolicies)),
		}
		for _, form := range []form{holding, probing, fetching} {
			t.constant.closing[form] = t.Script.closing(form)
		}
	})
	return &t.constant
}
