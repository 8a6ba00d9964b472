// Package kinds lists every kind of session that there is.
package kinds

import (
	"tawkproxy/config/setting"
	"tawkproxy/session/kind"
	"tawkproxy/session/kind/golang"
	"tawkproxy/session/kind/header"
	"tawkproxy/session/kind/node"
	"tawkproxy/session/kind/php"
	"tawkproxy/session/kind/python"
	"tawkproxy/session/kind/rails"
	"tawkproxy/session/kind/site"
	"tawkproxy/session/kind/sql"
	"tawkproxy/session/kind/token"
)

// All returns the kinds in the order in which they are shown.
func All() []kind.Kind {
	return []kind.Kind{
		site.Site(),
		header.Header(),
		site.Response(),
		sql.SQL(),
		token.CloudflareAccess(),
		token.AWSALB(),
		token.GoogleIAP(),
		token.JWT(),
		php.PHP(),
		php.WordPress(),
		php.Laravel(),
		php.Symfony(),
		rails.Rails(),
		python.Django(),
		python.Flask(),
		node.Express(),
		node.CookieSession(),
		node.Koa(),
		node.Iron(),
		node.Fastify(),
		node.AuthJS(),
		golang.Gorilla(),
		golang.SCS(),
	}
}

// Variants returns the kinds as settings among which the operator chooses, none of them filled in.
func Variants() []setting.Variant {
	var variants []setting.Variant
	for _, k := range All() {
		variants = append(variants, k.Variant())
	}
	return variants
}
