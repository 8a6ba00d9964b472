package sessiontest

import (
	"time"
)

// Patience is the time that a store gets in tests, whatever else the machine has to do.
const Patience = 10 * time.Second
