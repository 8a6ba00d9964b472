package main

import (
	"log/slog"
	"sync"
)

// droppedFields logs which details of users tawk.to would refuse: each kind once.
type droppedFields struct {
	log  *slog.Logger
	told sync.Map
}

func (d *droppedFields) tell(detail string) {
	if _, before := d.told.LoadOrStore(detail, nil); !before {
		d.log.Warn("a detail of a user is not passed on; this is said once", "detail", detail)
	}
}
