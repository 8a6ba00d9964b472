package tawk

// Cookies returns how the names of the cookies begin that the widget sets in the site's name (observed: twk_uuid_…, twk_idm_key,
// TawkConnectionTime). The site has no use for them, and caches that key on all cookies suffer from them.
func Cookies() []string { return []string{"twk_", "TawkConnectionTime"} }
