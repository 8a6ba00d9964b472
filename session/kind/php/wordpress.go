package php

import (
	"cmp"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
)

// WordPress is the kind of WordPress sites.
func WordPress() kind.Kind {
	return kind.Kind{
		Name: "wordpress", Title: "WordPress. The names are those of wp-config.php",
		Guide: "a WordPress site",
		Needs: []string{"TAWK_USER_DSN"},
		Keys:  []string{"TAWK_WORDPRESS_LOGGED_IN_KEY", "TAWK_WORDPRESS_LOGGED_IN_SALT"},
		Signs: kind.Signs{Cookies: []string{"wordpress_*", "wp-settings-*"}, Headers: []string{"X-Pingback: "},
			Generators: []string{"WordPress"}},
		Find: findWordPress,
		New:  func() kind.Settings { return new(WordPressOptions) },
	}
}

// WordPressOptions describe a WordPress site. What proves a login is the cookie wordpress_logged_in_<hash>, in which a user's
// name, an end and a token are signed; but only the site's database tells whether the user has not logged out or changed the
// password since. The names are those of wp-config.php.
//
// Store is not used. An empty Cookie stands for wordpress_logged_in_<hash>, where the hash is that of the site's address in the
// database.
// Paths are columns of the table users: id, user_login, user_nicename, user_email and display_name. Empty ones of the mapping
// are id, display_name and user_email.
type WordPressOptions struct {
	recipe.Setup

	// `LOGGED_IN_KEY`, without the quotes around it, or as `base64:…`. Not set: it is not in wp-config.php either, but in the
	// database.
	LoggedInKey setting.Secret `env:"TAWK_WORDPRESS_LOGGED_IN_KEY"`

	// `LOGGED_IN_SALT`, likewise.
	LoggedInSalt setting.Secret `env:"TAWK_WORDPRESS_LOGGED_IN_SALT"`

	// `$table_prefix`: what the names of the tables begin with.
	TablePrefix string `env:"TAWK_WORDPRESS_TABLE_PREFIX" envDefault:"wp_"`

	// `MULTISITE`: whether this is a network of sites.
	Multisite bool `env:"TAWK_WORDPRESS_MULTISITE" envDefault:"false"`

	Database *store.Database
}

func (w *WordPressOptions) Rules(*setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_WORDPRESS_TABLE_PREFIX"}, Check: func() error { return tablePrefix(w.TablePrefix) }},
		{Settings: []string{"TAWK_WORDPRESS_LOGGED_IN_KEY"}, Check: func() error { return setting.ReadKey(&w.LoggedInKey) }},
		{Settings: []string{"TAWK_WORDPRESS_LOGGED_IN_SALT"}, Check: func() error { return setting.ReadKey(&w.LoggedInSalt) }},
	}
}

// tablePrefix checks a prefix, which becomes part of the queries, by the rule of WordPress (wpdb::set_prefix).
func tablePrefix(prefix string) error {
	if !regexp.MustCompile(`\A[A-Za-z0-9_]+\z`).MatchString(prefix) {
		return setting.Wrong("write $table_prefix of wp-config.php without its quotes, such as wp_",
			"%s is not the beginning of tables' names", setting.Quote(prefix))
	}
	return nil
}

func (w *WordPressOptions) Open(site kind.Site) (session.Source, error) {
	w.Setup, w.Database = site.Setup(), site.Database
	return NewWordPress(*w)
}

// wordPressCookie begins the name of the cookie that is sent to every page of the site (wp-includes/default-constants.php). The
// hash behind it is 32 hex digits, if COOKIEHASH is not set to something else.
const wordPressCookie = "wordpress_logged_in_"

// NewWordPress makes the recipe. Errors name the option that is wrong.
func NewWordPress(o WordPressOptions) (*recipe.Recipe, error) {
	if o.Database == nil {
		return nil, errors.New("the site's database is missing")
	}
	if err := tablePrefix(o.TablePrefix); err != nil {
		return nil, err
	}
	o.Mapping.ID = cmp.Or(o.Mapping.ID, "id")
	o.Mapping.Name = cmp.Or(o.Mapping.Name, "display_name")
	o.Mapping.Email = cmp.Or(o.Mapping.Email, "user_email")
	site := &wordPress{WordPressOptions: o}
	readers := []cookie.Reader{cookie.RawPHPCookies} // PHP has written names in two ways; see login
	if o.Cookie != "" {
		return o.Recipe("wordpress", readers, nil, site.login)
	}
	o.Cookie = wordPressCookie + "…"
	recipe, err := o.Recipe("wordpress", readers, nil, site.named, site.login)
	if err != nil {
		return nil, err
	}
	recipe.Values = func(cookies cookie.Cookies) (sessions []cookie.Cookie) {
		for _, cookie := range cookies {
			if strings.HasPrefix(cookie.Name, wordPressCookie) {
				sessions = append(sessions, cookie)
			}
		}
		return sessions
	}
	return recipe, nil
}

// wordPress checks the logins of one site.
type wordPress struct {
	WordPressOptions
	stored wordPressStored
}

// A wordPressLogin is the content of a cookie: login|expiration|token|mac.
type wordPressLogin struct{ user, expiration, token, mac string }

// The longest cookie that can be genuine: a login has at most 60 characters.
const maxWordPressCookie = 1024

// parseWordPress reads the decoded value of a cookie, and when the session ends by its word.
func parseWordPress(value string) (login wordPressLogin, ends time.Time, err error) {
	parts := strings.Split(value, "|")
	if len(parts) != 4 {
		return login, ends, session.Nobodyf(session.Malformed, "a cookie of %d parts, not 4", len(parts))
	}
	ends, ok := recipe.LastOf(parts[1])
	if !ok {
		return login, ends, session.Nobodyf(session.Malformed, "a cookie whose second part is not a time")
	}
	return wordPressLogin{parts[0], parts[1], parts[2], parts[3]}, ends, nil
}

// named is the step that looks at the cookie's name (wp_cookie_constants in wp-includes/default-constants.php). The signature says nothing
// of it, so a member could plant an own login under another hash on somebody else, of whom the site then knows nothing.
func (w *wordPress) named(ctx context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
	if v.Trial() {
		_, err := w.readStored(ctx)
		return s, recipe.TriedTable(ctx, v, w.Database, "the database's table "+w.TablePrefix+"options", err)
	}
	stored, err := w.stored.get(ctx, w, v.Now)
	if err != nil {
		return s, err
	}
	for _, address := range stored["siteurl"] {
		hash := md5.Sum([]byte(address))
		if s.Cookie == wordPressCookie+hex.EncodeToString(hash[:]) {
			return s, nil
		}
	}
	return s, session.Nobodyf(session.Forged, "the hash in the cookie's name is not that of siteurl in the database; if WP_SITEURL or COOKIEHASH in "+
		"wp-config.php says otherwise, TAWK_SESSION_COOKIE is the whole name of the cookie")
}

// login is the step from the cookie's value to the user's row. A name with a blank in it was written by a PHP of today or by an
// old one; only the way in which it was can lead to a signature that fits.
func (w *wordPress) login(ctx context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
	if v.Trial() {
		_, err := w.user(ctx, "")
		return s, recipe.TriedTable(ctx, v, w.Database, "the database's tables "+w.TablePrefix+"users and "+w.TablePrefix+"usermeta", err)
	}
	value := string(s.Data)
	if len(value) > maxWordPressCookie {
		return s, session.Nobodyf(session.Malformed, "a cookie of more than %d bytes", maxWordPressCookie)
	}
	found, err := w.check(ctx, v, cookie.PhpCookieValue(value))
	if reason, _ := session.NobodyReason(err); reason == session.Forged && strings.Contains(value, "+") {
		return w.check(ctx, v, cookie.OldPHPCookieValue(value))
	}
	return found, err
}

// check takes a cookie's decoded value to the user's row (wp_validate_auth_cookie in wp-includes/pluggable.php).
func (w *wordPress) check(ctx context.Context, v *recipe.Visit, value string) (s recipe.State, err error) {
	login, ends, err := parseWordPress(value)
	if err != nil {
		return s, err
	}
	if !v.Now.Before(ends) {
		return s, session.Nobodyf(session.Expired, "ended at %s", ends.UTC().Format(time.RFC3339))
	}
	user, err := w.user(ctx, login.user)
	if err != nil {
		return s, err
	}
	secret, err := w.secret(ctx, v.Now)
	if err != nil {
		return s, err
	}
	if !login.signed(secret, record.Text(user["user_pass"])) {
		return s, session.Nobodyf(session.Forged, "the signature does not fit the keys and the user's password of today")
	}
	v.Tell("its signature fits the keys and the user's password")
	token, err := findToken(record.Text(user["session_tokens"]), login.token)
	if err != nil {
		return s, err
	}
	if !v.Now.Before(token.ends) {
		return s, session.Nobodyf(session.Expired, "the site's record of the login has ended")
	}
	v.Tell("the site remembers the login")
	delete(user, "user_pass")
	delete(user, "session_tokens")
	return recipe.State{Values: map[string]any(user), Issued: token.issued, Expires: ends}, nil
}

// user finds the row of a login name, with the user's session tokens.
func (w *wordPress) user(ctx context.Context, name string) (store.Row, error) {
	began := w.Watch.Begin()
	rows, err := w.Database.Query(ctx, fmt.Sprintf(`SELECT u.ID, u.user_login, u.user_nicename, u.user_email, u.display_name,
		u.user_pass, %s AS session_tokens
		FROM %susers u LEFT JOIN %[2]susermeta m ON m.user_id = u.ID AND m.meta_key = 'session_tokens'
		WHERE u.user_login = ?`, w.Database.Dialect.Bounded("m.meta_value", record.MaxRecord), w.TablePrefix), name)
	w.Watch.End(session.Sessions, began)
	if err != nil {
		return nil, &store.TableError{Table: w.TablePrefix + "users", Err: err}
	}
	for _, row := range rows {
		if record.Text(row["user_login"]) == name { // MySQL takes é for e
			return row, nil
		}
	}
	return nil, session.Nobodyf(session.Forged, "the site has no user of that name")
}
