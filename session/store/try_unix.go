//go:build unix

package store

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// strangers says whose a file is, and whom this program runs as.
func strangers(path string) string {
	info, err := os.Lstat(path)
	if err != nil {
		return ""
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return fmt.Sprintf(": owned by %s, mode %04o, while tawkproxy runs as %s", account(owner.Uid), info.Mode().Perm(), account(uint32(os.Geteuid())))
}

// account names a user of the system.
func account(id uint32) string {
	number := strconv.FormatUint(uint64(id), 10)
	if known, err := user.LookupId(number); err == nil {
		return known.Username
	}
	return "user " + number
}
