package setting

import (
	"net/netip"
	"regexp"
	"strings"
	"time"
)

// None makes the word none the empty text, which as a value would count as not set.
func None(text *string) error {
	if *text == "none" {
		*text = ""
	}
	return nil
}

// HeaderName checks a name: a token by RFC 9110 5.6.2.
func HeaderName(name string) error {
	if !regexp.MustCompile("^[0-9A-Za-z!#$%&'*+.^_`|~-]*$").MatchString(name) {
		return Wrong("write the name alone, such as Authorization", "is not the name of a header")
	}
	return nil
}

// CookieName checks a name by what it cannot hold. Sites do give names that are no tokens, as RFC 6265 4.1.1 demands: koa:sess. A
// wrong one is not shown: a session may stand behind it.
func CookieName(name string) error {
	if strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`,;="`, r) }) {
		return Wrong("write the name alone, as the browser's developer tools show it", "is not the name of a cookie")
	}
	return nil
}

// NotNegative checks a length of time that may be nothing.
func NotNegative(d time.Duration) error {
	if d < 0 {
		return Wrong("write a time such as 720h", "is less than nothing")
	}
	return nil
}

// Positive checks a length of time that must be something.
func Positive(d time.Duration) error {
	if d <= 0 {
		return Wrong("write a time such as 5s", "must be more than nothing")
	}
	return nil
}

// TableName checks the name of a table, which may be one of a schema.
func TableName(name string) error {
	if name != "" && !regexp.MustCompile(`^[\pL\pN_$-]+(\.[\pL\pN_$-]+)*$`).MatchString(name) {
		return Wrong("write it without quotes, such as sessions or web.sessions", "%s is not the name of a table", Quote(name))
	}
	return nil
}

// Loopback tells whether a host is this machine: a loopback address, or a name that RFC 6761 6.3 reserves for them.
func Loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback() || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// Databases returns the schemes of databases' addresses.
func Databases() []string { return []string{"mysql", "mariadb", "postgres", "postgresql", "sqlite"} }

// Mongo returns the schemes of MongoDB's addresses.
func Mongo() []string { return []string{"mongodb", "mongodb+srv"} }

// NoQuery is the rule of kinds that say all that is known of a user themselves, so that nothing is looked up.
func NoQuery(common *Common) Rule {
	return Rule{Settings: []string{"TAWK_USER_QUERY"}, Check: func() error {
		if common.User.Query != "" {
			return Wrong("remove it: all details come from where the id comes from", "is not used with TAWK_SESSION=%s", common.Session.Kind)
		}
		return nil
	}}
}
