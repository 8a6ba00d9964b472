// Package proxy stands between browsers and the site: an httputil.ReverseProxy, the handlers around it, and the listeners.
// It knows nothing of pages, users or widgets.
package proxy
