package widget

import "slices"

// An Agent is what support staff see of a browser, who are called agents. The UserID is empty for a mere visitor.
type Agent struct {
	UUID       string            `json:"uuid"`
	UserID     string            `json:"userId"`
	Name       string            `json:"name"`
	Email      string            `json:"email"`
	Phone      string            `json:"phone"`
	Attributes map[string]string `json:"attributes"`
	Verified   bool              `json:"verified"` // the site vouches for this, by a hash
}

// A Call is one that the widget made.
type Call struct {
	Kind   string // "loader", "start", "login" or "logout"
	Status int    // of the answer
	UserID string // with a login: as whom
	UUID   string // of the browser, after the call; empty if it failed
}

// A Fault is something that goes wrong with a call.
type Fault int

// The faults.
const (
	None  Fault = iota
	Busy        // answered with 500; the widget calls back with true, twice
	Bad         // refused with 400
	Mute        // done, but the widget never calls back and does not connect anew
	Twice       // done, and the widget calls back twice
	Stay        // done, and the widget calls back but does not connect anew
)

// Break lets the next calls of a kind meet these faults, one each.
func (s *Server) Break(kind string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults == nil {
		s.faults = make(map[string][]Fault)
	}
	s.faults[kind] = append(s.faults[kind], faults...)
}

// nextFault is called with the lock held.
func (s *Server) nextFault(kind string) Fault {
	due := s.faults[kind]
	if len(due) == 0 {
		return None
	}
	s.faults[kind] = due[1:]
	return due[0]
}

func (s *Server) record(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
}

// Calls returns every call so far.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Seen returns whom support staff see in the browsers that have a session, in no order.
func (s *Server) Seen() []Agent {
	s.mu.Lock()
	defer s.mu.Unlock()
	var agents []Agent
	for _, agent := range s.browsers {
		agents = append(agents, agent)
	}
	return agents
}
