package inject

import (
	"net/http"
	"sync"
	"time"
)

// Examiners are the goroutines that examine answers. Each stays for the next one, since a new one costs more than what it does: its
// stack must grow and be copied several times.
type examiners struct {
	once    sync.Once
	waiting chan examination
}

// restless is how long an examiner waits for another answer.
const restless = 10 * time.Second

// An examination is what [Transport.examine] is called with, and where its finding goes, which has room for it.
type examination struct {
	window       *window
	came, leaves coding
	seen         *http.Response
	found        chan<- finding
}

// examine has one of them call t.examine. It does not wait.
func (e *examiners) examine(t *Transport, x examination) {
	e.once.Do(func() { e.waiting = make(chan examination) })
	select {
	case e.waiting <- x:
	default:
		go e.work(t, x)
	}
}

func (e *examiners) work(t *Transport, x examination) {
	idle := time.NewTimer(restless)
	defer idle.Stop()
	for {
		x.found <- t.examine(x.window, x.came, x.leaves, x.seen)
		x = examination{}
		idle.Reset(restless)
		select {
		case x = <-e.waiting:
		case <-idle.C:
			return
		}
	}
}
