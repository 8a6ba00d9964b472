package inject

import (
	"crypto/sha256"
	"fmt"
)

// A fixed is what all pages with the element have in common.
type fixed struct {
	closing []byte // of the element
	policy  policy
	version [sha256.Size]byte // of all this: another script, for one, has another version
}

// fixed makes it once.
func (t *Transport) fixed() *fixed {
	t.fixing.Do(func() {
		t.constant = fixed{
			closing: t.Script.closing(),
			policy:  newPolicy(t.Script.Text, t.Sources, t.ExtendPolicies),
			version: sha256.Sum256(fmt.Appendf(nil, "%q %q %q %t", t.Script.Name, t.Script.Text, t.Sources, t.ExtendPolicies)),
		}
	})
	return &t.constant
}
