package config

import "regexp"

// tablePrefix checks a prefix by the rule of WordPress.
func tablePrefix(prefix string) error {
	if !regexp.MustCompile(`^[A-Za-z0-9_]+$`).MatchString(prefix) {
		return wrong("write $table_prefix of wp-config.php without its quotes, such as wp_",
			"%s is not the beginning of tables' names", quote(prefix))
	}
	return nil
}
