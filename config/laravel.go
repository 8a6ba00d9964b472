package config

import (
	"strings"

	"tawkproxy/config/setting"
)

// laravelKeys checks keys by the size that the cipher needs.
func laravelKeys(keys setting.Keys, cipher string) error {
	size := 32
	if strings.Contains(cipher, "128") {
		size = 16
	}
	for i, key := range keys {
		if n := len(key.Reveal()); n != size {
			return setting.Wrong("copy it from .env with the word base64: in front; TAWK_LARAVEL_CIPHER is the cipher in config/app.php",
				"key %d has %d bytes, but %s needs %d", i+1, n, cipher, size)
		}
	}
	return nil
}

// laravelAddress checks that it is said where Laravel keeps its sessions, not only by which driver.
func laravelAddress(kind, address string) error {
	const remedy = "write file:///…/storage/framework/sessions, redis://host:6379/0, database or cookie, as SESSION_DRIVER in .env says"
	switch {
	case kind != "laravel", address == "cookie", address == "database", strings.ContainsAny(address, ":/"):
		return nil
	case address == "":
		return setting.Wrong(remedy, "is required with TAWK_SESSION=laravel but not set")
	}
	return setting.Wrong(remedy, "is not a place of sessions")
}

func minutes(n int) error {
	if n <= 0 || n > 60*24*366*10 {
		return setting.Wrong("write the minutes, such as 120", "%d is not a lifetime", n)
	}
	return nil
}
