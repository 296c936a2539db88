package store

import (
	"time"

	"github.com/google/uuid"
)

// NewID returns a UUIDv7 as text: ordered by time, so that new rows land at the end of every index.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// ValidID tells whether id is a UUID in the form NewID writes.
func ValidID(id string) bool {
	u, err := uuid.Parse(id)
	return err == nil && u.String() == id
}

// Micros is the stored form of an instant: microseconds since 1970 UTC. The zero time is stored as 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time is the instant of a stored value, in UTC; 0 is the zero time.
func Time(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// Bool is the stored form of a truth value, 0 or 1, which both engines compare alike.
func Bool(b bool) int {
	if b {
		return 1
	}
	return 0
}
