package session

// An OddError is the cause of a [Nobody] that sites have no reason for, or seldom one: a setting is wrong. It is worth telling the
// operator at once.
type OddError struct {
	What    string // is odd. It holds nothing of the session, and is one of a few texts, but for numbers
	Remedy  string // what to look at
	Certain bool   // no site in order does so
}

func (e *OddError) Error() string { return e.What }
