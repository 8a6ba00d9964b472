//go:build !unix

package store

// openFlags is empty where there are neither pipes among files nor folders in which everybody may write.
const openFlags = 0
