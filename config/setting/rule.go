package setting

// A Rule is what the types of settings cannot say. It belongs to the first of its settings and is applied if none of them has a
// mistake; it may bring a value into its usual form. Settings that are not set have their default, or the zero value.
type Rule struct {
	Settings []string
	Check    func() error // a [Mistake] without a name, or nil
	Advice   bool         // what it finds can be right but seldom is: it is said at start, and stops nothing
}

// A Variant is one of several things of which the operator chooses one, with settings of its own.
type Variant struct {
	Name  string   // the word that chooses it
	Title string   // of its settings; may hold Markdown
	Guide string   // one line: when to choose it
	Own   any      // pointer to a struct of its settings, with the tags that [tawkproxy/config.Config] explains
	Needs []string // settings that must be set, of its own or in common

	Keys, Prefixes, Forms []string // settings that decide whether a session counts: its keys, what stands before it in a store, how it is written

	Stores  Stores               // where its sessions may be
	Ageless bool                 // its sessions do not say when they were made
	Rules   func(*Common) []Rule // asked when all fields are filled in
}

// Stores are the places in which a kind of session may be kept.
type Stores struct {
	Files, Redis, Memcached bool
	Tables                  bool // in a database, the framework's table being known
	Mongo                   bool // in MongoDB, the framework's collection being known
	Cookie                  bool // in a cookie, which then is said by that word
}
