package cases

import (
	"context"
	"errors"
)

// ErrRehearsed is what a command gives in a rehearsal when it would have gone through.
var ErrRehearsed = errors.New("this was a rehearsal: nothing was done")

type rehearsalKey struct{}

// Rehearsal makes the commands of officials do all that they would do and then take it back, so that what a preview says is what the
// command itself says. The error of one that would go through is ErrRehearsed.
func Rehearsal(ctx context.Context) context.Context {
	return context.WithValue(ctx, rehearsalKey{}, true)
}

// rehearsed ends a transaction that is a rehearsal.
func rehearsed(ctx context.Context) error {
	if ctx.Value(rehearsalKey{}) != nil {
		return ErrRehearsed
	}
	return nil
}
