package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// nginxMark stands in what nginx inserts, which is about as long as the element of tawkproxy.
const nginxMark = "data-nginx"

// findNginx returns where nginx is installed, which need not be on the path of those who are not root.
func findNginx() (path string, err error) {
	if path, err = exec.LookPath("nginx"); err != nil {
		path, err = exec.LookPath("/usr/sbin/nginx")
	}
	return path, err
}

// nginxVersion returns ", nginx 1.22.1", or nothing if there is none.
func nginxVersion(ctx context.Context) string {
	path, err := findNginx()
	if err != nil {
		return ""
	}
	said, _ := exec.CommandContext(ctx, path, "-v").CombinedOutput()
	_, version, _ := strings.Cut(strings.TrimSpace(string(said)), "nginx/")
	return ", nginx " + version
}

// An nginxWay is one of the ways to set nginx up.
type nginxWay struct {
	name  string
	takes func(kind) bool

	// Locations of a chain of servers, front to back. Each passes its requests on to the next, and the last to the site.
	hops [][]string
}

// nginxWays are: passing on, inserting into plain pages, and two ways to have compressed pages with an insertion. The last one needs
// two hops, because sub_filter comes before gunzip.
func nginxWays() []nginxWay {
	element := `<script async src=/.nginx/script.js ` + nginxMark + `=` + strings.Repeat("0123456789abcdef", 40) + `></script>`
	sub := `sub_filter </title> "</title>` + element + `";`
	// The level is nginx's default. Without gunzip behind it there must be no compressed page in front of sub_filter.
	const pack, unpacked = "gzip on; gzip_comp_level 1;", `proxy_set_header Accept-Encoding "";`
	isGzip := func(k kind) bool { return k == gzipPage }
	return []nginxWay{
		{"nginx", everything, [][]string{{}}},
		{"nginx sub_filter", func(k kind) bool { return k == plainPage || k == chunkedPage }, [][]string{{sub, unpacked}}},
		{"nginx sub_filter + gzip", isGzip, [][]string{{sub, pack, unpacked}}},
		{"nginx gunzip + sub_filter + gzip", isGzip, [][]string{{sub, pack, unpacked}, {"gunzip on;", "proxy_set_header Accept-Encoding gzip;"}}},
	}
}

// startNginx runs nginx, with settings that are good for it: no connection, buffer or file more than needed.
func startNginx(p *processes, path, folder, site string, way nginxWay) (*peer, error) {
	folder, err := os.MkdirTemp(folder, "nginx")
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	fmt.Fprintf(&text, `daemon off; pid %[1]s/pid; error_log stderr crit; worker_processes auto; events {}
http {
	access_log off; default_type application/octet-stream; keepalive_requests 1000000000;
	client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
	client_max_body_size 0; proxy_request_buffering off;
	proxy_http_version 1.1; proxy_max_temp_file_size 0; proxy_buffer_size 16k; proxy_buffers 16 16k;
`, folder)
	front := ""
	next := site
	for i := len(way.hops) - 1; i >= 0; i-- {
		if front, err = freeAddress(); err != nil {
			return nil, err
		}
		fmt.Fprintf(&text, `	upstream next%[1]d { server %[2]s; keepalive 64; keepalive_requests 1000000000; }
	server { listen %[3]s; location / {
		proxy_pass http://next%[1]d; proxy_set_header Connection ""; proxy_set_header Host $http_host;
		proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;
		%[4]s
	} }
`, i, next, front, strings.Join(way.hops[i], "\n\t\t"))
		next = front
	}
	text.WriteString("}\n")
	config := filepath.Join(folder, "nginx.conf")
	if err := os.WriteFile(config, []byte(text.String()), 0o644); err != nil {
		return nil, err
	}
	one := &peer{name: way.name, address: front, takes: way.takes}
	if way.name != "nginx" {
		one.mark = nginxMark
	}
	one.pid, err = p.start(front, nil, path, "-e", "stderr", "-c", config)
	return one, err
}
