// Package setting is what a struct of settings is made of, for config and for whoever else has settings: the types of values
// that environment variables hold, and mistakes with their remedies.
//
//	secret.go    a text that shows itself to nobody
//	key.go       keys of a cipher or a signature
//	size.go      a number of bytes
//	pair.go      name=value
//	check.go     checks that several settings share
//	mistake.go   what is wrong with a setting, and what to write instead
package setting
