package calendar

import (
	"sync"
	"time"
	_ "time/tzdata" // Europe/Stockholm must be known on machines without a zone database
)

// Clock tells the time. Take one wherever the present moment matters.
type Clock interface {
	// Now is the present instant.
	Now() time.Time
}

// System is the machine's clock, in UTC.
func System() Clock { return system{} }

type system struct{}

func (system) Now() time.Time { return time.Now().UTC() }

// Fake is a Clock that stands still until it is moved. It is safe for concurrent use.
type Fake struct {
	mu  sync.Mutex
	now time.Time
}

// NewFake is a clock that stands at t.
func NewFake(t time.Time) *Fake { return &Fake{now: t} }

// Now is the instant the clock was last moved to.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Set moves the clock to t, forwards or back.
func (f *Fake) Set(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = t
}

// Advance moves the clock by d and returns the new instant.
func (f *Fake) Advance(d time.Duration) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
	return f.now
}

var stockholm = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic("calendar: the embedded zone database lacks Europe/Stockholm: " + err.Error())
	}
	return loc
})

// Stockholm is the zone Europe/Stockholm, from the machine's zone database or else the one in the binary.
func Stockholm() *time.Location { return stockholm() }
