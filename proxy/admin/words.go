package admin

// What became of an answer that might have been a page: the results of [Figures.Pages]. The reasons of Inserted are the four words
// below; those of the others are the caller's.
const (
	Inserted   = "inserted"   // it went out with the script
	Unmodified = "unmodified" // the browser has it as it is
	Skipped    = "skipped"    // a page that went out as it came
	NoPage     = "no_page"    // not a page for a person
)

// Who is logged in: the results of [Figures.Identities]. On a page Ask stands for that its script asks.
const (
	User    = "user"
	Nobody  = "nobody"
	Unknown = "unknown"
	Ask     = "ask"
)
