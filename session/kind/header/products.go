package header

import (
	"encoding/base64"
	"net/http"

	"tawkproxy/session"
	"tawkproxy/session/record"
)

// An authProxy is what a product in front sends about the user.
type authProxy struct {
	id, name, email string                           // where they stand
	claims          func(h http.Header) (any, error) // the tree in which they stand; nil: they are names of headers
	family          []string                         // all headers by which the product speaks, as belongs takes them
}

// authProxies are the products by the names under which the operator knows them: documentation of oauth2-proxy
// (--pass-user-headers, --set-xauthrequest), Authelia (trusted header SSO), Tailscale Serve (identity headers), Azure App
// Service (user identities).
var authProxies = map[string]authProxy{
	"": {},
	"oauth2-proxy": {
		id: "X-Forwarded-User", name: "X-Forwarded-Preferred-Username", email: "X-Forwarded-Email",
		family: []string{"X-Forwarded-Groups", "X-Forwarded-Access-Token"},
	},
	"nginx-auth-request": {
		id: "X-Auth-Request-User", name: "X-Auth-Request-Preferred-Username", email: "X-Auth-Request-Email",
		family: []string{"X-Auth-Request-"},
	},
	"authelia": {
		id: "Remote-User", name: "Remote-Name", email: "Remote-Email",
		family: []string{"Remote-"},
	},
	"tailscale": {
		id: "Tailscale-User-Login", name: "Tailscale-User-Name", email: "Tailscale-User-Login",
		family: []string{"Tailscale-"},
	},
	"azure-easyauth": {
		id:     "http://schemas.microsoft.com/identity/claims/objectidentifier",
		name:   "name",
		email:  "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
		claims: azureClaims,
		family: []string{azurePrincipal, azurePrincipal + "-", "X-Ms-Token-"},
	},
}

// azurePrincipal is the header in which Azure's App Service and Container Apps send the claims about a user.
const azurePrincipal = "X-Ms-Client-Principal"

// azureClaims reads that header: base 64 of a JSON object with a list of claims {"typ": …, "val": …}. The tree has the value
// of each type. Types that are there more than once have lists, which are neither ids nor names.
func azureClaims(h http.Header) (any, error) {
	values := h[azurePrincipal]
	switch len(values) {
	case 0:
		return nil, nil
	case 1:
	default:
		return nil, session.Nobodyf(session.Forged, "the header %s is there %d times", azurePrincipal, len(values))
	}
	content, err := base64.StdEncoding.DecodeString(values[0])
	if err != nil {
		return nil, session.Nobodyf(session.Malformed, "the header %s is not base 64", azurePrincipal)
	}
	principal, err := record.ParseJSON(content)
	if err != nil {
		return nil, session.Nobodyf(session.Malformed, "the header %s: %w", azurePrincipal, err)
	}
	list, _ := record.At(principal, "claims")
	claims, _ := list.([]any)
	tree := make(map[string]any, len(claims))
	for _, claim := range claims {
		kind, value := record.TextAt(claim, "typ"), record.TextAt(claim, "val")
		switch before := tree[kind].(type) {
		case nil:
			tree[kind] = value
		case []any:
			tree[kind] = append(before, value)
		default:
			tree[kind] = []any{before, value}
		}
	}
	return tree, nil
}
