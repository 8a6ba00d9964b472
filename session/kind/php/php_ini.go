package php

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"tawkproxy/session/folder"
	"tawkproxy/session/kind"
)

// An ini is the settings of PHP in force for a site, each with the file that says so.
type ini map[string]struct{ value, from string }

// Where PHP's settings stand, of Debian, of Red Hat, of the images for Docker and of a PHP that was compiled by hand: the file, those
// that are read after it, and those of the pools of PHP-FPM. What serves websites comes first.
var iniPlaces = []struct{ main, more, pools string }{
	{"etc/php/*/apache2/php.ini", "conf.d/*.ini", ""},
	{"etc/php/*/fpm/php.ini", "conf.d/*.ini", "pool.d/*.conf"},
	{"etc/php/*/cgi/php.ini", "conf.d/*.ini", ""},
	{"etc/php.ini", "php.d/*.ini", "php-fpm.d/*.conf"},
	{"usr/local/etc/php/php.ini", "conf.d/*.ini", "../php-fpm.d/*.conf"},
	{"usr/local/lib/php.ini", "", ""},
	{"etc/php/*/cli/php.ini", "conf.d/*.ini", ""},
}

var (
	iniLine   = regexp.MustCompile(`(?m)^[ \t]*((?:session|memcached?)\.[a-z_]+)[ \t]*=[ \t]*(.*)$`)
	poolLine  = regexp.MustCompile(`(?m)^[ \t]*php(?:_admin)?_value\[((?:session|memcached?)\.[a-z_]+)\][ \t]*=[ \t]*(.*)$`)
	htaccess  = regexp.MustCompile(`(?mi)^[ \t]*php(?:_admin)?_value[ \t]+((?:session|memcached?)\.[a-z_]+)[ \t]+(.*)$`)
	iniSet    = regexp.MustCompile(`(?i)\bini_set\s*\(\s*['"]((?:session|memcached?)\.[a-z_]+)['"]\s*,\s*['"]([^'"$]*)['"]\s*\)`)
	setByCall = regexp.MustCompile(`(?i)\bsession_(name|save_path)\s*\(\s*['"]([^'"$]+)['"]\s*\)`)
)

// readIni finds PHP's settings as the web server has them, which cannot be asked: by where they usually stand. What a folder of the
// site says in .user.ini or .htaccess counts more, and what the site's code says most.
func readIni(f *folder.Folder, found *kind.Finding) ini {
	settings := ini{}
	main := ""
	for _, place := range iniPlaces {
		names := f.OnMachine(place.main)
		for _, name := range slices.Backward(names) { // the newest version of PHP
			one := ini{}
			one.take(iniLine, f.Machine(name), "/"+name)
			for _, more := range []struct {
				pattern string
				line    *regexp.Regexp
			}{{place.more, iniLine}, {place.pools, poolLine}} {
				if more.pattern == "" {
					continue
				}
				for _, file := range f.OnMachine(path.Join(path.Dir(name), more.pattern)) {
					one.take(more.line, f.Machine(file), "/"+file)
				}
			}
			if main == "" {
				main, settings = "/"+name, one
			} else if !strings.Contains(name, "/cli/") && one["session.save_path"].value != settings["session.save_path"].value {
				found.Note("session.save_path is another one in /" + name + "; phpinfo() of the site shows which of them counts")
			}
		}
	}
	settings.take(iniLine, f.Text(".user.ini"), ".user.ini")
	settings.take(htaccess, f.Text(".htaccess"), ".htaccess")
	if settings["session.save_path"].value == "" {
		settings["session.save_path"] = struct{ value, from string }{compiledSavePath(f, found), cmp.Or(main, "no php.ini") + ", which names none"}
	}
	return settings
}

// take reads the lines of one file.
func (i ini) take(line *regexp.Regexp, text, from string) {
	for _, m := range line.FindAllStringSubmatch(text, -1) {
		i.set(m[1], m[2], from)
	}
}

func (i ini) set(name, value, from string) {
	value = strings.TrimSpace(value)
	if quoted := strings.Trim(value, `"'`); len(quoted) < len(value) && (value[0] == '"' || value[0] == '\'') {
		value, _, _ = strings.Cut(value[1:], value[:1])
	} else {
		value, _, _ = strings.Cut(value, ";")
	}
	i[name] = struct{ value, from string }{strings.TrimSpace(value), from}
}

// compiledSavePath is what PHP takes where no setting names a folder: Debian and Red Hat have compiled in one of their own.
func compiledSavePath(f *folder.Folder, found *kind.Finding) string {
	for _, at := range []string{"var/lib/php/sessions", "var/lib/php/session"} {
		if len(f.OnMachine(at)) > 0 {
			return "/" + at
		}
	}
	found.Note("PHP has no session.save_path, which means /tmp; a web server that systemd runs with PrivateTmp has another /tmp than tawkproxy")
	return "/tmp"
}

// code takes what the site's own code says to PHP.
func (i ini) code(name, text string) {
	for _, m := range iniSet.FindAllStringSubmatch(text, -1) {
		i.set(strings.ToLower(m[1]), m[2], name)
	}
	for _, m := range setByCall.FindAllStringSubmatch(text, -1) {
		i.set("session."+strings.ToLower(m[1]), m[2], name)
	}
}

// tell adds the settings of PHP's own sessions.
func (i ini) tell(found *kind.Finding) {
	handler, place := i["session.save_handler"], i["session.save_path"]
	switch handler.value {
	case "", "files", "redis", "rediscluster":
		found.Set("TAWK_PHP_SAVE_PATH", place.value, place.from)
	case "memcached", "memcache":
		i.tellMemcached(found)
	default:
		found.Ask("TAWK_PHP_SAVE_PATH", "", "sessions are kept by the handler "+handler.value+" ("+handler.from+
			"), which cannot be read; start again with --kind site, which asks the site itself")
	}
	if as := i["session.serialize_handler"]; as.value != "" && as.value != "php" {
		found.Set("TAWK_PHP_SERIALIZE_HANDLER", as.value, as.from)
	}
	if name := i["session.name"]; name.value != "" && name.value != "PHPSESSID" {
		found.Set("TAWK_SESSION_COOKIE", name.value, name.from)
	}
}
