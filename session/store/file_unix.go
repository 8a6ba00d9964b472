//go:build unix

package store

import "syscall"

// openFlags keep the opening of a file from waiting for somebody to write to a pipe, and from following a link: in a folder
// where everybody may write, anybody can place one.
const openFlags = syscall.O_NONBLOCK | syscall.O_NOFOLLOW
