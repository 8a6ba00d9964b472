// Package seal opens envelopes that only the site can have made, signed or encrypted with a key of its own. Nothing is parsed before it
// was verified, and comparisons take the same time whatever they compare. Each format has a file; JSON Web Tokens have several, with the
// sets of keys that others keep.
//
// Of JOSE, go-jose reads encrypted tokens and sets of keys and names the algorithms; signatures are verified by crypto/* (jwt_signature.go)
// and claims compared here. For go-jose signs what it has decoded and encoded anew, so that the padding which AWS signs is lost and stray
// bits of base 64 pass; it decodes claims and reads certificates of the header before it verifies; it refuses secrets shorter than the
// hash, which sites have; and its check of claims counts a token at the second of its end.
package seal
