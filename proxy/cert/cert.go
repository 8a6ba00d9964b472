// Package cert has the certificates that browsers see.
//
//	files.go      from two files, read again when they change
//	acme.go       by ACME (RFC 8555), from an authority such as Let's Encrypt
//	redirect.go   what answers without TLS beside them
//	pem.go        what such files hold, and what is wrong with them
//	expiring.go   the warning of one that ends soon
package cert
