package tawk

import (
	"net/http"
	"path"
	"strings"
)

// The script asks, and reports, below the path of the page it is on: on /wiki/doku.php at /wiki/doku.php/.tawkproxy/user. So
// exactly the cookies of the page come along, whatever their Path (RFC 6265 section 5.1.4). These addresses are known by their
// last two segments: the last one of [Widget.Own], and a name.
const (
	userName   = "user"
	reportName = "report"
)

// scriptHeader comes with every request of the script.
const scriptHeader = "Tawkproxy-Script"

// segment is the last one of Own, between its slashes: /.tawkproxy/.
func (w *Widget) segment() string { return "/" + path.Base(w.Own) + "/" }

// Owns tells whether a request is for the [Handler], and not for the site: below Own all are; below any other path those that
// the script asks and reports with, and nothing else. A segment without a leading dot is an ordinary word, such as chat, under
// which the site may have addresses that look the same: there the script must be known by its header, too.
func (w *Widget) Owns(r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, w.Own) {
		return true
	}
	segment := w.segment()
	if !strings.HasSuffix(r.URL.Path, segment+userName) && !strings.HasSuffix(r.URL.Path, segment+reportName) {
		return false
	}
	return segment[1] == '.' || r.Header.Get(scriptHeader) != ""
}

// asked returns what is behind the segment in the path of a request.
func (w *Widget) asked(path string) string {
	segment := w.segment()
	if i := strings.LastIndex(path, segment); i >= 0 {
		return path[i+len(segment):]
	}
	return ""
}
