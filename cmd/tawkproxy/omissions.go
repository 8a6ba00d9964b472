package main

import (
	"log/slog"
	"sync"
)

// omissions logs which details of users tawk.to would refuse: each kind once.
type omissions struct {
	log  *slog.Logger
	told sync.Map
}

func (o *omissions) tell(detail string) {
	if _, before := o.told.LoadOrStore(detail, nil); !before {
		o.log.Warn("a detail of a user is not passed on; this is said once", "detail", detail)
	}
}
