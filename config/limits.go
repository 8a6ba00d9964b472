package config

import "tawkproxy/config/setting"

func connections(most int) error {
	if most < 1 || most > 1_000_000 {
		return setting.Wrong("write a number from 1 to 1000000", "is too small or too large")
	}
	return nil
}

// headerSize checks that every browser's requests fit, and that not many can fill the memory.
func headerSize(size setting.Bytes) error {
	if size < 8<<10 || size > 1<<20 {
		return setting.Wrong("write a size from 8KiB to 1MiB", "is too small or too large")
	}
	return nil
}
