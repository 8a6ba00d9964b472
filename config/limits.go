package config

import (
	"time"

	"tawkproxy/config/setting"
)

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

// stopDelay keeps the delay within what those who stop programs are willing to wait.
func stopDelay(d time.Duration) error {
	if d < 0 || d > 5*time.Minute {
		return setting.Wrong("write a time such as 3s, at most 5m, or 0s", "is too short or too long")
	}
	return nil
}

// stopTimeout leaves out 0, which would cut off even what is almost done.
func stopTimeout(d time.Duration) error {
	if d <= 0 || d > time.Hour {
		return setting.Wrong("write a time such as 6s, at most 1h", "is too short or too long")
	}
	return nil
}
