package widget

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"regexp"
)

// maxBody is what a login may weigh: fifty attributes of 255 characters, and room.
const maxBody = 128 << 10

var (
	phoneNumber  = regexp.MustCompile(`^\+[0-9]{7,15}$`)
	attributeKey = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
)

// details are what the widget sends about a person: with a session start those of Tawk_API.visitor, with a login all.
type details struct {
	UserID     string            `json:"userId"`
	Hash       string            `json:"hash"`
	Name       string            `json:"name"`
	Email      string            `json:"email"`
	Phone      string            `json:"phone"`
	Attributes map[string]string `json:"attributes"`
}

// An answer is what the widget hears: a session, or an error as the real servers word it.
type answer struct {
	OK    bool     `json:"ok"`
	Data  *session `json:"data,omitempty"`
	Error *problem `json:"error,omitempty"`
	Twice bool     `json:"twice,omitempty"` // the widget shall call back twice: see [Twice]
	Stay  bool     `json:"stay,omitempty"`  // the widget shall not connect anew: see [Stay]
}

type session struct {
	Token string `json:"token"`
	Agent Agent  `json:"agent"`
}

type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func badRequest(message string) (Agent, int, *problem) {
	return Agent{}, http.StatusBadRequest, &problem{"BadRequestError", message}
}

// start tells a browser who it is. A browser without a token is a new visitor.
func (s *Server) start(now Agent, d details) (Agent, int, *problem) {
	if now.UUID == "" {
		now.UUID = rand.Text()
	}
	if !now.Verified && d.Name != "" {
		now.Name, now.Email = d.Name, d.Email
	}
	return now, http.StatusOK, nil
}

func (s *Server) login(now Agent, d details) (Agent, int, *problem) {
	mac := hmac.New(sha256.New, []byte(s.Key))
	mac.Write([]byte(d.UserID))
	switch {
	case d.UserID == "" || d.Hash == "":
		return badRequest("userId and hash are required")
	case d.Phone != "" && !phoneNumber.MatchString(d.Phone):
		return badRequest("phone is not in E.164 form")
	case len(d.Attributes) > 50:
		return badRequest("more than 50 attributes")
	case s.SecureModeOff || !hmac.Equal([]byte(hex.EncodeToString(mac.Sum(nil))), []byte(d.Hash)):
		return Agent{}, http.StatusUnauthorized, &problem{"UnauthorizedError", "the hash does not fit, or Secure Mode is off"}
	}
	for key, value := range d.Attributes {
		if !attributeKey.MatchString(key) || value == "" || len([]rune(value)) > 255 {
			return badRequest("attribute " + key)
		}
	}
	now.UserID, now.Name, now.Email, now.Phone, now.Attributes, now.Verified = d.UserID, d.Name, d.Email, d.Phone, d.Attributes, true
	return now, http.StatusOK, nil
}

// logout makes the browser a new visitor, whether or not anybody was logged in.
func (s *Server) logout(Agent, details) (Agent, int, *problem) {
	return Agent{UUID: rand.Text()}, http.StatusOK, nil
}

// answer makes one of the three calls, unless a fault is due, and writes it down.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, kind string, call func(Agent, details) (Agent, int, *problem)) {
	var d details
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&d)

	s.mu.Lock()
	defer s.mu.Unlock()
	fault := s.nextFault(kind)
	if fault == Busy {
		s.calls = append(s.calls, Call{Kind: kind, Status: http.StatusInternalServerError, UserID: d.UserID})
		http.Error(w, "busy", http.StatusInternalServerError)
		return
	}

	token := r.Header.Get("X-Tawk-Token")
	agent, status, refused := badRequest("not the JSON that is expected here")
	if err == nil && fault != Bad {
		agent, status, refused = call(s.browsers[token], d)
	}
	s.calls = append(s.calls, Call{Kind: kind, Status: status, UserID: d.UserID, UUID: agent.UUID})
	a := answer{OK: refused == nil, Error: refused, Twice: fault == Twice, Stay: fault == Stay}
	if a.OK {
		if kind != "start" || token == "" {
			delete(s.browsers, token)
			token = rand.Text()
		}
		if s.browsers == nil {
			s.browsers = make(map[string]Agent)
		}
		s.browsers[token] = agent
		a.Data = &session{Token: token, Agent: agent}
	}
	if fault == Mute {
		a.Data = nil
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(a) // fails only if the browser has left
}
