package php

import (
	"regexp"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// WordPress is the kind of WordPress sites.
func WordPress() kind.Kind {
	return kind.Kind{
		Name: "wordpress", Title: "WordPress. The names are those of wp-config.php",
		Guide: "a WordPress site",
		Needs: []string{"TAWK_USER_DSN"},
		Keys:  []string{"TAWK_WORDPRESS_LOGGED_IN_KEY", "TAWK_WORDPRESS_LOGGED_IN_SALT"},
		New:   func() kind.Settings { return new(wordPressSettings) },
	}
}

type wordPressSettings struct {
	// `LOGGED_IN_KEY`, without the quotes around it. Not set: it is not in wp-config.php either, but in the database.
	LoggedInKey setting.Secret `env:"TAWK_WORDPRESS_LOGGED_IN_KEY"`

	// `LOGGED_IN_SALT`, likewise.
	LoggedInSalt setting.Secret `env:"TAWK_WORDPRESS_LOGGED_IN_SALT"`

	// `$table_prefix`: what the names of the tables begin with.
	TablePrefix string `env:"TAWK_WORDPRESS_TABLE_PREFIX" envDefault:"wp_"`

	// `MULTISITE`: whether this is a network of sites.
	Multisite bool `env:"TAWK_WORDPRESS_MULTISITE" envDefault:"false"`
}

func (w *wordPressSettings) Rules(*setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_WORDPRESS_TABLE_PREFIX"}, Check: func() error { return tablePrefix(w.TablePrefix) }},
	}
}

// tablePrefix checks a prefix by the rule of WordPress.
func tablePrefix(prefix string) error {
	if !regexp.MustCompile(`^[A-Za-z0-9_]+$`).MatchString(prefix) {
		return setting.Wrong("write $table_prefix of wp-config.php without its quotes, such as wp_",
			"%s is not the beginning of tables' names", setting.Quote(prefix))
	}
	return nil
}

func (w *wordPressSettings) Open(site kind.Site) (session.Source, error) {
	return NewWordPress(WordPressOptions{Setup: site.Setup(), Database: site.Database, TablePrefix: w.TablePrefix,
		Multisite: w.Multisite, LoggedInKey: w.LoggedInKey.Reveal(), LoggedInSalt: w.LoggedInSalt.Reveal()})
}
