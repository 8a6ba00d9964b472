package seal

import (
	"cmp"

	"tawkproxy/session"
)

// StandardClaims completes a mapping by the names that OpenID Connect gives to claims.
func StandardClaims(m session.Mapping) session.Mapping {
	m.ID = cmp.Or(m.ID, "sub")
	m.Name = cmp.Or(m.Name, "name")
	m.Email = cmp.Or(m.Email, "email")
	m.Phone = cmp.Or(m.Phone, "phone_number")
	return m
}
