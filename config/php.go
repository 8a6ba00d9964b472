package config

import (
	"slices"
	"strings"

	"tawkproxy/config/setting"
)

// phpStore checks that it is said where PHP keeps its sessions, and said once.
func phpStore(kind string, savePath, store setting.Secret) error {
	switch isPHP := kind == "php" || kind == "symfony"; {
	case isPHP && !savePath.IsSet() && !store.IsSet():
		return setting.Wrong("write session.save_path as php -i or phpinfo() shows it, or /tmp if it has no value; or set TAWK_SESSION_STORE",
			"is required with TAWK_SESSION=%s but not set", kind)
	case isPHP && savePath.IsSet() && store.IsSet():
		return setting.Wrong("remove one of them", "says the same as TAWK_SESSION_STORE")
	}
	return nil
}

// phpAddress finds, in what stands for the address of a store, what PHP programs write elsewhere.
func phpAddress(kind, address string) error {
	scheme, _, isURL := strings.Cut(address, "://")
	_, query, _ := strings.Cut(address, "?")
	switch isPHP := kind == "php" || kind == "symfony"; {
	case isPHP && (isURL && (scheme == "tcp" || scheme == "tls") || !isURL && strings.Contains(address, ";")):
		return setting.Wrong("write it into TAWK_PHP_SAVE_PATH", "is a session.save_path")
	case kind == "wordpress" && address != "":
		return setting.Wrong("remove it: all that is read is in the database of TAWK_USER_DSN", "is not used with TAWK_SESSION=wordpress")
	case kind == "symfony" && strings.Contains(query, "prefix="):
		return setting.Wrong("write what stands there into TAWK_SYMFONY_PREFIX, and the address without it", "names a prefix")
	}
	return nil
}

// phpPath refuses paths that are PHP.
func phpPath(kind, path string) error {
	isPHP := slices.Contains([]string{"php", "symfony", "laravel"}, kind)
	if isPHP && (strings.ContainsAny(path, "$[") || strings.Contains(path, "->")) {
		return setting.Wrong("write user.id for $_SESSION['user']['id'] and for $_SESSION['user']->id", "is written in PHP")
	}
	return nil
}
