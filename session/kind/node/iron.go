package node

import (
	"errors"
	"fmt"

	"tawkproxy/session/cookie"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/seal"
)

// IronOptions describe a site that keeps its sessions with iron-session, or with hapi's cookies in the format iron: JSON in a
// sealed cookie. A seal says when it ends, but not when it was made: a MaxAge cannot be kept.
type IronOptions struct {
	recipe.Setup
	Passwords [][]byte // newest first; the ids that the site gives them are not needed
}

// NewIron makes the recipe. Errors name the option that is wrong.
func NewIron(o IronOptions) (*recipe.Recipe, error) {
	switch {
	case len(o.Passwords) == 0:
		return nil, errors.New("the password is missing")
	case o.MaxAge > 0:
		return nil, errors.New("a seal does not say when it was made, so that a maximum age cannot be kept")
	}
	for i, password := range o.Passwords {
		if len(password) < 32 {
			return nil, fmt.Errorf("password %d has %d bytes; the library demands 32", i+1, len(password))
		}
	}
	return recipe.Remembering(o.Recipe("iron", cookie.Next(), record.ParseJSON, recipe.AtMost(seal.MaxToken), seal.IronPasswords(o.Passwords).Open))
}
