package config

import (
	"regexp"

	"tawkproxy/config/setting"
)

// tablePrefix checks a prefix by the rule of WordPress.
func tablePrefix(prefix string) error {
	if !regexp.MustCompile(`^[A-Za-z0-9_]+$`).MatchString(prefix) {
		return setting.Wrong("write $table_prefix of wp-config.php without its quotes, such as wp_",
			"%s is not the beginning of tables' names", setting.Quote(prefix))
	}
	return nil
}
