package store

import (
	"context"
	"time"

	"dygnet/internal/kernel/calendar"
)

// Polite is how many times as long as it works the upkeep of a server rests: it takes a quarter of one core at most from those who wait for
// an answer.
const Polite = 3

// Pacer gives what long upkeep calls after each piece of its work: it rests as long as the piece took, rest times over, so that a server
// that answers others has room to. With 0 it does not rest, for work that nobody waits beside. It gives the context's error once that ends.
func Pacer(rest int) func(context.Context) error {
	clock := calendar.System()
	begun := clock.Now()
	return func(ctx context.Context) error {
		if rest > 0 {
			timer := time.NewTimer(time.Duration(rest) * clock.Now().Sub(begun))
			defer timer.Stop()
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
		}
		begun = clock.Now()
		return ctx.Err()
	}
}
