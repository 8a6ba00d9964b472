package config

// phpStore checks that it is said where PHP keeps its sessions, and said once.
func phpStore(kind string, savePath, store Secret) error {
	switch isPHP := kind == "php" || kind == "symfony"; {
	case isPHP && !savePath.IsSet() && !store.IsSet():
		return wrong("write session.save_path as php -i or phpinfo() shows it, or /tmp if it has no value",
			"is required with TAWK_SESSION=%s but not set", kind)
	case isPHP && savePath.IsSet() && store.IsSet():
		return wrong("remove one of them", "says the same as TAWK_SESSION_STORE")
	}
	return nil
}
