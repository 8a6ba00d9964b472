package main

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
	"tawkproxy/inject"
)

// TestServerPages asks real web servers for what they write themselves: listings of folders, and error pages.
func TestServerPages(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starting three web servers takes seconds")
	}
	t.Parallel()
	folder := needFile(t, "apache2-doc", "/usr/share/doc/apache2-doc")
	paths := strings.Fields("/ /nowhere /nowhere.html /manual/style/ /manual/images/?C=S;O=D /forbidden /moved /%00 /%ff")

	t.Run("Apache", func(t *testing.T) {
		t.Parallel()
		addr, here := testenv.FreeAddr(t), t.TempDir()
		var config strings.Builder
		for _, module := range strings.Fields("mpm_prefork authz_core dir autoindex mime negotiation alias include deflate filter") {
			fmt.Fprintf(&config, "LoadModule %s_module /usr/lib/apache2/modules/mod_%[1]s.so\n", module)
		}
		fmt.Fprintf(&config, `ServerName site.example
Listen %s
User www-data
Group www-data
PidFile %s/pid
ErrorLog %[2]s/log
TypesConfig /etc/mime.types
DocumentRoot %s
IndexOptions FancyIndexing HTMLTable
Alias /error/ "/usr/share/apache2/error/"
<Directory "/usr/share/apache2/error">
	Options IncludesNoExec
	AddOutputFilter Includes html
	AddHandler type-map var
	AddOutputFilterByType DEFLATE text/html
</Directory>
<Directory %[3]s>
	Options Indexes MultiViews
	AddOutputFilterByType DEFLATE text/html
</Directory>
<Location /forbidden>
	Require all denied
</Location>
Redirect /moved /manual/
`, addr, here, folder)
		for _, language := range languages {
			fmt.Fprintf(&config, "AddLanguage %s .%s\n", language, strings.ToLower(language))
		}
		config.WriteString("LanguagePriority en\nForceLanguagePriority Prefer Fallback\n")
		for code, name := range map[int]string{400: "BAD_REQUEST", 403: "FORBIDDEN", 404: "NOT_FOUND"} {
			fmt.Fprintf(&config, "ErrorDocument %d /error/HTTP_%s.html.var\n", code, name)
		}
		write(t, here+"/conf", config.String())
		runServer(t, exec.Command(testenv.Need(t, "apache2", "/usr/sbin/apache2"), "-X", "-f", here+"/conf"))
		lost := make([]string, len(languages)) // in another language each
		for i := range lost {
			lost[i] = fmt.Sprintf("/nowhere/%d", i)
		}
		await(t, "http://"+addr+"/")
		newCrawl(t, behind(t, "http://"+addr)).from(200, append(lost, paths...)...).explain(45, inject.Status)
	})
	t.Run("nginx", func(t *testing.T) {
		t.Parallel()
		addr, here := testenv.FreeAddr(t), t.TempDir()
		write(t, here+"/conf", fmt.Sprintf(`daemon off; master_process off; pid %s/pid; error_log stderr crit; events {}
http {
	access_log off; client_body_temp_path %[1]s; proxy_temp_path %[1]s;
	fastcgi_temp_path %[1]s; uwsgi_temp_path %[1]s; scgi_temp_path %[1]s;
	include /etc/nginx/mime.types; gzip on; gzip_min_length 1; charset utf-8;
	server {
		listen %s; root %s; autoindex on; index none;
		location /forbidden { deny all; }
		location /moved { return 301 /manual/; }
	}
}`, here, addr, folder))
		runServer(t, exec.Command(testenv.Need(t, "nginx", "/usr/sbin/nginx"), "-c", here+"/conf"))
		await(t, "http://"+addr+"/")
		newCrawl(t, behind(t, "http://"+addr)).from(200, paths...).explain(25, inject.Status)
	})
	t.Run("lighttpd", func(t *testing.T) {
		t.Parallel()
		addr, here := testenv.FreeAddr(t), t.TempDir()
		host, port, _ := strings.Cut(addr, ":")
		write(t, here+"/conf", fmt.Sprintf(`server.bind = "%s"
server.port = %s
server.document-root = "%s"
server.modules = ("mod_access", "mod_dirlisting", "mod_redirect")
server.dir-listing = "enable"
dir-listing.encoding = "utf-8"
url.redirect = ("^/moved" => "/manual/")
$HTTP["url"] =~ "^/forbidden" { url.access-deny = ("") }
mimetype.assign = (".html" => "text/html", ".css" => "text/css", ".png" => "image/png", ".gif" => "image/gif")
`, host, port, folder))
		runServer(t, exec.Command(testenv.Need(t, "lighttpd", "/usr/sbin/lighttpd"), "-D", "-f", here+"/conf"))
		await(t, "http://"+addr+"/")
		newCrawl(t, behind(t, "http://"+addr)).from(200, paths...).explain(25, inject.Status)
	})
}

// behind is a site that listens somewhere else.
func behind(t *testing.T, address string) http.Handler {
	t.Helper()
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host }}
}
